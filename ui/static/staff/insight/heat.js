// Maps of coloured cells: aspects by product, hours by weekday.

import { el } from "../../dom.js";
import { say } from "../../language.js";
import { interval, number, percent, weekday } from "./numbers.js";
import { explained } from "./tip.js";

const PRODUCTS = 12;
const FEW = 5; // below so many messages a share says little, and its cell is pale

const total = (mood) => mood.negative + mood.neutral + mood.positive;

// `cells` as the server gives them; `open(product_id, aspect)` shows what is behind one.
export function aspectMap(cells, open) {
  const aspects = [...new Set(cells.map((cell) => cell.aspect))];
  const byProduct = new Map();
  for (const cell of cells) {
    const row = byProduct.get(cell.product_id) ?? { title: cell.title, all: 0, cells: new Map() };
    row.all += cell.negative_share.total;
    row.cells.set(cell.aspect, cell);
    byProduct.set(cell.product_id, row);
  }
  const spoken = (aspect) => cells.reduce((sum, cell) => sum + (cell.aspect === aspect ? cell.negative_share.total : 0), 0);
  aspects.sort((one, other) => spoken(other) - spoken(one));
  const rows = [...byProduct].sort(([, one], [, other]) => other.all - one.all).slice(0, PRODUCTS);
  return el("div", { class: "in-scroll" },
    el("table", { class: "in-heat" },
      el("thead", null, el("tr", null, el("th", { scope: "col" }, say("insight.product")), aspects.map((aspect) => el("th", { scope: "col" }, say(`insight.aspect.${aspect}`))))),
      el("tbody", null, rows.map(([product, row]) => el("tr", null,
        el("th", { scope: "row", class: "cut", title: row.title }, product ? row.title : say("insight.no_product")),
        aspects.map((aspect) => el("td", null, aspectCell(row, product, row.cells.get(aspect), open))))))));
}

function aspectCell(row, product, cell, open) {
  if (!cell) return el("span", { class: "in-cell none", "aria-hidden": "true" }, "·");
  const one = cell.negative_share;
  const lines = () => [
    `${product ? row.title : say("insight.no_product")} · ${say(`insight.aspect.${cell.aspect}`)}`,
    [say("insight.negative"), `${percent(one.value)} (${interval(one)})`, "negative"],
    [say("insight.in_chats"), number(total(cell.chats))],
    [say("insight.in_reviews"), number(total(cell.reviews))],
  ];
  return el("button", {
    type: "button", class: `in-cell ${one.total < FEW ? "few" : ""}`, style: `--heat:${Math.round(100 * one.value)}%`,
    "aria-label": lines().flat().join(" "), onclick: () => open(product, cell.aspect, lines()[0]), ...explained(lines),
  }, percent(one.value, 0), el("small", null, number(one.total)));
}

// `hours` are 168 counts from Monday midnight on; `open(hour, name)` shows what is behind one.
export function weekMap(hours, open) {
  const most = Math.max(...hours, 1);
  const cell = (day, hour) => {
    const count = hours[day * 24 + hour];
    const name = say("insight.hour_of", { day: weekday(day, "long"), from: `${hour}:00`, to: `${hour + 1}:00` });
    const lines = () => [name, [say("insight.conversations"), number(count)]];
    return el("button", {
      type: "button", class: "in-hour", disabled: !count, style: `--heat:${Math.round((100 * count) / most)}%`,
      "aria-label": `${name}: ${number(count)}`, onclick: () => open(day * 24 + hour, name), ...explained(lines),
    });
  };
  return el("div", { class: "in-week" },
    Array.from({ length: 7 }, (_, day) => [
      el("span", { class: "in-tick-html" }, weekday(day)),
      ...Array.from({ length: 24 }, (_, hour) => cell(day, hour)),
    ]).flat(),
    el("span"), Array.from({ length: 24 }, (_, hour) => el("span", { class: "in-tick-html hour" }, hour % 6 ? "" : String(hour))));
}
