// lists: shipped scenarios with their questions, runs, work
import { ask, h, number, once, percent, sentence, told, when } from "/assets/base.js";

export const WORDS = { queued: "waiting", running: "at work", stopping: "stopping", done: "done", failed: "failed", stopped: "stopped", killed: "ended from outside" };
const MOST = 6;

export const home = async (root) => {
  const [start, found] = await Promise.all([once("/api/start"), ask("/api/runs")]);
  const cards = start.scenarios.map((row) => h("a", { class: "card scenario", href: `#/edit/${row.name}` },
    h("b", { translate: "no" }, row.title || row.name), h("span", { class: "question", translate: "no" }, row.question), h("small", { translate: "no" }, row.name)));
  const list = h("div", { class: "cards" }, cards);
  const count = h("small", {}, `${cards.length} shipped`);
  const search = h("input", { type: "search", id: "find", placeholder: "subsidy, Japan, duty \u2026", oninput: () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const card of cards) {
      card.hidden = !words.every((w) => card.textContent.toLowerCase().includes(w));
      shown += card.hidden ? 0 : 1;
    }
    count.textContent = words.length ? `${shown} of ${cards.length}` : `${cards.length} shipped`;
  } });
  const latest = found.slice(0, 6).map((row) => h("li", {}, h("a", { href: `#/run/${row.id}`, translate: "no" }, row.title || row.id), h("small", {}, `${row.id} \u00B7 ${when(row.made)}${row.gap === undefined ? "" : ` \u00B7 gap ${percent(row.gap)}`}`)));
  root.append(
    h("section", { class: "wide", "aria-labelledby": "h-home" },
      h("header", { class: "head" }, h("h1", { id: "h-home" }, "Which question?", count), h("label", { class: "find", for: "find" }, "Find ", search)),
      list),
    h("aside", { class: "pane", "aria-labelledby": "h-last" }, h("h2", { id: "h-last" }, "Latest runs"), latest.length ? h("ul", { class: "latest" }, latest) : h("p", { class: "note" }, "None yet: pick a scenario and solve it."), latest.length ? h("p", {}, h("a", { href: "#/runs" }, "All runs, and comparing them")) : null));
};

const STATE = (row) => (row.problem ? "cannot be read" : row.stopped_by ? `stopped by ${row.stopped_by}` : row.status === "optimal" ? "proven to the gap asked" : row.status);

export const runs = async (root) => {
  const [found, jobs] = await Promise.all([ask("/api/runs"), ask("/api/jobs")]);
  const picked = new Set();
  const button = h("button", { type: "button", class: "main", disabled: true, onclick: () => { location.hash = `#/compare/${[...picked].join("/")}`; } }, "Compare");
  const count = h("span", { class: "note", "aria-live": "polite" }, "Tick 2 to 6 runs; the first one ticked is the yardstick.");
  const tick = (row, box) => {
    if (box.checked) picked.add(row.id); else picked.delete(row.id);
    button.disabled = picked.size < 2 || picked.size > MOST;
    count.textContent = picked.size ? `${[...picked].join(", ")}${picked.size > MOST ? `: at most ${MOST}` : ""}` : "Tick 2 to 6 runs; the first one ticked is the yardstick.";
  };
  const rows = found.map((row) => h("li", { class: "row" },
    row.problem ? h("span", {}) : h("input", { type: "checkbox", "aria-label": `Compare ${row.id}`, onchange: (event) => tick(row, event.target) }),
    h("span", { class: "what" }, row.problem ? h("b", { translate: "no" }, row.id) : h("a", { href: `#/run/${row.id}`, translate: "no" }, row.title || row.id), h("small", {}, row.problem || `${row.id} \u00B7 ${when(row.made)}`)),
    h("span", { class: "figs" }, row.problem ? null : [
      h("span", { class: "fig" }, h("b", {}, number(row.objective_usd_bn)), " USD bn"),
      h("span", { class: "fig" }, h("b", {}, percent(row.gap)), " gap"),
      h("span", { class: "fig" }, h("b", {}, number(row.kwpm_new_overseas, 0)), " kwpm abroad")]),
    h("span", { class: "state" }, STATE(row)),
    h("span", { class: "acts" }, row.problem ? null : [h("a", { href: `#/edit/run:${row.id}` }, "Edit"), h("a", { href: `/api/runs/${row.id}/all.zip` }, "Zip")])));
  const work = jobs.slice(0, 30).map((row) => h("li", { class: "row" },
    h("span", { class: `dot s-${row.status}` }),
    h("span", { class: "what" }, h("a", { href: `#/job/${row.id}`, translate: "no" }, row.title), h("small", {}, `${row.kind}${row.run ? ` \u2192 ${row.run}` : ""} \u00B7 ${when(row.created)}`)),
    h("span", { class: "state" }, WORDS[row.status] || row.status, row.message ? h("small", {}, ` ${sentence(row.message)}`) : null)));
  root.append(
    h("section", { class: "wide", "aria-labelledby": "h-runs" },
      h("header", { class: "head" }, h("h1", { id: "h-runs" }, "Runs", h("small", {}, String(found.length))), h("div", { class: "acts" }, count, button)),
      rows.length ? h("ul", { class: "rows" }, rows) : h("p", { class: "note" }, "No run yet. ", h("a", { href: "#/" }, "Pick a scenario"), " and solve it.")),
    h("section", { class: "wide work", "aria-labelledby": "h-work" }, h("h2", { id: "h-work" }, "Work done and waiting"),
      work.length ? h("ul", { class: "rows" }, work) : h("p", { class: "note" }, "Nothing has been asked for yet.")));
};

export const compare = async (root, ...names) => {
  try {
    const made = await ask("/api/jobs/compare", { runs: names });
    location.replace(`#/job/${made.id}`);
  } catch (error) {
    root.append(h("p", { class: "note" }, h("a", { href: "#/runs" }, "Back to the runs")));
    setTimeout(() => told(error));
  }
};
