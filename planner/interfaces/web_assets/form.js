// the form: every field says what the text resolves to; a change asks for a change of the text
import { h, number, sentence } from "/assets/base.js";

const WEIGHTS = { subsidy: "Subsidies", cost: "Cost", talent: "Talent", risk: "Risk" };
const SLIDER = { min: 0, max: 3, step: 0.05 };
const LAYERS = [["risk", "expected loss"], ["hazard", "natural hazard"], ["subsidy", "aid on offer"], ["wage", "engineer's cost"], ["power", "electricity price"]];

export class Fields {
  constructor(start, sites, change) {
    Object.assign(this, { start, sites, change, values: null, setters: [] });
    const names = Object.fromEntries(sites.sites.map((site) => [site.id, site.name]));
    this.nameOf = (id) => names[id] || start.countries[id] || id;
    this.root = h("form", { onsubmit: (event) => event.preventDefault(), autocomplete: "off" },
      h("p", { class: "stale-note" }, "The form follows again once the text can be read."),
      this.from(), this.words(), this.weights(), this.rules(), this.horizon(), this.search(), this.concepts());
  }

  // what stands in the form; `live` is off while the text cannot be read
  show(values, live) {
    this.values = values;
    this.root.classList.toggle("stale", !live);
    if (values) for (const set of this.setters) set(values);
  }

  group(title, ...content) { return h("fieldset", {}, h("legend", {}, title), content); }

  from() {
    const list = h("select", { id: "from", onchange: () => { if (list.value) location.hash = `#/edit/${list.value}`; list.value = ""; } }, h("option", { value: "" }, "choose \u2026"), this.start.scenarios.map((row) => h("option", { value: row.name }, row.title || row.name)));
    return h("label", { class: "field", for: "from" }, h("span", {}, "Start from"), list);
  }

  // one labelled control for a path of the text
  control(path, field, label) {
    const id = `f-${path.join("-")}`;
    const told = (value) => this.change([[path, value]]);
    const get = (values) => path.reduce((inner, part) => (inner === null || inner === undefined ? inner : inner[part]), values);
    let input;
    if (field.kind === "bool") {
      input = h("input", { type: "checkbox", id, onchange: () => told(input.checked) });
      this.setters.push((values) => { input.checked = Boolean(get(values)); });
    } else if (field.kind === "choice") {
      input = h("select", { id, onchange: () => told(input.value) }, field.choices.map((c) => h("option", { value: c }, c)));
      this.setters.push((values) => { input.value = get(values); });
    } else if (field.kind === "text") {
      input = field.long ? h("textarea", { id, rows: "4", onchange: () => told(input.value) }) : h("input", { type: "text", id, onchange: () => told(input.value) });
      this.setters.push((values) => { if (document.activeElement !== input) input.value = get(values) ?? ""; });
    } else {
      const scale = field.scale || 1;
      const low = field.ge ?? field.gt, high = field.le ?? field.lt;
      input = h("input", { type: "number", id, step: "any", min: low === undefined ? null : low * scale, max: high === undefined ? null : high * scale, onchange: () => {
        if (input.value !== "") told(field.kind === "integer" ? Math.round(+input.value) : +(input.value / scale).toPrecision(12));
        else if (field.empty && !input.validity.badInput) told(null);
      } });
      this.setters.push((values) => { const v = get(values); if (document.activeElement !== input || !input.matches(":invalid")) input.value = v === null || v === undefined ? "" : +(v * scale).toPrecision(12); });
    }
    const unit = field.unit && !["yes/no", "ratio", "text", "id", "name"].includes(field.unit) ? h("em", {}, field.unit) : null;
    const words = h("span", { title: field.about }, label || field.name.replaceAll("_", " "));
    return field.kind === "bool" ? h("label", { class: "field tick", for: id }, input, words) : h("label", { class: "field", for: id }, words, h("span", { class: "in" }, input, unit));
  }

  words() {
    const text = (name, about) => ({ name, kind: "text", about, unit: "" });
    return this.group("Question",
      this.control(["title"], text("title", "Name as printed"), "Title"),
      this.control(["name"], text("name", "Short name; the run folder bears it"), "Short name"),
      this.control(["question"], { ...text("question", "What this scenario asks"), long: true }, "Question"));
  }

  weights() {
    const rows = this.start.schema.weights.map((field) => {
      const id = `w-${field.name}`, path = ["weights", field.name];
      const box = h("input", { type: "number", id: `${id}-n`, min: "0", max: "10", step: "any", "aria-label": `Weight of ${WEIGHTS[field.name]}, exact`, onchange: () => { if (box.value !== "") this.change([[path, +box.value]]); } });
      const slider = h("input", { type: "range", id, min: SLIDER.min, max: SLIDER.max, step: SLIDER.step, "data-weight": field.name, oninput: () => { box.value = slider.value; }, onchange: () => this.change([[path, +slider.value]]) });
      this.setters.push((values) => { const v = values.weights[field.name]; slider.value = v; slider.setAttribute("aria-valuetext", number(v, 2)); box.value = v; });
      return h("div", { class: "weight" }, h("label", { for: id, title: field.about }, WEIGHTS[field.name]), slider, box);
    });
    return this.group("Weights", rows, h("p", { class: "note" }, "All 1: the plain risk-adjusted value."));
  }

  rules() {
    const list = h("ul", { class: "rules", "aria-label": "Rules on sites" });
    const groups = this.sites.panels.map((p) => h("optgroup", { label: p.title }, this.sites.sites.filter((x) => x.country === p.id).sort((a, b) => (a.name < b.name ? -1 : 1)).map((x) => h("option", { value: x.id }, x.name))));
    const pick = h("select", { id: "rulesite" }, h("option", { value: "" }, "choose a site \u2026"), groups);
    const act = (words, make) => h("button", { type: "button", onclick: () => { if (pick.value) { this.change(make(pick.value)); pick.value = ""; } else pick.focus(); } }, words);
    this.setters.push((values) => {
      const chip = (kind, text, off) => h("li", { class: kind }, h("span", {}, text), h("button", { type: "button", "aria-label": `Take out: ${text}`, onclick: off }, "\u00D7"));
      const { pin, forbid, only } = values.sites;
      list.replaceChildren(
        ...pin.map((p, at) => chip("pin", `must: ${this.nameOf(p.site)}${p.product ? `, ${p.product}` : ""}${p.by ? `, by ${p.by}` : ""}`, () => this.change([[["sites", "pin"], this.pins(pin.filter((_, n) => n !== at))]]))),
        ...forbid.map((id) => chip("forbid", `not: ${this.nameOf(id)}`, () => this.change([[["sites", "forbid"], forbid.filter((x) => x !== id)]]))),
        ...only.map((id) => chip("only", `only: ${this.nameOf(id)}`, () => this.change([[["sites", "only"], only.filter((x) => x !== id)]]))));
      list.hidden = !list.children.length;
    });
    return this.group("Sites", list, h("label", { class: "field", for: "rulesite" }, h("span", {}, "Rule for"), pick), h("div", { class: "acts" }, act("Must", (id) => this.pin(id, "")), act("Must not", (id) => this.forbid(id))));
  }

  // pins as a person would write them: nothing that is the default
  pins(list) { return list.map((p) => Object.fromEntries(Object.entries(p).filter(([k, v]) => v !== null && !(k === "modules" && v === 1)))); }

  pin(id, product) {
    const { pin, forbid } = this.values.sites;
    const mine = { ...(pin.find((p) => p.site === id) || { site: id }), product: product || null };
    const changes = [[["sites", "pin"], this.pins([...pin.filter((p) => p.site !== id), mine])]];
    if (forbid.includes(id)) changes.push([["sites", "forbid"], forbid.filter((x) => x !== id)]);
    return changes;
  }

  forbid(id) {
    const { pin, forbid } = this.values.sites;
    const changes = [[["sites", "forbid"], [...new Set([...forbid, id])]]];
    if (pin.some((p) => p.site === id)) changes.push([["sites", "pin"], this.pins(pin.filter((p) => p.site !== id))]);
    return changes;
  }

  free(id) {
    const { pin, forbid } = this.values.sites;
    return [[["sites", "pin"], this.pins(pin.filter((p) => p.site !== id))], [["sites", "forbid"], forbid.filter((x) => x !== id)]].filter(([path], n) => (n ? forbid.includes(id) : pin.some((p) => p.site === id)) && path);
  }

  horizon() {
    const words = { start: "First year", periods: "Periods", years_per_period: "Years each" };
    return this.group("Horizon", h("div", { class: "trio" }, this.start.schema.horizon.map((field) => this.control(["horizon", field.name], { ...field, unit: "" }, words[field.name]))));
  }

  search() {
    const by = Object.fromEntries(this.start.schema.solver.map((field) => [field.name, field]));
    return this.group("Search and map",
      h("div", { class: "duo" }, this.control(["solver", "gap"], { ...by.gap, scale: 100, unit: "%" }, "Stop at gap"), this.control(["solver", "time_limit"], { ...by.time_limit, unit: "s" }, "Longest")),
      this.layer());
  }

  layer() {
    const list = h("select", { id: "f-map_layer", onchange: () => this.change([[["map_layer"], list.value]]) }, LAYERS.map(([id, words]) => h("option", { value: id }, words)));
    this.setters.push((values) => { list.value = values.map_layer; });
    return h("label", { class: "field", for: "f-map_layer" }, h("span", {}, "Map shows"), list);
  }

  // every rule of the world: a switch, and behind it the options that are single values
  concepts() {
    const rows = this.start.schema.concepts.map((concept) => {
      const path = ["concepts", concept.name];
      const on = h("input", { type: "checkbox", id: `c-${concept.name}`, "aria-label": `${concept.name}: takes part`, onchange: () => this.change([[[...path, "on"], on.checked]]) });
      const switched = concept.fields.find((field) => field.name === "on");
      this.setters.push((values) => { on.checked = values.concepts[concept.name].on; row.classList.toggle("changed", on.checked !== switched.default); });
      const body = h("div", { class: "options" });
      const row = h("details", { class: "concept", ontoggle: () => { if (row.open && !body.children.length) this.open(concept, path, body); } }, h("summary", {}, h("span", {}, concept.name.replaceAll("_", " ")), h("small", {}, concept.about)), body);
      return h("div", { class: "switch" }, on, row);
    });
    return this.group("Rules of the world", h("p", { class: "note" }, "Ticked rules take part. Open one for its settings."), rows);
  }

  open(concept, path, body) {
    const count = this.setters.length;
    for (const field of concept.fields) {
      if (field.name === "on") continue;
      if (field.kind === "yaml") body.append(h("p", { class: "note" }, h("b", {}, field.name.replaceAll("_", " ")), `: ${sentence(field.about)} Set it in the text: `, h("code", {}, `concepts.${concept.name}.${field.name}`)));
      else body.append(this.control([...path, field.name], field), h("p", { class: "note" }, field.about));
    }
    if (!body.children.length) body.append(h("p", { class: "note" }, "No other settings."));
    if (this.values) for (const set of this.setters.slice(count)) set(this.values);
  }
}
