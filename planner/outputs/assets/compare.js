"use strict";
// which run the first one is held against: map of differences, cash and sites follow
const pick = one("#other");
const against = (number) => {
  for (const part of all("[data-other]")) part.classList.toggle("off", part.dataset.other !== String(number));
  views.forEach(placeNames);
};
if (pick) pick.addEventListener("change", () => against(+pick.value));
