// Keyboard shortcuts of the page, and the sheet that lists them.

import { el } from "../dom.js";
import { said, say } from "../language.js";
import { openDialog } from "./dialog.js";

const groups = new Set(); // of lists of {keys, label, run}; keys is "j", "?" or two in a row: "g c"
let begun = ""; // the first of two keys
let forget = 0;

// Takes [{keys, label, run}]; gives a function that takes them away again. `label` is a key of the words.
export function addShortcuts(list) {
  groups.add(list);
  return () => groups.delete(list);
}

const typing = (target) =>
  target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

function find(keys) {
  for (const list of [...groups].reverse()) {
    const found = list.find((one) => one.keys === keys);
    if (found) return found;
  }
  return null;
}

const beginsSomething = (key) => [...groups].some((list) => list.some((one) => one.keys.startsWith(`${key} `)));

export function listenForShortcuts() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) && event.key !== "Escape") return;
    if (document.querySelector("dialog[open]")) return;
    const keys = begun ? `${begun} ${event.key}` : event.key;
    begun = "";
    const found = find(keys) ?? find(event.key);
    // Enter and space belong to the button or link that has the focus.
    if (found && !(event.key === "Enter" && event.target.closest("a, button, summary"))) {
      event.preventDefault();
      found.run(event);
    } else if (beginsSomething(event.key)) {
      begun = event.key;
      clearTimeout(forget);
      forget = setTimeout(() => { begun = ""; }, 1200);
    }
  });
}

const NAMES = { Escape: "Esc", Enter: "↵", ArrowDown: "↓", ArrowUp: "↑" };
const keycaps = (keys) => keys.split(" ").map((key) => el("kbd", null, NAMES[key] ?? key));

export function showShortcuts() {
  const lines = [...groups].flat().filter((one) => one.label);
  openDialog(say("staff.keys.title"),
    el("dl", { class: "st-keys" }, lines.map((one) => el("div", null, el("dt", null, keycaps(one.keys)), said("dd", null, one.label)))));
}
