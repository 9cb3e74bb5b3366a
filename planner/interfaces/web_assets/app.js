// which view the address asks for; what works at the moment
import { all, ask, h, notice, once, one, renew, told } from "/assets/base.js";
import { compare, home, runs } from "/assets/lists.js";
import { editor } from "/assets/editor.js";
import { begin } from "/assets/language.js";
import { job } from "/assets/job.js";
import { run } from "/assets/run.js";

const VIEWS = {
  "": [home, "home", "Scenarios"], edit: [editor, "edit", "Editor"], runs: [runs, "runs", "Runs"],
  job: [job, "runs", "Work"], run: [run, "runs", "Run"], compare: [compare, "runs", "Compare"],
};
let leave = null;
let turn = 0;

const go = async () => {
  const [name, ...given] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const [view, nav, title] = VIEWS[name] || VIEWS[""];
  const mine = ++turn;
  if (leave) leave();
  leave = null;
  notice("");
  for (const link of all("[data-nav]")) {
    if (link.dataset.nav === nav) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${title} \u2013 Siting planner`;
  const root = one("#main");
  root.dataset.ready = "0";
  const stage = document.createElement("div");
  stage.className = `view v-${name || "home"}`;
  const slow = setTimeout(() => { // nothing stands there yet: say so
    if (mine === turn && !root.children.length) root.replaceChildren(h("p", { class: "note" }, "Loading \u2026"));
  }, 250);
  try {
    const left = await view(stage, ...given);
    if (mine !== turn) { if (left) left(); return; }
    leave = left || null;
    root.replaceChildren(stage);
    root.dispatchEvent(new Event("shown"));
  } catch (error) {
    if (mine === turn) { root.replaceChildren(); told(error); }
  } finally {
    clearTimeout(slow);
  }
  root.dataset.ready = "1";
};

const busy = one("#busy");
let failures = 0;
let seen = null; // the jobs and their states as last looked at
const look = async () => {
  if (document.hidden) return;
  try {
    const jobs = await ask("/api/jobs");
    const now = jobs.map((j) => j.id + j.status).join();
    if (seen !== null && now !== seen && location.hash === "#/runs" && !one("#main input:checked")) go();
    seen = now;
    const at = jobs.filter((j) => j.status === "running" || j.status === "stopping");
    const waiting = jobs.filter((j) => j.status === "queued").length;
    busy.hidden = !at.length && !waiting;
    const words = [at.length ? `${at.length} at work` : "", waiting ? `${waiting} waiting` : ""].filter(Boolean).join(", ");
    if (busy.getAttribute("aria-label") !== words) {
      busy.setAttribute("aria-label", words);
      busy.replaceChildren(h("span", { class: "long" }, words), h("span", { class: "short" }, String(at.length + waiting)));
    }
    busy.href = at.length ? `#/job/${at[0].id}` : "#/runs";
    if (failures > 1) { notice(""); await renew(); }
    failures = 0;
  } catch {
    failures += 1;
    if (failures > 1) notice("The server cannot be reached.", "Is `planner serve` still running? This page goes on by itself when it answers again; your text is kept.");
  }
};
one(".skip").addEventListener("click", (event) => { event.preventDefault(); one("#main").focus(); });
addEventListener("hashchange", go);
document.addEventListener("visibilitychange", look);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") one("#tip").hidden = true; });
setInterval(look, 3000);
look();
begin();
once("/api/start").then(go, told);
