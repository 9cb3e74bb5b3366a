"use strict";
// zoom and pan of one panel; panels of the same country move together on every board
const CLOSEST = 0.04;
const views = [];

const makeView = (svg) => {
  const full = [0, 0, +svg.dataset.w, +svg.dataset.h];
  const view = { svg, id: svg.closest(".panel").dataset.panel, full, box: full.slice() };
  view.scale = () => Math.max(view.box[2] / (svg.clientWidth || 600), view.box[3] / (svg.clientHeight || 300));
  view.set = (box) => {
    view.box = box;
    svg.setAttribute("viewBox", box.map((v) => Math.round(v * 10) / 10).join(" "));
    svg.classList.toggle("in", box[2] < full[2] * 0.99);
    const k = view.scale();
    for (const g of all(".site,.market,.origin,.diff", svg)) {
      g.dataset.at = g.dataset.at || g.getAttribute("transform").match(/translate\(([^)]*)\)/)[1];
      g.setAttribute("transform", `translate(${g.dataset.at}) scale(${k.toFixed(3)})`);
    }
    if (view.after) view.after();
  };
  return view;
};
const moveAll = (view, box) => views.filter((v) => v.id === view.id).forEach((v) => v.set(box));
const inside = (view, box) => {
  const [, , w, h] = view.full;
  const limit = (v, low, high) => Math.min(Math.max(v, low), high);
  return [limit(box[0], -w * 0.4, w * 1.4 - box[2]), limit(box[1], -h * 0.4, h * 1.4 - box[3]), box[2], box[3]];
};
const zoomAt = (view, x, y, factor) => {
  const [bx, by, bw, bh] = view.box;
  const f = Math.min(view.full[2] / bw, Math.max((view.full[2] * CLOSEST) / bw, factor));
  if (bw * f >= view.full[2] * 0.999) return moveAll(view, view.full.slice());
  return moveAll(view, inside(view, [x - (x - bx) * f, y - (y - by) * f, bw * f, bh * f]));
};
const centre = (view) => [view.box[0] + view.box[2] / 2, view.box[1] + view.box[3] / 2];
const mapPoint = (svg, event) => {
  const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [p.x, p.y];
};
const shift = (view, dx, dy) => {
  const [x, y, w, h] = view.box;
  moveAll(view, inside(view, [x + dx, y + dy, w, h]));
};

const wheelAndKeys = (view) => {
  const { svg } = view;
  svg.addEventListener("wheel", (event) => {
    if (!(event.ctrlKey || event.metaKey || svg.contains(document.activeElement))) return;
    event.preventDefault();
    zoomAt(view, ...mapPoint(svg, event), Math.exp(event.deltaY * 0.0016));
  }, { passive: false });
  svg.addEventListener("dblclick", (event) => zoomAt(view, ...mapPoint(svg, event), 0.5));
  svg.addEventListener("keydown", (event) => {
    const step = view.box[2] / 8;
    const act = {
      "+": () => zoomAt(view, ...centre(view), 0.7), "=": () => zoomAt(view, ...centre(view), 0.7),
      "-": () => zoomAt(view, ...centre(view), 1.4), 0: () => moveAll(view, view.full.slice()),
      ArrowLeft: () => shift(view, -step, 0), ArrowRight: () => shift(view, step, 0),
      ArrowUp: () => shift(view, 0, -step), ArrowDown: () => shift(view, 0, step),
    }[event.key];
    if (act && event.target === svg) { event.preventDefault(); act(); }
  });
};

const dragAndPinch = (view) => {
  const { svg } = view;
  const fingers = new Map();
  let start = null;
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { gap: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
  };
  svg.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, event);
    start = { x: event.clientX, y: event.clientY, box: view.box, pair: fingers.size === 2 ? spread() : null };
  });
  svg.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId) || !start) return;
    fingers.set(event.pointerId, event);
    if (fingers.size === 2 && start.pair) {
      const now = spread();
      zoomAt(view, ...mapPoint(svg, now), start.pair.gap / now.gap);
      start.pair = now;
      return;
    }
    const far = Math.hypot(event.clientX - start.x, event.clientY - start.y) > 4;
    if (!far || view.box[2] >= view.full[2] * 0.999) return;
    if (!svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    svg.classList.add("drag");
    const k = view.scale();
    moveAll(view, inside(view, [start.box[0] - (event.clientX - start.x) * k, start.box[1] - (event.clientY - start.y) * k, view.box[2], view.box[3]]));
  });
  const lift = (event) => { fingers.delete(event.pointerId); svg.classList.remove("drag"); if (!fingers.size) start = null; };
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) svg.addEventListener(name, lift);
};

for (const svg of all(".panel > svg")) {
  const view = makeView(svg);
  views.push(view);
  wheelAndKeys(view);
  dragAndPinch(view);
  for (const button of all(".zoom button", svg.parentNode)) {
    button.addEventListener("click", () => zoomAt(view, ...centre(view), button.dataset.zoom === "in" ? 0.6 : 1 / 0.6));
  }
}
const wholeMaps = () => views.forEach((v) => v.set(v.full.slice()));
