// one piece of work: followed live, stopped, told how it ended
import { ask, h, number, percent, sentence, signed, table, told, when } from "/assets/base.js";
import { GapChart } from "/assets/chart.js";
import { WORDS } from "/assets/lists.js";

const ENDED = ["done", "failed", "stopped", "killed"];
const STEPS = [["queued", "waiting its turn"], ["load", "reading inputs"], ["build", "building the model"], ["search", "searching"], ["write", "reasons, maps, report"]];

// calls progress(line), state(job) and end(job with answer); gives back how to stop listening
export const follow = (id, { progress, state, end, lost }) => {
  let source = null, seen = 0, over = false;
  const open = () => {
    if (source || over || document.hidden) return;
    source = new EventSource(`/api/jobs/${id}/events`);
    source.addEventListener("progress", (event) => {
      if (+event.lastEventId <= seen) return;
      seen = +event.lastEventId;
      progress(JSON.parse(event.data));
    });
    source.addEventListener("state", (event) => { if (lost) lost(false); state(JSON.parse(event.data)); });
    source.addEventListener("end", async () => {
      close();
      over = true;
      end(await ask(`/api/jobs/${id}`));
    });
    source.addEventListener("error", () => { if (lost) lost(true); });
  };
  const close = () => { if (source) source.close(); source = null; };
  const turn = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", turn);
  open();
  return () => { over = true; close(); document.removeEventListener("visibilitychange", turn); };
};

export const stopButton = (id) => {
  const button = h("button", { type: "button", onclick: async () => {
    button.disabled = true; // a double click must not throw away the plan
    setTimeout(() => { button.disabled = false; }, 2000);
    try { await ask(`/api/jobs/${id}/stop`, {}); } catch (error) { told(error); }
  } }, "Stop");
  button.follow = (job) => {
    button.hidden = ENDED.includes(job.status);
    button.textContent = job.status === "stopping" ? "Stop at once" : job.kind === "solve" && job.status === "running" ? "Stop, keep the best plan" : "Stop";
  };
  return button;
};

export const job = async (root, id) => {
  const first = await ask(`/api/jobs/${id}`);
  if (first.kind === "solve" && first.status === "done") { location.replace(`#/run/${first.run}`); return null; }
  if (first.kind === "ask") { location.replace(`#/run/${first.asked.run}/${first.asked.site || ""}`); return null; }
  if (first.kind === "memo") { location.replace(`#/run/${first.asked.run}`); return null; }
  const chart = first.kind === "solve" ? new GapChart() : null;
  const steps = h("ol", { class: "steps" }, STEPS.map(([key, text]) => h("li", { "data-step": key }, text)));
  const status = h("p", { class: "status", role: "status" });
  const stop = stopButton(id);
  const outcome = h("div", { class: "outcome" });
  root.append(h("section", { class: `wide pane ${first.kind}`, "aria-labelledby": "h-job" },
    h("header", { class: "head" }, h("h1", { id: "h-job", translate: "no" }, first.title, h("small", {}, when(first.created))), stop),
    chart ? steps : null, status, chart ? chart.root : null, outcome));
  let now = first, phase = "queued", begun = 0;
  const paint = () => {
    const at = STEPS.findIndex(([key]) => key === phase);
    [...steps.children].forEach((step, n) => { step.className = n < at ? "past" : n === at ? "now" : ""; if (n === at) step.setAttribute("aria-current", "step"); else step.removeAttribute("aria-current"); });
    stop.follow(now);
    const words = now.message ? sentence(now.message) : sentence(WORDS[now.status] || now.status);
    if (status.textContent !== words) status.textContent = words;
    status.className = `status s-${now.status}`;
  };
  const ended = (last) => {
    now = last;
    paint();
    if (last.kind === "solve" && last.status === "done") { location.replace(`#/run/${last.run}`); return; }
    if (last.kind === "compare" && last.status === "done") { outcome.replaceChildren(...compared(last)); return; }
    outcome.replaceChildren(failure(last), last.kind === "solve" ? h("p", {}, h("a", { href: `#/edit/job:${id}` }, "Back to the text")) : h("p", {}, h("a", { href: "#/runs" }, "Back to the runs")));
  };
  paint();
  const clock = setInterval(() => { if (chart && phase === "search" && !ENDED.includes(now.status)) chart.time((Date.now() - begun) / 1000); }, 500);
  const quit = follow(id, {
    progress: (line) => {
      if (phase !== line.phase) { phase = line.phase; if (phase === "search") begun = Date.now() - 1000 * (line.seconds || 0); paint(); }
      if (chart && line.phase === "search") chart.add(line);
    },
    state: (state) => { now = state; paint(); },
    end: (last) => ended(last),
  });
  return () => { clearInterval(clock); quit(); if (chart) chart.seen.disconnect(); };
};

const failure = (last) => {
  const issues = (last.answer && last.answer.issues) || [];
  return h("div", { class: "failure", role: "alert" },
    issues.length ? h("ul", {}, issues.map((i) => h("li", {}, `${i.code} ${[i.where, i.field].filter(Boolean).join(": ")}: ${i.message}. ${i.hint}`))) : h("pre", {}, (last.answer && last.answer.message) || last.message),
    last.hint ? h("p", { class: "hint" }, last.hint) : null);
};

const compared = (last) => {
  const at = (name, save) => `/api/jobs/${last.id}/files/${name}${save ? "?save=true" : ""}`;
  const links = last.answer.files.filter((name) => !name.endsWith(".html")).map((name) => h("a", { href: at(name, true) }, name));
  return [
    h("p", { class: "acts" }, h("a", { href: at("compare.html"), target: "_blank", rel: "noopener" }, "Open in a tab of its own"), links),
    h("iframe", { class: "page", src: at("compare.html"), title: last.title }),
  ];
};

// -- what a question found ----------------------------------------------------------------------

const groups = (found, heading) => {
  const rows = Object.entries(found || {}).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).map(([name, value]) => [name, signed(value, 3)]);
  return rows.length ? table(["Account", `${heading}>`], rows, heading) : null;
};
const basis = (found) => h("p", { class: "note" }, [found.method ? `Method: ${found.method}. ` : "", `Gap of the plan: ${percent(found.plan_gap, 3)}.`]);
const ANSWERS = {
  why: (found) => [
    groups(found.by_group, "brings, USD bn"),
    (found.binding || []).length ? table(["Rule that binds", "applies to", "meaning"], found.binding.map((r) => [r.rule, r.key, r.why]), "Rules that bind here") : null,
  ],
  "why not": (found) => [
    found.allowed && found.grant_usd_bn ? h("p", {}, `A grant of USD ${number(found.grant_usd_bn, 3)} bn would make up for it.`) : null,
    found.allowed ? groups(found.by_group, "change, USD bn") : null,
    (found.changes || []).length ? h("ul", {}, found.changes.map((c) => h("li", {}, c.text))) : null,
    found.mix ? h("p", {}, found.mix.text) : null,
  ],
  flip: (found) => {
    const hosts = (found.contest || []).map((row) => row.host);
    return [
      hosts.length ? table(["Host", "one fab more costs>", ...hosts.map((b) => `to outbid ${b}>`)], found.contest.map((row) => [row.host, number(row.cost_of_next_fab_usd_bn, 3), ...hosts.map((b) => (b in row.outbids ? signed(row.outbids[b], 3) : ""))]), "Who can outbid whom, USD bn") : null,
      found.split ? h("p", {}, `${found.split.winner} is ahead of ${found.split.runner_up} by USD ${number(found.split.surplus_usd_bn, 3)} bn: what the two sides can share.`) : null,
    ];
  },
};

export const answered = (last) => {
  if (last.status !== "done") return failure(last);
  const found = last.answer.answer;
  return h("div", { class: "answer" }, h("p", { class: "says", lang: "en" }, found.text), (ANSWERS[found.question] || (() => []))(found), basis(found));
};
