"use strict";
// what the year, the layer and the switches change; details on hover and on keyboard focus
const MINUS = "\u2212";
const show = (v, digits) => v.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", MINUS);
// small panels get smaller circles, all by the same factor, the legend with them
const LOW = 250;
let fit = 1;
const refit = () => {
  const heights = views.filter((v) => v.id !== "world").map((v) => v.svg.clientHeight).filter((h) => h > 0);
  fit = Math.min(1, Math.max(0.6, Math.min(...heights, LOW) / LOW));
  for (const circle of all(".sizes circle")) {
    circle.dataset.r = circle.dataset.r || circle.getAttribute("r");
    circle.setAttribute("r", (circle.dataset.r * fit).toFixed(1));
  }
};
const radius = (kwpm) => Math.min(3.4 + 0.92 * Math.sqrt(Math.max(kwpm, 0)), 21) * fit;
const latest = (steps, year) => steps.reduce((found, step) => (step[0] <= year ? step : found), null);
const state = { year: DATA.years[1], layer: "", flow: "", run: 0 };

// a site that grows bears the class the plan adds most of, another the class it runs most of
const siteState = (site) => {
  const step = latest(site.cap, state.year);
  const kwpm = step ? step[1] : 0;
  const began = (pair) => pair && pair[0] <= state.year;
  const ready = (pair) => pair && pair[1] <= state.year;
  const lab = ready(site.lab);
  const building = (began(site.fab) && !ready(site.fab)) || (began(site.lab) && !lab);
  const changed = began(site.fab) || began(site.lab);
  const product = step ? (began(site.fab) && site.main) || step[2] : "";
  const labs = site.opens.filter((y) => y <= state.year).length;
  return { kwpm, product, most: step ? step[2] : "", lab, labs, building, open: kwpm > 0 || lab, changed };
};

const drawSite = (g, site) => {
  const now = siteState(site);
  const body = one(".body", g);
  const tone = DATA.colours[now.product] || "";
  if (body.tagName === "circle") body.setAttribute("r", now.kwpm > 0 ? radius(now.kwpm).toFixed(1) : now.building ? 5.5 : 3.2);
  if (now.kwpm > 0) body.style.fill = tone;
  const core = one(".core", g);
  if (core) core.classList.toggle("off", !now.lab);
  g.classList.toggle("idle", !now.open);
  g.classList.toggle("build", now.building && !now.open);
  g.classList.toggle("new", Boolean(now.changed));
  g.dataset.kwpm = now.kwpm;
  g.dataset.open = now.open ? "1" : "0";
  const text = one("text", g);
  if (text) text.classList.toggle("off", !now.open && !now.building);
};

const drawFlow = (path) => {
  const byYear = (DATA.flows[state.run] || {})[path.dataset.arc] || {};
  const step = latest(Object.keys(byYear).map((y) => [+y, byYear[y]]).sort((a, b) => a[0] - b[0]), state.year);
  const [value, wafers] = step ? (state.flow ? step[1][3][state.flow] || [0, 0] : step[1]) : [0, 0];
  path.classList.toggle("of", Boolean(state.flow));
  path.style.stroke = state.flow ? DATA.colours[state.flow] || "" : "";
  path.classList.toggle("off", value <= 0.005);
  path.style.strokeWidth = (0.8 + 1.15 * Math.sqrt(Math.max(value, 0))).toFixed(2) + "px";
  path.dataset.value = value;
  const lines = [["value", `USD ${show(value, 2)} bn a year`], ["wafers", `${show(wafers, 2)} mn a year`]];
  return step ? [...lines, state.flow ? ["class", state.flow] : ["most", `${step[1][2]} USD bn`]] : [];
};

const summary = (run) => {
  let open = 0, kwpm = 0, abroad = 0, labs = 0;
  for (const site of Object.values(run.sites)) {
    const now = siteState(site);
    open += now.kwpm > 0 ? 1 : 0;
    labs += now.labs;
    kwpm += now.kwpm;
    abroad += site.home ? 0 : now.kwpm;
  }
  const values = { year: state.year, open, kwpm: show(kwpm, 0), abroad: show(abroad, 0), labs };
  return fill(labs === 1 ? "{year}: {open} fab sites, {kwpm} kwpm, {abroad} of it abroad; 1 new research centre" : "{year}: {open} fab sites, {kwpm} kwpm, {abroad} of it abroad; {labs} new research centres", values);
};

const refresh = () => {
  refit();
  one("#yearout").textContent = state.year;
  for (const svg of all(".panel > svg")) {
    const run = DATA.runs[+svg.dataset.run];
    for (const g of all(".site", svg)) if (run.sites[g.dataset.site]) drawSite(g, run.sites[g.dataset.site]);
    for (const link of all(".link", svg)) link.classList.toggle("off", +link.dataset.from > state.year);
    all(".flow", svg).forEach(drawFlow);
  }
  for (const place of all("[data-sum]")) place.textContent = summary(DATA.runs[+place.dataset.sum]);
  for (const view of views) placeNames(view);
};

const shade = () => {
  const layer = DATA.layers.find((l) => l.id === state.layer);
  for (const use of all(".region")) {
    const run = +use.closest("svg").dataset.run;
    const found = layer && layer.shades[run][use.dataset.iso];
    use.setAttribute("class", found ? `region q${found[0]}` : "region");
  }
  one("#ramp").hidden = !layer;
  document.body.dataset.layer = state.layer;
  if (!layer) return;
  one("#rampname").textContent = `${T(layer.label)}, ${T(layer.unit)}`;
  const count = layer.ends.length - 1;
  const steps = layer.ends.flatMap((end, at) => {
    const number = document.createElement("b");
    number.textContent = end;
    const patch = document.createElement("i");
    patch.className = `q${5 - count + at}`;
    return at < count ? [number, patch] : [number];
  });
  one("#rampsteps").replaceChildren(...steps);
};

const siteWords = (g) => {
  const site = DATA.runs[+g.closest("svg").dataset.run].sites[g.dataset.site];
  if (!site) return null;
  const now = siteState(site);
  const text = now.kwpm > 0 ? `${show(now.kwpm, 0)} kwpm${now.most ? `, ${T("most")} ${now.most}` : ""}` : now.building ? "being built" : now.lab ? "research centre open" : "nothing";
  return [site.name, [[fill("In {year}", { year: state.year }), text], ...site.lines]];
};
const regionWords = (use) => {
  const iso = use.dataset.iso;
  const layer = DATA.layers.find((l) => l.id === state.layer);
  const found = layer && layer.shades[+use.closest("svg").dataset.run][iso];
  return [DATA.regions[iso] || iso, layer ? [[layer.label, found ? `${found[1]} ${T(layer.unit)}` : "no site weighed here"]] : []];
};
const wordsFor = (target) => {
  const site = target.closest(".site");
  if (site) return siteWords(site);
  const diff = target.closest(".diff");
  if (diff) return [diff.dataset.title, [["first", diff.dataset.first], ["other", diff.dataset.second]]];
  if (target.matches(".flow")) return [target.dataset.title, drawFlow(target)];
  if (target.matches(".link")) return [target.dataset.title, [["co-creation link", fill("from {year}", { year: target.dataset.from })]]];
  if (target.matches(".region")) return regionWords(target);
  return null;
};

// a site reached by Tab is brought into a zoomed map
const bring = (view, g) => {
  if (!g.dataset.at) return;
  const [x, y] = g.dataset.at.split(/[ ,]+/).map(Number);
  const [left, top, w, h] = view.box;
  if (x < left || x > left + w || y < top || y > top + h) moveAll(view, inside(view, [x - w / 2, y - h / 2, w, h]));
};

for (const view of views) {
  const { svg } = view;
  svg.addEventListener("pointermove", (event) => {
    const words = wordsFor(event.target);
    if (words) tell(...words, event.clientX, event.clientY); else hush();
  });
  svg.addEventListener("pointerleave", hush);
  svg.addEventListener("focusin", (event) => {
    const words = event.target === svg ? null : wordsFor(event.target);
    if (!words) return hush();
    bring(view, event.target);
    const box = event.target.getBoundingClientRect();
    return tell(...words, box.left + box.width / 2, box.top + box.height / 2);
  });
  svg.addEventListener("focusout", hush);
}
for (const view of views) view.after = () => placeNames(view);
const slider = one("#year");
slider.addEventListener("input", () => { state.year = +slider.value; refresh(); });
let timer = 0;
const stop = () => { clearInterval(timer); timer = 0; one("#play span").textContent = "\u25B6"; };
one("#play").addEventListener("click", () => {
  if (timer) { stop(); return; }
  if (state.year >= DATA.years[1]) state.year = DATA.years[0] - 1;
  one("#play span").textContent = "\u23F8";
  timer = setInterval(() => {
    state.year += 1;
    slider.value = state.year;
    refresh();
    if (state.year >= DATA.years[1]) stop();
  }, 550);
});
one("#layer").addEventListener("change", (event) => { state.layer = event.target.value; shade(); });
const classes = one("#flowclass");
if (classes) classes.addEventListener("change", () => { state.flow = classes.value; all(".flow").forEach(drawFlow); });
const flowing = one("#flowrun");
if (flowing) flowing.addEventListener("change", () => { state.run = +flowing.value; all(".flow").forEach(drawFlow); });
one("#reset").addEventListener("click", wholeMaps);
for (const box of all("[data-show]")) {
  box.addEventListener("change", () => document.body.classList.toggle(`hide-${box.dataset.show}`, !box.checked));
}
language.after.push(() => {
  for (const text of all(".panel text")) delete text.dataset.w;
  refresh();
  shade();
});
state.layer = one("#layer").value;
wholeMaps();
refresh();
shade();
let later = 0;
const again = () => { views.forEach((v) => v.set(v.box)); refresh(); };
addEventListener("resize", () => { clearTimeout(later); later = setTimeout(again, 120); });
// paper has other sizes than the window: marks and names are fitted to it before it is printed
matchMedia("print").addEventListener("change", again);
document.body.dataset.ready = "1";
