"use strict";
// ask a site why it is in or out: answers were made with the plan, one for every run shown
const asking = { box: one("#ask"), id: "" };
const piece = (tag, text, kind) => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
};
const compared = (run, site) => {
  const list = piece("dl", "", "marks");
  DATA.marks.forEach(([label, unit], at) => {
    if (!site.marks[at]) return;
    const row = document.createElement("div");
    row.append(piece("dt", T(label)), piece("dd", `${site.marks[at]} ${T(unit)}`));
    if (run.means[at]) row.append(piece("dd", fill("new sites abroad: {mean}", { mean: run.means[at] }), "mean"));
    list.append(row);
  });
  return list;
};
const answer = (run, site) => {
  const [decision, reason] = site.why;
  const card = piece("article", "", `reason d-${decision}`);
  const head = document.createElement("header");
  head.append(piece("h4", DATA.runs.length > 1 ? run.title : site.name), piece("span", T(decision), "badge"));
  const words = piece("p", reason);
  words.lang = "en";
  card.append(head, words, compared(run, site));
  return card;
};
const ask = (id) => {
  const found = DATA.runs.filter((run) => (run.sites[id] || {}).why);
  if (!found.length) return;
  asking.id = id;
  const close = piece("button", "\u00D7", "close");
  close.type = "button";
  close.setAttribute("aria-label", T("Close"));
  close.addEventListener("click", () => { asking.id = ""; asking.box.replaceChildren(); });
  const cards = piece("div", "", "reasons");
  cards.append(...found.map((run) => answer(run, run.sites[id])));
  const site = found[0].sites[id];
  asking.box.replaceChildren(close, piece("h3", fill("Why {site}?", { site: site.name })), cards,
    piece("p", T("Bounds from the prices of the plan's own rows; nothing is solved again."), "note"));
};
if (asking.box) {
  for (const svg of all(".panel > svg")) {
    const target = (event) => event.target.closest(".site,.diff");
    svg.addEventListener("click", (event) => { const g = target(event); if (g) ask(g.dataset.site); });
    svg.addEventListener("keydown", (event) => {
      const g = event.key === "Enter" || event.key === " " ? target(event) : null;
      if (!g) return;
      event.preventDefault();
      ask(g.dataset.site);
    });
  }
  language.after.push(() => { if (asking.id) ask(asking.id); });
}
