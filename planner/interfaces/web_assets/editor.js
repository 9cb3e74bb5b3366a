// the editor: form, map and text of one scenario, always the same thing seen three ways
import { Failure, ask, h, later, notice, once, one, sentence, told } from "/assets/base.js";
import { Fields } from "/assets/form.js";
import { SiteMap } from "/assets/map.js";

const KEPT = "draft";
const LARGEST = 1_000_000;
const load = () => JSON.parse(sessionStorage.getItem(KEPT) || "null");
const save = (draft) => sessionStorage.setItem(KEPT, JSON.stringify(draft));

const textOf = async (name) => {
  if (name.startsWith("run:")) return (await ask(`/api/runs/${name.slice(4)}/text`)).text;
  if (name.startsWith("job:")) return (await ask(`/api/jobs/${name.slice(4)}/text`)).text;
  return (await ask(`/api/scenarios/${name}`)).text;
};

export const editor = async (root, name) => {
  const [start, sites] = await Promise.all([once("/api/start"), once("/api/sites")]);
  const kept = load();
  let draft = kept || { from: "base", text: await textOf("base"), touched: false };
  if (name && name !== draft.from) {
    draft = { from: name, text: await textOf(name), touched: false };
    if (kept && kept.touched) setTimeout(() => offerBack(kept));
  }
  save(draft);
  if (name) history.replaceState(null, "", "#/edit");
  const made = new Editor(root, start, sites, draft);
  await made.check();
  one("#main").addEventListener("shown", () => made.shown(), { once: true });
  return () => made.quit();
};

const offerBack = (kept) => {
  notice("Another scenario is open now.", "");
  one("#notice p").append(" ", h("button", { type: "button", onclick: () => { save(kept); notice(""); dispatchEvent(new Event("hashchange")); } }, "Bring my text back"));
};

class Editor {
  constructor(root, start, sites, draft) {
    Object.assign(this, { start, draft, form: null, version: 0, waiting: Promise.resolve() });
    this.lines = h("pre", { class: "gutter", "aria-hidden": "true" });
    this.text = h("textarea", { id: "yaml", spellcheck: "false", autocomplete: "off", wrap: "off", "aria-describedby": "problems", value: draft.text,
      oninput: () => this.typed(), onscroll: () => { this.lines.scrollTop = this.text.scrollTop; } });
    this.text.value = draft.text;
    this.file = h("input", { type: "file", accept: ".yaml,.yml", hidden: true, "aria-label": "Scenario file", onchange: () => this.openFile() });
    this.problems = h("div", { id: "problems", class: "problems", role: "status", "aria-live": "polite" });
    this.button = h("button", { type: "button", class: "main", id: "solve", onclick: () => this.solve() }, "Solve");
    this.title = h("h1", { id: "h-edit", translate: "no" }, "Scenario");
    this.question = h("p", { class: "question", translate: "no" });
    this.map = new SiteMap(sites, { words: (site) => this.words(site), pick: (site, mark) => this.open(site, mark) });
    this.menu = h("div", { class: "menu", role: "dialog", "aria-label": "Site", hidden: true });
    this.fields = new Fields(start, sites, (changes) => this.change(changes));
    root.append(
      h("section", { class: "pane form", "aria-label": "Form" }, this.fields.root),
      h("section", { class: "pane stage", "aria-labelledby": "h-edit" },
        h("header", { class: "head" }, h("div", {}, this.title, this.question), this.button),
        this.map.root, this.menu,
        h("p", { class: "key" }, h("span", {}, h("i", { class: "c-cand" }), "candidate"), h("span", {}, h("i", { class: "c-there" }), "fabs stand there"), h("span", {}, h("i", { class: "c-pin" }), "must be used"), h("span", {}, h("i", { class: "c-ban" }), "must not be used"), h("span", { class: "hintline" }, "click a site to set its rule"))),
      h("section", { class: "pane yaml", "aria-labelledby": "h-yaml" },
        h("header", { class: "head" }, h("h2", { id: "h-yaml" }, h("label", { for: "yaml" }, "Scenario text")), h("span", { class: "acts" }, h("button", { type: "button", class: "link", onclick: () => this.file.click() }, "Open a file"), h("button", { type: "button", class: "link", onclick: () => this.saveFile() }, "Save as a file")), this.file),
        h("div", { class: "code" }, this.lines, this.text), this.problems));
    this.soon = later(220, () => this.check());
    this.key = (event) => {
      if (event.key === "Escape" && !this.menu.hidden) this.close();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.solve();
    };
    this.away = (event) => { if (!this.menu.hidden && !this.menu.contains(event.target) && !event.target.closest(".site")) this.close(); };
    document.addEventListener("keydown", this.key);
    document.addEventListener("pointerdown", this.away);
    this.number([]);
  }

  quit() {
    this.version += 1;
    this.soon.cancel();
    this.map.seen.disconnect();
    document.removeEventListener("keydown", this.key);
    document.removeEventListener("pointerdown", this.away);
  }

  shown() { this.map.whole(); this.paint(); }

  keep() { save(this.draft); }

  typed() {
    this.draft = { ...this.draft, text: this.text.value, touched: true };
    this.version += 1;
    this.keep();
    this.number(this.wrong || []);
    this.button.disabled = true;
    this.soon();
  }

  async openFile() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    if (file.size > LARGEST) { notice(`${file.name} is larger than ${LARGEST / 1e6} MB.`, "A scenario is a short text."); return; }
    this.text.value = await file.text();
    this.typed();
  }

  saveFile() {
    const at = URL.createObjectURL(new Blob([this.text.value], { type: "text/yaml" }));
    h("a", { href: at, download: `${(this.form && this.form.name) || "scenario"}.yaml` }).click();
    setTimeout(() => URL.revokeObjectURL(at), 1000);
  }

  // problems and form for the text as it stands; an answer to older text is dropped
  async check() {
    const mine = this.version;
    if (this.asked) this.asked.abort();
    this.asked = new AbortController();
    try {
      const found = await ask("/api/check", { text: this.text.value }, this.asked.signal);
      if (mine === this.version) this.take(found);
    } catch (error) {
      if (error instanceof Failure && error.issues.length) this.take({ issues: error.issues, form: null });
      else told(error);
    }
  }

  // a change in the form is a change of the text; changes queue up, each on the text before it
  change(changes) {
    this.waiting = this.waiting.then(async () => {
      const mine = ++this.version;
      this.soon.cancel();
      if (this.asked) this.asked.abort();
      try {
        const found = await ask("/api/edit", { text: this.text.value, changes });
        if (mine !== this.version) return;
        const at = this.text.scrollTop;
        this.text.value = found.text;
        this.text.scrollTop = at;
        this.draft = { ...this.draft, text: found.text, touched: true };
        this.keep();
        this.take(found);
      } catch (error) {
        if (error instanceof Failure && error.issues.length) {
          this.take({ issues: error.issues, form: null });
          notice("The text must be readable before the form can change it.", "See the problems below it.");
        } else told(error);
      }
    });
    return this.waiting;
  }

  take(found) {
    if (found.form) this.form = found.form;
    this.wrong = found.issues.filter((i) => i.line).map((i) => i.line);
    this.number(this.wrong);
    this.button.disabled = found.issues.length > 0;
    this.fields.show(this.form, Boolean(found.form));
    if (this.form) {
      this.title.textContent = this.form.title || this.form.name;
      this.question.textContent = this.form.question;
    }
    this.problems.className = found.issues.length ? "problems bad" : "problems";
    this.problems.replaceChildren(found.issues.length
      ? h("ul", {}, found.issues.map((issue) => h("li", {}, issue.line ? h("button", { type: "button", onclick: () => this.goto(issue.line) }, issue.text) : issue.text)))
      : h("p", {}, "No problem found."));
    this.paint();
    one("#main").dataset.checked = String(this.version);
  }

  number(wrong) {
    const count = this.text.value.split("\n").length;
    this.lines.replaceChildren(...Array.from({ length: count }, (_, n) => h("span", { class: wrong.includes(n + 1) ? "bad" : null }, `${n + 1}\n`)));
    this.lines.scrollTop = this.text.scrollTop;
  }

  goto(line) {
    const rows = this.text.value.split("\n");
    const from = rows.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.text.focus();
    this.text.setSelectionRange(from, from + rows[line - 1].length);
    this.text.scrollTop = Math.max(0, (line - 4) * 18);
  }

  // -- the map ------------------------------------------------------------------------------------

  rule(site) {
    const rules = (this.form && this.form.sites) || { pin: [], forbid: [], only: [] };
    const named = (list) => list.includes(site.id) || list.includes(site.country);
    const pin = rules.pin.find((p) => p.site === site.id);
    if (pin) return { kind: "pin", text: `must be used${pin.product ? ` for ${pin.product}` : ""}`, pin };
    if (rules.forbid.includes(site.id)) return { kind: "forbid", text: "must not be used", own: true };
    if (named(rules.forbid)) return { kind: "forbid", text: "its country must not be used" };
    if (rules.only.length && !named(rules.only)) return { kind: "forbid", text: "outside the sites allowed" };
    return { kind: "", text: "no rule" };
  }

  words(site) { return [["Rule", this.rule(site).text], ...site.lines]; }

  paint() {
    this.map.draw((site) => {
      const rule = this.rule(site);
      const there = site.status !== "candidate";
      return { shape: "disc", r: there ? 5 : 3.6, solid: there || Boolean(rule.kind), kind: `${there ? "there" : "idle"} ${rule.kind}`, badge: rule.kind, named: true, weight: rule.kind ? 50 : there ? 10 : 1, says: rule.text };
    });
  }

  open(site, mark) {
    const rule = this.rule(site);
    const product = h("select", { id: "pinclass" }, h("option", { value: "" }, "any class"), this.start.products.map((p) => h("option", { value: p.id, selected: rule.pin && rule.pin.product === p.id }, `${p.id}  ${p.name}`)));
    const set = (changes) => () => { this.close(); this.change(changes(site.id, product.value)); };
    const f = this.fields;
    this.menu.replaceChildren(
      h("header", { class: "head" }, h("b", {}, site.name), h("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => this.close() }, "\u00D7")),
      h("p", { class: "note" }, sentence(rule.text)),
      h("label", { for: "pinclass" }, "Must make ", product),
      h("div", { class: "acts" },
        h("button", { type: "button", class: "main", onclick: set((id, k) => f.pin(id, k)) }, "Must be used"),
        h("button", { type: "button", onclick: set((id) => f.forbid(id)) }, "Must not be used"),
        rule.pin || rule.own ? h("button", { type: "button", onclick: set((id) => f.free(id)) }, "No rule") : null));
    this.menu.setAttribute("aria-label", site.name);
    this.menu.hidden = false;
    this.from = mark;
    const stage = this.menu.parentNode.getBoundingClientRect(), at = mark.getBoundingClientRect();
    const x = at.left + at.width / 2 - stage.left, y = at.bottom - stage.top + 4;
    this.menu.style.left = `${Math.max(8, Math.min(x - this.menu.offsetWidth / 2, stage.width - this.menu.offsetWidth - 8))}px`;
    this.menu.style.top = `${Math.max(8, Math.min(y, stage.height - this.menu.offsetHeight - 8))}px`;
    one("button.main", this.menu).focus();
    one("#tip").hidden = true;
  }

  close() {
    this.menu.hidden = true;
    if (this.from) this.from.focus();
    one("#tip").hidden = true;
  }

  async solve() {
    if (this.button.disabled) return;
    this.button.disabled = true;
    try {
      await this.waiting;
      const job = await ask("/api/jobs/solve", { text: this.text.value });
      location.hash = `#/job/${job.id}`;
    } catch (error) {
      if (error instanceof Failure && error.issues.length) this.take({ issues: error.issues, form: this.form });
      told(error);
      this.button.disabled = error instanceof Failure && error.issues.length > 0;
    }
  }
}
