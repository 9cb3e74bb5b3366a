// small tools every view uses: elements, requests, numbers
const MINUS = "\u2212";

// an element with attributes, listeners (on…) and children; text is always text, never HTML
const make = (space) => (tag, attributes = {}, ...children) => {
  const made = space ? document.createElementNS(space, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected" || name === "disabled") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(9).filter((c) => c !== null && c !== undefined && c !== false));
  return made;
};
export const h = make("");
export const s = make("http://www.w3.org/2000/svg");
export const one = (query, root) => (root || document).querySelector(query);
export const all = (query, root) => [...(root || document).querySelectorAll(query)];

export const number = (value, digits = 2) => (value === null || value === undefined || !Number.isFinite(value)
  ? "\u2013"
  : value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", MINUS));
export const signed = (value, digits = 2) => (value > 0 ? "+" : "") + number(value, digits);
export const percent = (share, digits = 2) => (share === null || share === undefined ? "\u2013" : `${number(100 * share, digits)} %`);
export const when = (seconds) => new Date(seconds * 1000).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

// the token comes with the page, or after # in the link printed by a server open to the network
const fromLink = new URLSearchParams(location.hash.replace(/^#\/?/, "")).get("token");
if (fromLink) {
  sessionStorage.setItem("token", fromLink);
  history.replaceState(null, "", "#/");
}
const token = () => one("meta[name=planner-token]").content || sessionStorage.getItem("token") || "";

export class Failure extends Error {
  constructor(status, told) {
    super(told.message || "the server did not answer as it should");
    this.status = status;
    this.hint = told.hint || "";
    this.issues = told.issues || [];
  }
}

export const notice = (text, hint = "") => {
  const box = one("#notice");
  box.hidden = !text;
  box.replaceChildren();
  if (!text) return;
  box.append(h("p", {}, h("b", {}, text), hint ? ` ${hint}` : ""), h("button", { type: "button", "aria-label": "Close the message", onclick: () => notice("") }, "\u00D7"));
};
export const told = (error) => {
  if (error.name === "AbortError") return;
  notice(error instanceof Failure ? sentence(error.message) : "The server cannot be reached.", error instanceof Failure ? error.hint : "Is `planner serve` still running? Your text is kept in this tab.");
};
export const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) + (/[.!?:]$/.test(text) ? "" : ".") : "");

// a server started anew has another token: the page takes it over and keeps what was typed; a request sent with the
// old one is worth sending again even when another request has taken over the new one meanwhile
export const renew = async (old) => {
  const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
  const fresh = one("meta[name=planner-token]", page);
  if (fresh && fresh.content) one("meta[name=planner-token]").content = fresh.content;
  return token() !== old;
};

export const ask = async (path, body, signal, again) => {
  const sent = token();
  const options = body === undefined
    ? { signal }
    : { method: "POST", signal, body: JSON.stringify(body), headers: { "content-type": "application/json", "x-planner-token": sent } };
  const answer = await fetch(path, options);
  const content = await answer.json().catch(() => ({}));
  if (answer.status === 403 && !again && await renew(sent)) return ask(path, body, signal, true);
  if (!answer.ok) throw new Failure(answer.status, content);
  return content;
};

const known = {};
export const once = (path) => {
  known[path] = known[path] || ask(path).catch((error) => { delete known[path]; throw error; });
  return known[path];
};

export const later = (wait, act) => {
  let timer = 0;
  const call = (...given) => { clearTimeout(timer); timer = setTimeout(() => act(...given), wait); };
  call.cancel = () => clearTimeout(timer);
  return call;
};

// the box beside the pointer or the focused thing
export const tell = (title, lines, x, y) => {
  const tip = one("#tip");
  tip.replaceChildren(h("b", {}, title), h("dl", {}, lines.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
  tip.hidden = false;
  const w = tip.offsetWidth, t = tip.offsetHeight;
  tip.style.left = `${Math.max(6, Math.min(innerWidth - w - 8, x + 14))}px`;
  tip.style.top = `${Math.max(6, y + 18 + t < innerHeight ? y + 16 : y - t - 12)}px`;
};
export const hush = () => { one("#tip").hidden = true; };

export const table = (heads, rows, label) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
  h("table", {},
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col", class: head.endsWith(">") ? "n" : null }, head.replace(/>$/, ""))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, at) => h("td", { class: heads[at].endsWith(">") ? "n" : null }, cell)))))));
