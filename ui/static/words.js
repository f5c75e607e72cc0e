// Renders a reply or a passage: paragraphs, lists, tables, headings, bold, numbered citations. It builds text nodes
// only; tags, links and images in the text stay the plain characters they are.

import { el } from "./dom.js";

const INLINE = /\*\*(.+?)\*\*|\[(\d{1,2})\]/g;
const LIST = /^\s*(?:[-*•]|(\d{1,3})[.)、])\s+(.*)$/;
const HEADING = /^#{1,6}\s+(.*)$/;
const TABLE = /^\s*\|.*\|\s*$/;
const TABLE_RULE = /^\s*\|[\s:|-]+\|\s*$/;

// `mark(number)` gives the element for [number]; without it the characters stay.
function inline(text, mark) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const made = match[1] !== undefined ? el("strong", null, match[1]) : mark?.(Number(match[2]));
    if (!made) continue;
    const before = text.slice(from, match.index);
    // A number stands close to its sentence, whatever space the writer left.
    parts.push(match[2] === undefined ? before : before.trimEnd(), made);
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());

function table(lines, mark) {
  const [head, ...rows] = lines.filter((line) => !TABLE_RULE.test(line)).map(cells);
  return el("div", { class: "sc-table", tabindex: "0" },
    el("table", null,
      el("thead", null, el("tr", null, head.map((cell) => el("th", { scope: "col" }, inline(cell, mark))))),
      el("tbody", null, rows.map((row) => el("tr", null, row.map((cell) => el("td", null, inline(cell, mark))))))));
}

function list(lines, mark) {
  const numbered = LIST.exec(lines[0])[1];
  const items = lines.map((line) => el("li", null, inline(LIST.exec(line)[2], mark)));
  return el(numbered ? "ol" : "ul", numbered ? { start: numbered } : null, items);
}

const kindOf = (line) =>
  TABLE.test(line) ? "table" : LIST.test(line) ? "list" : HEADING.test(line) ? "heading" : line.trim() ? "words" : "gap";

const BUILD = {
  table,
  list,
  heading: (lines, mark) => lines.map((line) => el("p", { class: "sc-heading" }, inline(HEADING.exec(line)[1], mark))),
  words: (lines, mark) =>
    el("p", null, lines.flatMap((line, place) => [place ? el("br") : null, ...inline(line, mark)])),
  gap: () => null,
};

export function words(text, mark) {
  const runs = [];
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const kind = kindOf(line);
    if (runs.at(-1)?.kind === kind) runs.at(-1).lines.push(line);
    else runs.push({ kind, lines: [line] });
  }
  return runs.map((run) => BUILD[run.kind](run.lines, mark)).flat().filter(Boolean);
}

// Marks the quoted words inside an element; spaces and Markdown signs may differ between quote and page.
export function highlight(element, quote) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const places = []; // one entry a kept character: [text node, offset]
  let kept = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (let offset = 0; offset < node.data.length; offset += 1)
      if (!/[\s*|#`>_-]/.test(node.data[offset])) {
        kept += node.data[offset].toLowerCase();
        places.push([node, offset]);
      }
  const wanted = quote.replace(/[\s*|#`>_-]/g, "").toLowerCase();
  const start = wanted ? kept.indexOf(wanted) : -1;
  if (start < 0) return null;
  const byNode = new Map();
  for (const [node, offset] of places.slice(start, start + wanted.length)) {
    const span = byNode.get(node) ?? [offset, offset];
    byNode.set(node, [span[0], offset]);
  }
  let first = null;
  for (const [node, [from, to]] of byNode) {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to + 1);
    const marked = el("mark");
    range.surroundContents(marked);
    first ??= marked;
  }
  return first;
}
