"use strict";
const DATA = JSON.parse(document.getElementById("data").textContent);
const all = (query, root) => [...(root || document).querySelectorAll(query)];
const one = (query, root) => (root || document).querySelector(query);

const tip = one("#tip");
const tell = (title, lines, x, y) => {
  tip.replaceChildren();
  const head = document.createElement("b");
  head.textContent = whole(title);
  const grid = document.createElement("div");
  for (const [name, value] of lines) {
    for (const [kind, text] of [["span", name], ["i", value]]) {
      const part = document.createElement(kind);
      part.style.fontStyle = "normal";
      part.textContent = whole(text);
      grid.append(part);
    }
  }
  tip.append(head, grid);
  tip.hidden = false;
  const w = tip.offsetWidth, h = tip.offsetHeight;
  const below = y + 18 + h < innerHeight;
  tip.style.left = Math.max(6, Math.min(innerWidth - w - 8, x + 14)) + "px";
  tip.style.top = Math.max(6, below ? y + 16 : y - h - 12) + "px";
};
const hush = () => { tip.hidden = true; };

// numbers as they are printed: true minus, thousands commas, a dash for nothing
const sortValue = (cell) => {
  const text = cell.textContent.trim();
  if (!cell.classList.contains("n")) return text.toLowerCase();
  const found = parseFloat(text.replace(/,/g, "").replace("\u2212", "-"));
  return Number.isNaN(found) ? -Infinity : found;
};
const sortBy = (table, column, up) => {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row, at) => [sortValue(row.cells[column]), at, row]);
  const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  rows.sort((a, b) => (up ? order(a[0], b[0]) : order(b[0], a[0])) || a[1] - b[1]);
  body.append(...rows.map((r) => r[2]));
};
for (const table of all("table.sortable")) {
  all("th", table).forEach((head, column) => {
    const turn = () => {
      const number = head.classList.contains("n");
      const now = head.getAttribute("aria-sort");
      const up = now ? now === "descending" : !number;
      all("th", table).forEach((h) => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      sortBy(table, column, up);
    };
    const button = one("b", head);
    button.addEventListener("click", turn);
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      turn();
    });
  });
}
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hush(); });
document.addEventListener("scroll", () => { if (!document.activeElement.closest(".panel svg g, .panel svg path")) hush(); }, { passive: true });
