// country panels with sites: zoom, pan, keyboard, labels that keep clear of each other
import { all, h, hush, later, one, s, tell } from "/assets/base.js";

const CLOSEST = 0.04;
const HIT = 12;
const DIAMOND = "M0-7.5L7.5 0L0 7.5L-7.5 0z";
const CORE = "M0-4.2L4.2 0L0 4.2L-4.2 0z";

class Panel {
  constructor(map, data) {
    this.map = map;
    this.data = data;
    this.full = [0, 0, data.w, data.h];
    this.box = this.full;
    this.marks = new Map();
    const keys = "Plus and minus zoom, zero shows all; arrow keys go from site to site, Enter opens one.";
    this.svg = s("svg", { viewBox: this.full.join(" "), role: "group", "aria-label": `Map of ${data.title}. ${keys}` });
    const regions = data.regions.map(([iso, name, path]) => s("path", { d: path, class: "region", "data-iso": iso, "data-name": name }));
    this.links = s("g", { class: "links" });
    this.sites = s("g", {});
    this.svg.append(s("path", { d: data.land, class: "land" }), s("g", {}, regions), this.links, this.sites);
    const zoom = (word, sign, factor) => h("button", { type: "button", "aria-label": `Zoom ${word} ${data.title}`, onclick: () => this.zoom(...this.centre(), factor) }, sign);
    this.figure = h("figure", { class: `panel p-${data.id}`, "data-panel": data.id }, this.svg, h("figcaption", {}, data.title), h("div", { class: "zoom" }, zoom("in on", "+", 0.6), zoom("out of", "\u2212", 1 / 0.6)));
    this.listen();
  }

  centre() { return [this.box[0] + this.box[2] / 2, this.box[1] + this.box[3] / 2]; }

  scale() { return Math.max(this.box[2] / (this.svg.clientWidth || 400), this.box[3] / (this.svg.clientHeight || 300)); }

  point(event) {
    const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [p.x, p.y];
  }

  show(box) {
    this.box = box;
    this.svg.setAttribute("viewBox", box.map((v) => v.toFixed(1)).join(" "));
    this.svg.classList.toggle("in", box[2] < this.full[2] * 0.99);
    const k = this.scale().toFixed(3);
    for (const [site, g] of this.marks) g.setAttribute("transform", `translate(${site.x} ${site.y}) scale(${k})`);
    this.label();
  }

  held([x, y, w, t]) {
    const limit = (v, low, high) => Math.min(Math.max(v, low), high);
    return [limit(x, -this.full[2] * 0.4, this.full[2] * 1.4 - w), limit(y, -this.full[3] * 0.4, this.full[3] * 1.4 - t), w, t];
  }

  zoom(x, y, factor) {
    const [bx, by, bw, bh] = this.box;
    const f = Math.max((this.full[2] * CLOSEST) / bw, factor);
    if (bw * f >= this.full[2] * 0.999) return this.show(this.full);
    return this.show(this.held([x - (x - bx) * f, y - (y - by) * f, bw * f, bh * f]));
  }

  bring(site) {
    const [x, y, w, t] = this.box;
    if (site.x < x || site.x > x + w || site.y < y || site.y > y + t) this.show(this.held([site.x - w / 2, site.y - t / 2, w, t]));
  }

  listen() {
    const { svg } = this;
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey && !svg.contains(document.activeElement)) return;
      event.preventDefault();
      this.zoom(...this.point(event), Math.exp(event.deltaY * 0.0016));
    }, { passive: false });
    svg.addEventListener("dblclick", (event) => { if (!event.target.closest(".site")) this.zoom(...this.point(event), 0.5); });
    svg.addEventListener("keydown", (event) => {
      const act = { "+": 0.7, "=": 0.7, "-": 1.4 }[event.key];
      if (act) this.zoom(...this.centre(), act);
      else if (event.key === "0") this.show(this.full);
      else if (!this.step(event)) return;
      event.preventDefault();
    });
    let start = null;
    svg.addEventListener("pointerdown", (event) => { start = { x: event.clientX, y: event.clientY, box: this.box }; this.moved = false; });
    svg.addEventListener("pointermove", (event) => {
      this.hover(event);
      if (!start || !(event.buttons & 1)) return;
      const dx = event.clientX - start.x, dy = event.clientY - start.y;
      if (Math.hypot(dx, dy) < 5) return;
      this.moved = true;
      if (this.box[2] >= this.full[2] * 0.999) return;
      const k = this.scale();
      this.show(this.held([start.box[0] - dx * k, start.box[1] - dy * k, this.box[2], this.box[3]]));
    });
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) svg.addEventListener(name, () => { start = null; if (name === "pointerleave") hush(); });
    svg.addEventListener("focusin", (event) => {
      const site = this.siteAt(event.target);
      if (!site) return;
      this.bring(site);
      const box = event.target.getBoundingClientRect();
      tell(site.name, this.map.words(site), box.left + box.width / 2, box.top + box.height / 2);
    });
    svg.addEventListener("focusout", hush);
    svg.addEventListener("click", (event) => {
      const site = this.siteAt(event.target);
      if (site && !this.moved) this.map.pick(site, this.marks.get(site));
    });
  }

  siteAt(target) {
    const g = target.closest && target.closest(".site");
    return g ? this.map.byId.get(g.dataset.site) : null;
  }

  hover(event) {
    const site = this.siteAt(event.target);
    if (site) return tell(site.name, this.map.words(site), event.clientX, event.clientY);
    const region = event.target.closest && event.target.closest(".region");
    if (region && this.map.layer) return tell(region.dataset.name, this.map.shadeWords(region.dataset.iso), event.clientX, event.clientY);
    return hush();
  }

  // Enter opens the focused site; arrows go to the nearest site that way
  step(event) {
    const from = this.siteAt(event.target);
    if (!from) return false;
    if (event.key === "Enter" || event.key === " ") { this.map.pick(from, this.marks.get(from)); return true; }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return false;
    let best = null, least = Infinity;
    for (const site of this.marks.keys()) {
      const dx = site.x - from.x, dy = site.y - from.y;
      const along = dx * way[0] + dy * way[1], aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
      if (along > 0 && along + 2 * aside < least) { least = along + 2 * aside; best = site; }
    }
    if (best) this.map.focus(best.id);
    return true;
  }

  label() {
    const k = this.scale();
    const width = this.svg.clientWidth, height = this.svg.clientHeight;
    const [mx, my] = this.centre();
    const taken = [[0, 0, 12 + 7.4 * this.data.title.length, 26]];
    const marks = [...this.marks].map(([site, g]) => ({ site, g, look: site.look || {}, x: (site.x - mx) / k + width / 2, y: (site.y - my) / k + height / 2 }));
    for (const m of marks) {
      const r = (m.look.r || 0) + (m.look.badge ? 3 : 0);
      taken.push([m.x - r, m.y - r, m.x + r, m.y + r]);
    }
    const clash = (b) => b[0] < 2 || b[2] > width - 2 || b[1] < 2 || b[3] > height - 2 || taken.some((t) => b[0] < t[2] && b[2] > t[0] && b[1] < t[3] && b[3] > t[1]);
    marks.sort((a, b) => (b.look.weight || 0) - (a.look.weight || 0));
    for (const m of marks) {
      const text = one("text", m.g);
      if (!m.look.named) { text.setAttribute("visibility", "hidden"); continue; }
      const r = m.look.r || 4;
      const w = m.site.wide || (m.site.wide = text.getComputedTextLength() * 1.06);
      const spots = [[r + 5, 4, "start"], [-r - 5, 4, "end"], [0, -r - 6, "middle"], [0, r + 14, "middle"]];
      const boxes = spots.map(([dx, dy, a]) => {
        const left = m.x + dx - (a === "end" ? w : a === "middle" ? w / 2 : 0);
        return [left, m.y + dy - 11, left + w, m.y + dy + 4];
      });
      const at = boxes.findIndex((b) => !clash(b));
      text.setAttribute("visibility", at < 0 ? "hidden" : "visible");
      if (at < 0) continue;
      taken.push(boxes[at]);
      text.setAttribute("x", spots[at][0].toFixed(1));
      text.setAttribute("y", spots[at][1].toFixed(1));
      text.setAttribute("text-anchor", spots[at][2]);
    }
  }
}

export class SiteMap {
  // words(site): lines of its details; pick(site, mark): what a click does
  constructor(data, { words, pick }) {
    this.data = data;
    this.words = words;
    this.pick = pick;
    this.layer = null;
    this.byId = new Map(data.sites.map((site) => [site.id, site]));
    this.panels = data.panels.map((p) => new Panel(this, p));
    this.root = h("div", { class: "board" }, this.panels.map((p) => p.figure));
    for (const panel of this.panels) {
      const mine = data.sites.filter((site) => site.panel === panel.data.id);
      for (const site of mine) {
        const g = s("g", { class: "site", "data-site": site.id, role: "button", tabindex: "-1", "aria-label": site.name }, s("circle", { class: "hit", r: HIT }), s("g", { class: "shape" }), s("text", {}, site.label));
        panel.marks.set(site, g);
        panel.sites.append(g);
      }
      if (mine.length) panel.marks.get(mine[mine.length - 1]).setAttribute("tabindex", "0");
      for (const link of (data.links || {})[panel.data.id] || []) panel.links.append(s("path", { d: link.path, class: "link", "data-from": link.year }));
    }
    this.seen = new ResizeObserver(later(40, () => this.panels.forEach((p) => p.show(p.box))));
    this.seen.observe(this.root);
  }

  focus(id) {
    const site = this.byId.get(id);
    const panel = this.panels.find((p) => p.data.id === site.panel);
    for (const g of panel.marks.values()) g.setAttribute("tabindex", "-1");
    const g = panel.marks.get(site);
    g.setAttribute("tabindex", "0");
    g.focus();
  }

  // look(site) -> {shape, r, fill, kind, badge, named, solid, weight, says}
  draw(look) {
    for (const panel of this.panels) {
      for (const [site, g] of panel.marks) {
        const seen = site.look = look(site);
        const shape = [];
        if (seen.shape === "diamond") shape.push(s("path", { class: "body", d: DIAMOND }));
        else {
          const disc = s("circle", { class: "body", r: seen.r });
          if (seen.fill) disc.style.fill = seen.fill;
          shape.push(disc);
        }
        if (seen.shape === "both") shape.push(s("path", { class: "core", d: CORE }));
        if (seen.badge === "pin") shape.push(s("circle", { class: "ring", r: Math.max(seen.r + 3.5, 8) }), s("path", { class: "tick", d: "M-3.4 0.3L-1 2.8L3.6-2.8" }));
        if (seen.badge === "forbid") shape.push(s("circle", { class: "ban", r: 7 }), s("path", { class: "bar-line", d: "M-4.4-4.4L4.4 4.4" }));
        one(".shape", g).replaceChildren(...shape);
        one(".hit", g).setAttribute("r", Math.max(HIT, seen.r + 4));
        g.setAttribute("class", `site ${seen.kind || ""}`);
        g.setAttribute("aria-label", seen.says ? `${site.name}: ${seen.says}` : site.name);
      }
      panel.label();
    }
  }

  mark(id) {
    const site = this.byId.get(id);
    return site && this.panels.find((p) => p.data.id === site.panel).marks.get(site);
  }

  shade(id) {
    this.layer = (this.data.layers || []).find((l) => l.id === id) || null;
    this.root.dataset.layer = id || "";
    for (const path of all(".region", this.root)) {
      const found = this.layer && this.layer.shades[0][path.dataset.iso];
      path.setAttribute("class", found ? `region q${found[0]}` : "region");
    }
  }

  shadeWords(iso) {
    const found = this.layer.shades[0][iso];
    return [[this.layer.label, found ? `${found[1]} ${this.layer.unit}` : "no site weighed here"]];
  }

  years(year) {
    for (const path of all(".link", this.root)) path.classList.toggle("off", +path.dataset.from > year);
  }

  whole() { this.panels.forEach((p) => p.show(p.full)); }
}
