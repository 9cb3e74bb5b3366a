// one run: map by year, key figures, reasons, downloads; a site clicked can be asked about
import { all, ask, h, notice, number, once, one, percent, sentence, table, told, when } from "/assets/base.js";
import { SiteMap } from "/assets/map.js";
import { answered, follow, stopButton } from "/assets/job.js";

const radius = (kwpm) => Math.min(3.4 + 0.92 * Math.sqrt(Math.max(kwpm, 0)), 21);
const latest = (steps, year) => steps.reduce((found, step) => (step[0] <= year ? step : found), null);
const ASKED = { why: "Why here?", "why-not": "Why not here?", flip: "What would win it a fab?" };
const BUDGET = { why: 60, "why-not": 100, flip: 100 };

const stateIn = (site, year) => {
  const step = latest(site.cap, year);
  const kwpm = step ? step[1] : 0;
  const began = (pair) => pair && pair[0] <= year;
  const readied = (pair) => pair && pair[1] <= year;
  const lab = readied(site.lab);
  const building = (began(site.fab) && !readied(site.fab)) || (began(site.lab) && !lab);
  return { kwpm, product: step ? (began(site.fab) && site.main) || step[2] : "", lab, building, open: kwpm > 0 || lab, changed: began(site.fab) || began(site.lab) };
};
const yearOf = (value) => (value === null ? "\u2013" : String(Math.round(value * 10) / 10));
const wordsIn = (now) => (now.kwpm > 0 ? `${number(now.kwpm, 0)} kwpm${now.product ? `, ${now.product}` : ""}` : now.building ? "being built" : now.lab ? "research centre open" : "nothing");

export const run = async (root, id, chosen) => {
  const [start, found] = await Promise.all([once("/api/start"), ask(`/api/runs/${id}`)]);
  const colours = Object.fromEntries(found.map.products.map((p) => [p.id, p.colour]));
  let year = found.map.years[1];
  const card = h("section", { class: "pane asked", "aria-live": "polite", "aria-labelledby": "h-site" });
  const map = new SiteMap(found.map, {
    words: (site) => [[`In ${year}`, wordsIn(stateIn(site, year))], ...site.lines],
    pick: (site) => { history.replaceState(null, "", `#/run/${id}/${site.id}`); asking.show(site); card.scrollIntoView({ block: "nearest" }); },
  });
  const asking = new Asking(card, found, map);
  const look = (site) => {
    const now = stateIn(site, year);
    const solid = now.open || now.building;
    const r = now.kwpm > 0 ? radius(now.kwpm) : now.building ? 5.5 : now.lab ? 7.5 : 3.2;
    return {
      shape: now.lab ? (now.kwpm > 0 ? "both" : "diamond") : "disc",
      r, solid, fill: now.kwpm > 0 ? colours[now.product] : null, says: wordsIn(now),
      named: solid || asking.site === site, weight: (now.changed ? 100 : 0) + r + (asking.site === site ? 200 : 0),
      kind: [now.changed ? "new" : "", now.kwpm > 0 ? "fab" : now.lab ? "lab" : now.building ? "build" : "idle", asking.site === site ? "picked" : ""].join(" "),
    };
  };
  const out = h("output", { for: "year" }, String(year));
  const draw = () => { out.textContent = String(year); map.years(year); map.draw(look); };
  asking.redraw = draw;
  const slider = h("input", { type: "range", id: "year", min: found.map.years[0], max: found.map.years[1], value: String(year), oninput: () => { year = +slider.value; draw(); } });
  slider.value = year;
  const layer = h("select", { id: "layer", onchange: () => shade() }, h("option", { value: "" }, "nothing"), found.map.layers.map((l) => h("option", { value: l.id, selected: l.id === found.map.layer }, l.label)));
  const ramp = h("p", { class: "ramp" });
  const shade = () => { map.shade(layer.value); ramp.replaceChildren(...rampOf(map.layer)); };
  root.append(h("div", { class: "left" },
    h("section", { class: "stage pane", "aria-labelledby": "h-run" },
      h("header", { class: "head" }, h("div", {}, h("h1", { id: "h-run", translate: "no" }, found.title), h("p", { class: "question", translate: "no" }, found.question)), h("div", { class: "acts" }, h("a", { class: "button", href: `#/edit/run:${id}` }, "Change and solve again"), found.files.includes("report.html") ? h("a", { class: "button main", href: `/api/runs/${id}/files/report.html`, target: "_blank", rel: "noopener" }, "Report") : null)),
      h("div", { class: "controls" }, h("label", { for: "year" }, "Year"), slider, out, h("span", { class: "couple" }, h("label", { for: "layer" }, "Shade by"), layer), h("button", { type: "button", onclick: () => map.whole() }, "Whole maps")),
      map.root,
      h("p", { class: "key" }, found.map.products.map((p) => { const dot = h("i", {}); dot.style.background = p.colour; return h("span", { title: p.name }, dot, p.id); }), h("span", { class: "hintline" }, "area: capacity; diamond: research centre; ring: new in the plan")),
      ramp),
    h("section", { class: "pane below", "aria-labelledby": "h-why" }, h("h2", { id: "h-why" }, "The decision"), h("p", { class: "decision", lang: "en" }, found.decision), h("p", { class: "note", lang: "en" }, found.worth), h("div", { class: "reasons" }, found.reasons.map((r) => h("article", { class: `reason d-${r.decision}` }, h("h3", { lang: "en" }, r.headline), h("p", { lang: "en" }, r.text))))),
    h("section", { class: "pane below", "aria-labelledby": "h-mods" }, h("h2", { id: "h-mods" }, "What is begun"),
      table(["Site", "Country", "Class", "As", "Begun>", "Serves>", "kwpm>", "USD bn>"], found.modules.map((m) => [m.name, m.country, m.product, m.option, String(m.begun_year), yearOf(m.service_year), number(m.kwpm, 0), number(m.capex_usd_bn, 1)]), "Modules"),
      found.research.length ? table(["Site", "Country", "Centre", "Opens>", "Partners"], found.research.map((m) => [m.name, m.country, m.centre_name, yearOf(m.open_year), m.partners || ""]), "Research centres") : null)),
  h("aside", { class: "side", "aria-label": "Questions, figures, files" }, card, figures(found), downloads(found, id)));
  map.shade(layer.value);
  draw();
  shade();
  one("#main").addEventListener("shown", () => { map.whole(); draw(); if (chosen && map.byId.has(chosen)) asking.show(map.byId.get(chosen)); }, { once: true });
  asking.hosts = new Set(found.hosts.map((c) => c.id));
  asking.countries = start.countries;
  asking.empty();
  return () => { asking.quit(); map.seen.disconnect(); };
};

const rampOf = (layer) => {
  if (!layer) return [];
  const count = layer.ends.length - 1;
  const steps = layer.ends.flatMap((end, at) => (at < count ? [h("b", {}, end), h("i", { class: `q${5 - count + at}` })] : [h("b", {}, end)]));
  return [`${layer.label}, ${layer.unit}`, ...steps, h("span", {}, "mean of the sites weighed in a region")];
};

const figures = (found) => {
  const status = found.stopped_by ? `${found.status}, stopped by ${found.stopped_by}` : found.status;
  const rows = found.measures.map(([name, value, unit]) => [name, `${number(value)}${unit ? ` ${unit}` : ""}`]);
  return h("section", { class: "pane", "aria-labelledby": "h-fig" }, h("h2", { id: "h-fig" }, "Figures"),
    h("dl", { class: "figures" },
      [["Status", status], ["Value", `USD ${number(found.objective_usd_bn)} bn`], ["Proven bound", `USD ${number(found.bound_usd_bn)} bn`], ["Gap", percent(found.gap, 3)], ["Search", `${number(found.seconds.solve, 1)} s`]].map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, v)))),
    h("details", {}, h("summary", {}, "All measures"), table(["Measure", "Value>"], rows, "Measures")));
};

const NAMES = { "plan.json": "Plan in short (JSON)", "case.json": "Inputs, frozen (JSON)", "map.png": "Map (PNG)", "map.svg": "Map (SVG)", "sites.geojson": "Sites (GeoJSON)", "plan.gpkg": "Layers (GeoPackage)", "report.html": "Report (HTML)", "scenario.yaml": "Scenario (YAML)" };
// the memo takes a few seconds to print, in a process of its own
const memo = (id) => {
  const button = h("button", { type: "button", class: "link", onclick: async () => {
    button.disabled = true;
    button.textContent = "Printing the memo \u2026";
    const over = (words) => { button.disabled = false; button.textContent = words; };
    try {
      const job = await ask("/api/jobs/memo", { run: id });
      follow(job.id, { progress: () => {}, state: () => {}, end: (last) => {
        over("Memo (PDF)");
        if (last.status !== "done") { notice(sentence(last.message), last.hint); return; }
        h("a", { href: `/api/jobs/${job.id}/files/${last.answer.files[0]}?save=true`, download: "" }).click();
      } });
    } catch (error) { over("Memo (PDF)"); told(error); }
  } }, "Memo (PDF)");
  return button;
};
const downloads = (found, id) => h("section", { class: "pane", "aria-labelledby": "h-down" }, h("h2", { id: "h-down" }, "Take along"),
  h("ul", { class: "down" },
    h("li", {}, h("a", { href: `/api/runs/${id}/all.zip` }, "Everything (zip)")), h("li", {}, h("a", { href: `/api/runs/${id}/export/xlsx` }, "Tables, ledger (Excel)")), h("li", {}, h("a", { href: `/api/runs/${id}/export/kml` }, "Sites (KML)")), found.memo ? h("li", {}, memo(id)) : null,
    found.files.filter((name) => NAMES[name]).map((name) => h("li", {}, h("a", { href: `/api/runs/${id}/files/${name}?save=true` }, NAMES[name])))));

// the card of the site clicked: its details, the questions, the answers found so far
class Asking {
  constructor(card, found, map) {
    Object.assign(this, { card, found, map, site: null, quits: [], redraw: () => {} });
  }

  empty() {
    this.card.replaceChildren(h("h2", { id: "h-site" }, "Ask the map"), h("p", { class: "note" }, "Click a site (or reach it with Tab and the arrow keys, then Enter) to ask why it is in or out, and what would change that."));
  }

  quit() { this.quits.forEach((q) => q()); this.quits = []; }

  async show(site) {
    this.quit();
    this.site = site;
    this.redraw();
    const questions = [site.new ? "why" : "why-not"];
    if (this.hosts.has(site.country)) questions.push("flip");
    const answers = h("div", { class: "answers" });
    const buttons = questions.map((q) => h("button", { type: "button", class: q === questions[0] ? "main" : null, onclick: () => this.ask(q, site, answers) }, ASKED[q]));
    const close = h("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => { this.quit(); this.site = null; this.redraw(); history.replaceState(null, "", `#/run/${this.found.id}`); this.empty(); } }, "\u00D7");
    this.card.replaceChildren(h("header", { class: "head" }, h("h2", { id: "h-site" }, site.name), close), h("dl", { class: "lines" }, site.lines.map(([k, v]) => [h("dt", {}, k), h("dd", {}, v)])), ...(site.why ? [h("p", { class: "note", lang: "en" }, site.why[1])] : []), h("div", { class: "acts" }, buttons), answers);
    try {
      const jobs = await ask("/api/jobs");
      const mine = jobs.filter((j) => j.kind === "ask" && j.asked.run === this.found.id && j.asked.site === site.id);
      const seen = new Set();
      for (const job of mine) {
        if (seen.has(job.asked.question) || this.site !== site) continue;
        seen.add(job.asked.question);
        this.listen(job, answers);
      }
    } catch (error) { told(error); }
  }

  async ask(question, site, answers) {
    try {
      const body = { run: this.found.id, question, site: site.id, seconds: BUDGET[question] };
      if (question === "flip") body.host = site.country;
      this.listen(await ask("/api/jobs/ask", body), answers, true);
    } catch (error) { told(error); }
  }

  listen(job, answers, first) {
    for (const old of all(`[data-question="${job.asked.question}"]`, answers)) old.remove();
    const words = h("p", { class: "note", role: "status" }, "Waiting its turn.");
    const stop = stopButton(job.id);
    stop.follow(job);
    const box = h("article", { "data-question": job.asked.question }, h("h3", {}, ASKED[job.asked.question], h("small", {}, when(job.created))), words, stop);
    if (first) answers.prepend(box); else answers.append(box);
    this.quits.push(follow(job.id, {
      progress: (line) => { if (line.text) words.textContent = sentence(line.text); },
      state: (now) => stop.follow(now),
      end: (last) => { words.remove(); stop.hidden = true; box.append(answered(last)); },
    }));
  }
}
