// The page's words in the shopper's language, and changing them in place.

import { el } from "./dom.js";
import { recall, remember } from "./storage.js";

export const facts = JSON.parse(document.getElementById("shopclerk-facts").textContent);

const wished = [new URLSearchParams(location.search).get("lang"), recall("language"), facts.language];
let current = wished.find((language) => language in facts.texts);

export const language = () => current;

export const say = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), facts.texts[current][key]);

// Of a shop's text that may come in several languages, the one to show.
export const ours = (texts) => texts?.[current] ?? Object.values(texts ?? {})[0] ?? "";

// An element whose text is said in the shopper's language and follows the switch.
export const said = (tag, properties, key, values) =>
  el(tag, { ...properties, "data-say": key, "data-values": JSON.stringify(values ?? {}) }, say(key, values));

// Properties for an element whose label is said.
export const labelled = (key) => ({ "data-say-label": key, "aria-label": say(key), title: say(key) });

// For the page's own root: Gradio sets the document's language as it likes.
export const languageTag = () => (current === "zh" ? "zh-CN" : "en");

export function switchLanguage(next) {
  current = next;
  remember("language", next);
  for (const element of document.querySelectorAll("[data-say]"))
    element.textContent = say(element.dataset.say, JSON.parse(element.dataset.values));
  for (const element of document.querySelectorAll("[data-say-label]")) {
    element.setAttribute("aria-label", say(element.dataset.sayLabel));
    if (element.title) element.title = say(element.dataset.sayLabel);
  }
  for (const element of document.querySelectorAll("[data-say-hint]"))
    element.placeholder = say(element.dataset.sayHint);
}
