// labels and headings in another language; sentences the plan wrote stay as they are
const WORDS = JSON.parse(one("#words").textContent);
const language = { tag: "en", after: [] };
const T = (text) => (WORDS[language.tag] || {})[text] || text;
// "Chitose, Hokkaido: candidate" is two texts
const whole = (text) => (T(text) === text && text.includes(": ") ? text.split(": ").map(T).join(": ") : T(text));
const fill = (text, values) => T(text).replace(/\{(\w+)\}/g, (_, name) => values[name]);

const texts = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const parent = node.parentElement;
  const plain = node.nodeValue.trim().replace(/\s+/g, " ");
  if (plain && !parent.closest("script,style,#lang,[lang=en]:not(html)")) texts.push([node, node.nodeValue, plain]);
}
const marks = ["aria-label", "title", "data-title"].flatMap((name) =>
  all(`[${name}]`, document.body).map((part) => [part, name, part.getAttribute(name)]));

const speak = (tag) => {
  language.tag = WORDS[tag] ? tag : "en";
  document.documentElement.lang = language.tag;
  for (const [node, raw, plain] of texts) {
    const said = whole(plain);
    node.nodeValue = said === plain ? raw : raw.replace(raw.trim(), () => said);
  }
  for (const [part, name, text] of marks) part.setAttribute(name, whole(text));
  for (const next of language.after) next();
};
const kept = { get: () => { try { return localStorage.getItem("lang"); } catch { return null; } },
  set: (tag) => { try { localStorage.setItem("lang", tag); } catch { /* pages from disk may not keep it */ } } };
const chooser = one("#lang");
chooser.addEventListener("change", () => { kept.set(chooser.value); speak(chooser.value); });
addEventListener("load", () => {
  if (!WORDS[kept.get()]) return;
  chooser.value = kept.get();
  speak(chooser.value);
});
