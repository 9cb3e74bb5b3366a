// the search as it closes: best plan below, proven bound above, the gap between them shaded
import { h, later, number, percent, s } from "/assets/base.js";

const TALL = 260;
const ROOM = { left: 62, right: 12, top: 12, bottom: 26 };
const FAR = 8;

const ticks = (low, high, about) => {
  const rough = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((m) => m >= rough);
  const found = [];
  for (let v = Math.ceil(low / step) * step; v <= high + step * 1e-6; v += step) found.push(v);
  return found;
};

export class GapChart {
  constructor() {
    this.points = [];
    this.now = 0;
    this.svg = s("svg", { class: "gapchart", role: "img", "aria-label": "No plan found yet" });
    this.bar = h("div", { class: "meter", role: "progressbar", "aria-label": "Gap closed", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": "0" }, h("i", {}));
    const tile = (name) => { const value = h("b", {}, "\u2013"); return [value, h("div", { class: "tile" }, h("span", {}, name), value)]; };
    const made = { best: tile("Best plan, USD bn"), bound: tile("Proven bound, USD bn"), gap: tile("Gap"), time: tile("Search"), nodes: tile("Nodes") };
    this.values = Object.fromEntries(Object.entries(made).map(([k, v]) => [k, v[0]]));
    this.key = h("p", { class: "key" }, h("span", { class: "k-best" }, "best plan found"), h("span", { class: "k-bound" }, "nothing better than this is possible"));
    this.root = h("div", { class: "search" }, h("div", { class: "tiles" }, Object.values(made).map((v) => v[1])), this.bar, this.svg, this.key);
    this.seen = new ResizeObserver(later(40, () => this.paint()));
    this.seen.observe(this.svg);
  }

  add(point) {
    this.points.push(point);
    const known = point.objective !== null && point.bound !== null;
    this.values.best.textContent = number(point.objective);
    this.values.bound.textContent = number(point.bound);
    this.values.gap.textContent = percent(point.gap, 3);
    this.values.nodes.textContent = number(point.nodes, 0);
    this.time(point.seconds);
    if (known) {
      const share = point.gap >= 1 ? 0 : Math.min(1, Math.log(Math.max(point.gap, 1e-4)) / Math.log(1e-4));
      this.bar.setAttribute("aria-valuenow", Math.round(share * 100));
      this.bar.firstChild.style.width = `${(share * 100).toFixed(1)}%`;
    }
    this.soon();
  }

  // seconds the search has taken so far; the lines go on to there
  time(seconds) {
    this.now = seconds;
    this.values.time.textContent = `${number(seconds, seconds < 10 ? 1 : 0)} s`;
    this.soon();
  }

  soon() { if (!this.waiting) this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.paint(); }); }

  paint() {
    const wide = Math.max(this.svg.clientWidth || 640, 240);
    this.svg.setAttribute("viewBox", `0 0 ${wide} ${TALL}`);
    const found = this.points.filter((p) => p.objective !== null && p.bound !== null);
    const last = found[found.length - 1];
    if (!last) {
      this.svg.replaceChildren(s("text", { x: wide / 2, y: TALL / 2, class: "empty" }, "The chart begins with the first plan and a bound"));
      return;
    }
    const open = Math.max(last.bound - last.objective, Math.abs(last.objective) * 1e-5, 1e-6);
    const low = Math.max(Math.min(...found.map((p) => p.objective)), last.objective - FAR * open) - 0.06 * open;
    const high = Math.min(Math.max(...found.map((p) => p.bound)), last.bound + FAR * open) + 0.06 * open;
    const start = Math.min(found[0].seconds, last.seconds * 0.98), end = Math.max(last.seconds, this.now, start + 0.5);
    const x = (v) => ROOM.left + ((v - start) / (end - start)) * (wide - ROOM.left - ROOM.right);
    const y = (v) => ROOM.top + (1 - (Math.min(Math.max(v, low), high) - low) / (high - low)) * (TALL - ROOM.top - ROOM.bottom);
    const stair = (name) => found.map((p, at) => `${at ? `H${x(p.seconds).toFixed(1)}V` : `M${x(p.seconds).toFixed(1)} `}${y(p[name]).toFixed(1)}`).join("") + `H${x(end).toFixed(1)}`;
    const back = [...found].reverse().map((p) => `V${y(p.bound).toFixed(1)}H${x(p.seconds).toFixed(1)}`).join("");
    const digits = open < 0.5 ? 2 : open < 5 ? 1 : 0;
    const grid = ticks(low, high, 4).map((v) => [s("path", { class: "grid", d: `M${ROOM.left} ${y(v).toFixed(1)}H${wide - ROOM.right}` }), s("text", { x: ROOM.left - 6, y: y(v) + 4, class: "tick-y" }, number(v, digits))]);
    const times = ticks(start, end, wide / 110).map((v) => s("text", { x: x(v), y: TALL - 8, class: "tick-x" }, `${number(v, end - start < 5 ? 1 : 0)} s`));
    this.svg.replaceChildren(...grid.flat(), ...times,
      s("path", { class: "between", d: `${stair("objective")}${back}z` }),
      s("path", { class: "bound", d: stair("bound") }), s("path", { class: "best", d: stair("objective") }));
    this.svg.setAttribute("aria-label", `Best plan ${number(last.objective)}, bound ${number(last.bound)}, gap ${percent(last.gap, 3)} after ${number(last.seconds, 0)} seconds`);
  }
}
