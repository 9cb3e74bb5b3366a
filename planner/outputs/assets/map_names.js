"use strict";
// names on the maps keep clear of marks and of each other, and of lines and candidates as far as they can
const GAP = 5, ABOVE = 11, BELOW = 3, RINGS = [14, 26, 40, 58, 80], TURNS = 16, SAMPLES = 40, TRIES = 3;
const COST = { ring: 1, turn: 0.01, candidate: 3, line: 5, over: 4 };
const traced = new WeakMap();

// a drawn line as points of the map, found once: asking a path for its points is slow
const trace = (path) => {
  if (!traced.has(path)) {
    const whole = path.getTotalLength();
    traced.set(path, Array.from({ length: SAMPLES + 1 }, (_, n) => path.getPointAtLength((whole * n) / SAMPLES)));
  }
  return traced.get(path);
};

// where a name may stand: beside its mark, at its corners, then farther out with a leader
const spotsAround = (r) => {
  const d = r * 0.7 + 3;
  const near = [[r + GAP, 4, "start"], [-r - GAP, 4, "end"], [0, -r - GAP, "middle"], [0, r + GAP + 8, "middle"],
    [d, -d, "start"], [d, d + 7, "start"], [-d, -d, "end"], [-d, d + 7, "end"]].map((s) => [...s, 0]);
  const far = RINGS.flatMap((away, ring) => Array.from({ length: TURNS }, (_, n) => {
    const turn = (n % 2 ? -1 : 1) * Math.ceil(n / 2) * ((2 * Math.PI) / TURNS);
    const [x, y] = [Math.cos(turn) * (r + away), Math.sin(turn) * (r + away)];
    return [x, y + 4, Math.abs(x) < 0.3 * r + 6 ? "middle" : x > 0 ? "start" : "end", ring + 1];
  }));
  return [...near, ...far];
};
const hits = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
const within = (p, b, pad) => p[0] > b[0] - pad && p[0] < b[2] + pad && p[1] > b[1] - pad && p[1] < b[3] + pad;

// all of a panel that names must mind, in pixels from its upper left corner
const surroundings = (view) => {
  const k = view.scale(), size = [view.svg.clientWidth, view.svg.clientHeight];
  const corner = [0, 1].map((n) => view.box[n] + view.box[n + 2] / 2 - (k * size[n]) / 2);
  const pixel = (x, y) => [(x - corner[0]) / k, (y - corner[1]) / k];
  const spot = (g) => pixel(...g.dataset.at.split(/[ ,]+/).map(Number));
  const marks = all(".site,.diff,.market", view.svg).filter((g) => !g.closest(".off")).map((g) => {
    const body = one(".body", g), [x, y] = spot(g);
    const r = body.tagName === "circle" ? +body.getAttribute("r") : g.classList.contains("market") ? 5 : 8.5;
    return { g, r, x, y, open: g.dataset.open === "1", box: Object.assign([x - r, y - r, x + r, y + r], { mark: true }) };
  });
  const origins = all(".origin", view.svg).map((g) => { const [x, y] = spot(g); return [x - 4, y - 4, x + 4, y + 4]; });
  const caption = one("figcaption", view.svg.parentNode);
  const floating = caption && getComputedStyle(caption).position === "absolute";
  const title = floating ? [[0, 0, caption.offsetLeft + caption.offsetWidth + 4, caption.offsetTop + caption.offsetHeight]] : [];
  const lines = all(".link,.flow", view.svg).filter((p) => !p.classList.contains("off")).map((p) => trace(p).map((at) => pixel(at.x, at.y)));
  return { size, marks, lines, taken: [...title, ...origins, ...marks.filter((m) => m.open).map((m) => m.box)] };
};

// the way from the rim of a mark to its name, none when they touch
const leaderOf = (m, box, ring) => {
  if (!ring) return null;
  const end = [Math.min(Math.max(m.x, box[0]), box[2]), Math.min(Math.max(m.y, box[1] + 2), box[3])];
  const far = Math.hypot(end[0] - m.x, end[1] - m.y) || 1;
  return [m.x + ((end[0] - m.x) * m.r) / far, m.y + ((end[1] - m.y) * m.r) / far, ...end];
};
const along = (line) => Array.from({ length: 9 }, (_, n) => [line[0] + ((line[2] - line[0]) * n) / 8, line[1] + ((line[3] - line[1]) * n) / 8]);

const bestSpot = (m, w, around) => {
  const { size, marks, lines, taken } = around;
  let best = null;
  spotsAround(m.r).forEach(([dx, dy, anchor, ring], n) => {
    const left = m.x + dx - (anchor === "end" ? w : anchor === "middle" ? w / 2 : 0);
    const box = [left, m.y + dy - ABOVE, left + w, m.y + dy + BELOW];
    if (box[0] < 2 || box[2] > size[0] - 2 || box[1] < 2 || box[3] > size[1] - 2 || taken.some((t) => hits(box, t))) return;
    const leader = leaderOf(m, box, ring);
    const crossed = leader ? taken.filter((t) => t !== m.box && along(leader).some((p) => within(p, t, 1))) : [];
    if (crossed.some((t) => !t.mark)) return;
    let cost = COST.ring * ring + COST.turn * n + COST.over * crossed.length;
    for (const other of marks) if (!other.open && other !== m && hits(box, other.box)) cost += COST.candidate;
    for (const line of lines) if (line.some((p) => within(p, box, 1))) cost += COST.line;
    if (!best || cost < best.cost) best = { cost, box, leader, dx, dy, anchor };
  });
  return best;
};

const drawLeader = (m, leader) => {
  let line = one(".leader", m.g);
  if (!leader) { if (line) line.remove(); return; }
  if (!line) {
    line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("class", "leader");
    m.g.insertBefore(line, one("text", m.g));
  }
  ["x1", "y1", "x2", "y2"].forEach((name, n) => line.setAttribute(name, (leader[n] - (n % 2 ? m.y : m.x)).toFixed(1)));
};

// one name after another takes its best spot; a name without one is in `without`
const settle = (marks, around) => {
  const trial = { ...around, taken: [...around.taken] }, found = new Map(), without = [];
  for (const m of marks) {
    const best = bestSpot(m, m.w, trial);
    if (!best) { without.push(m); continue; }
    found.set(m, best);
    trial.taken.push(best.box, ...(best.leader ? along(best.leader).map(([x, y]) => [x - 1, y - 1, x + 1, y + 1]) : []));
  }
  return { found, without };
};

// sites of the plan choose first, the larger ones before the smaller; then those that found no room
const placeNames = (view) => {
  const around = surroundings(view);
  const named = around.marks.filter((m) => one("text", m.g));
  for (const m of named) drawLeader(m, null);
  let order = named.filter((m) => !one("text", m.g).classList.contains("off"));
  for (const m of order) {
    const text = one("text", m.g);
    m.w = Number(text.dataset.w) || Number(text.dataset.w = text.getComputedTextLength().toFixed(0));
  }
  order.sort((a, b) => b.g.classList.contains("new") - a.g.classList.contains("new") || b.r - a.r);
  let kept = settle(order, around);
  for (let tries = 0; kept.without.length && tries < TRIES; tries += 1) {
    order = [...kept.without, ...order.filter((m) => !kept.without.includes(m))];
    const other = settle(order, around);
    if (other.without.length >= kept.without.length) break;
    kept = other;
  }
  for (const m of order) {
    const text = one("text", m.g), best = kept.found.get(m);
    text.style.visibility = best ? "visible" : "hidden";
    if (!best) continue;
    text.setAttribute("x", best.dx.toFixed(1));
    text.setAttribute("y", best.dy.toFixed(1));
    text.setAttribute("text-anchor", best.anchor);
    drawLeader(m, best.leader);
  }
};
