// labels and headings in another language: what the views write is translated as it appears
import { ask, one } from "/assets/base.js";

const OWN = "script,style,pre,code,textarea,[translate=no],[lang=en]:not(html)"; // text of users and answers
const MARKS = ["aria-label", "title", "placeholder", "label"];
const state = { tag: "en", words: {}, exact: {}, patterns: [] };
const said = new WeakMap(); // text node or element -> what the view wrote, and what stands there now

// "{n} of {all}" is one text with two blanks for figures; other blanks take words, looked up by themselves
const FIGURES = ["n", "m", "all"];
const pattern = ([english, other]) => {
  const parts = english.split(/\{(\w+)\}/);
  const source = parts.map((part, n) => (n % 2 ? (FIGURES.includes(part) ? "([+\\d.,\u2212]+)" : "(.+?)") : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))).join("");
  const names = parts.filter((_, n) => n % 2);
  return { test: new RegExp(`^${source}$`, "s"), names, other, plain: parts.filter((_, n) => !(n % 2)).join("").length };
};
export const T = (text) => {
  if (state.tag === "en" || !text) return text;
  const plain = text.trim().replace(/\s+/g, " ");
  if (state.exact[plain]) return state.exact[plain];
  for (const { test, names, other } of state.patterns) {
    const found = test.exec(plain);
    if (found) return other.replace(/\{(\w+)\}/g, (_, name) => T(found[names.indexOf(name) + 1]));
  }
  return text;
};

const mine = (element) => element && !element.closest(OWN);
const speakText = (node) => {
  if (!node.nodeValue.trim() || !mine(node.parentElement)) return;
  const known = said.get(node);
  const raw = known && known.now === node.nodeValue ? known.raw : node.nodeValue;
  const now = T(raw);
  const text = now === raw ? raw : raw.replace(raw.trim(), () => now);
  said.set(node, { raw, now: text });
  if (node.nodeValue !== text) node.nodeValue = text;
};
const speakMarks = (element) => {
  if (!mine(element)) return;
  const known = said.get(element) || {};
  for (const name of MARKS) {
    const value = element.getAttribute(name);
    if (value === null) continue;
    const raw = known[name] && known[name].now === value ? known[name].raw : value;
    known[name] = { raw, now: T(raw) };
    if (value !== known[name].now) element.setAttribute(name, known[name].now);
  }
  said.set(element, known);
};
const speakAll = (root) => {
  if (root.nodeType === Node.TEXT_NODE) { speakText(root); return; }
  if (root.nodeType !== Node.ELEMENT_NODE) return;
  speakMarks(root);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) speakText(node);
    else speakMarks(node);
  }
};
const watch = new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === "characterData") speakText(change.target);
    else if (change.type === "attributes") speakMarks(change.target);
    else for (const node of change.addedNodes) speakAll(node);
  }
});

const kept = () => { try { return localStorage.getItem("lang") || "en"; } catch { return "en"; } };
export const speak = async (tag) => {
  state.words = tag === "en" || state.words[tag] ? state.words : await ask("/api/words");
  state.tag = state.words[tag] ? tag : "en";
  const rows = Object.entries(state.words[tag] || {});
  state.exact = Object.fromEntries(rows);
  state.patterns = rows.filter(([english]) => english.includes("{")).map(pattern).sort((a, b) => b.plain - a.plain);
  document.documentElement.lang = state.tag;
  speakAll(document.documentElement);
  watch.observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: MARKS });
};

export const begin = () => {
  const chooser = one("#lang");
  chooser.addEventListener("change", () => {
    try { localStorage.setItem("lang", chooser.value); } catch { /* it holds for this page then */ }
    speak(chooser.value);
  });
  chooser.value = kept();
  return chooser.value && chooser.value !== "en" ? speak(chooser.value).catch(() => { chooser.value = "en"; }) : Promise.resolve();
};
