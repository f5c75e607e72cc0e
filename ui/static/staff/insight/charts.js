// Plots over time as SVG: stacked columns and lines. They are drawn anew when their room changes, and every mark tells
// what it shows and opens what is behind it.

import { el, svg } from "../../dom.js";
import { hideTip, explained } from "./tip.js";
import { shortDay } from "./numbers.js";

const HEIGHT = 190;
const LEFT = 38;
const BOTTOM = 22;
const TOP = 8;
const TICKS = 4;
const TICK_HALF = 27; // of the widest day's name

// The next greater of 1, 2, 2.5, 5 × 10^n.
function roundUp(value) {
  const size = 10 ** Math.floor(Math.log10(value || 1));
  return ([1, 2, 2.5, 5, 10].find((step) => step * size >= value) ?? 10) * size;
}

function scale(most, whole) {
  const step = Math.max(roundUp(most / TICKS), whole ? 1 : 0) || 1;
  const count = Math.max(1, Math.ceil(most / step));
  return { top: step * count, ticks: Array.from({ length: count + 1 }, (_, place) => place * step) };
}

// A figure whose SVG is as wide as its room. `draw(width)` gives the SVG's children.
export function plot(label, draw) {
  const host = el("div", { class: "in-plot" });
  let width = 0;
  const redraw = () => {
    const next = Math.round(host.clientWidth);
    if (!next || next === width) return;
    width = next;
    hideTip();
    host.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "group", "aria-label": label }, draw(width)));
  };
  new ResizeObserver(redraw).observe(host);
  return host;
}

export const legend = (names) =>
  el("ul", { class: "in-legend" }, names.map(([kind, name]) => el("li", null, el("i", { class: `in-key in-c-${kind}` }), name)));

function axes(width, y, marks, spans, x, format) {
  const every = Math.ceil(spans.length / Math.max(2, Math.floor((width - LEFT) / 74)));
  return [
    ...marks.ticks.map((value) => svg("g", null,
      svg("line", { class: "in-grid", x1: LEFT, x2: width, y1: y(value), y2: y(value) }),
      svg("text", { class: "in-tick", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, format(value)))),
    ...spans.flatMap(([first], place) =>
      (spans.length - 1 - place) % every ? [] : [svg("text", { class: "in-tick", x: Math.min(x(place), width - TICK_HALF), y: HEIGHT - 5, "text-anchor": "middle" }, shortDay(first))]),
  ];
}

// Stacked columns. `bars` is a list of {span, parts: [[kind, value]], lines(), open()}.
export function columns(label, bars, { format }) {
  return plot(label, (width) => {
    const totals = bars.map((bar) => bar.parts.reduce((sum, [, value]) => sum + value, 0));
    const marks = scale(Math.max(...totals, 1), true);
    const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / marks.top);
    const room = (width - LEFT) / bars.length;
    const x = (place) => LEFT + room * (place + 0.5);
    const thick = Math.max(2, Math.min(34, room * 0.72));
    const drawn = bars.map((bar, place) => {
      let under = 0;
      const pieces = bar.parts.filter(([, value]) => value).map(([kind, value]) => {
        const [low, high] = [under, (under += value)];
        return svg("rect", { class: `in-c-${kind}`, x: x(place) - thick / 2, width: thick, y: y(high), height: Math.max(0.5, y(low) - y(high)) });
      });
      const [title, ...rest] = bar.lines();
      return svg("g", {
        class: "in-mark", tabindex: "0", role: "button", "aria-label": `${title}: ${rest.map(([name, value]) => `${name} ${value}`).join(", ")}`,
        onclick: bar.open, onkeydown: (event) => event.key === "Enter" && bar.open(), ...explained(bar.lines),
      }, svg("rect", { class: "in-hit", x: x(place) - room / 2, width: room, y: TOP, height: HEIGHT - TOP - BOTTOM }), pieces);
    });
    return [...axes(width, y, marks, bars.map((bar) => bar.span), x, format), ...drawn];
  });
}

// Lines through points. `points` is a list of {span, values: {kind: value or null}, lines(), open()}.
export function lines(label, points, kinds, { format }) {
  return plot(label, (width) => {
    const most = Math.max(...points.flatMap((point) => kinds.map((kind) => point.values[kind] ?? 0)), 1);
    const marks = scale(most, false);
    const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / marks.top);
    const room = (width - LEFT) / points.length;
    const x = (place) => LEFT + room * (place + 0.5);
    const path = (kind) => {
      let pen = "M";
      return points.map((point, place) => {
        if (point.values[kind] === null || point.values[kind] === undefined) { pen = "M"; return ""; }
        const piece = `${pen}${x(place).toFixed(1)} ${y(point.values[kind]).toFixed(1)}`;
        pen = "L";
        return piece;
      }).join(" ");
    };
    const dots = points.map((point, place) => {
      const [title, ...rest] = point.lines();
      return svg("g", {
        class: "in-mark", tabindex: "0", role: "button", "aria-label": `${title}: ${rest.map(([name, value]) => `${name} ${value}`).join(", ")}`,
        onclick: point.open, onkeydown: (event) => event.key === "Enter" && point.open(), ...explained(point.lines),
      },
      svg("rect", { class: "in-hit", x: x(place) - room / 2, width: room, y: TOP, height: HEIGHT - TOP - BOTTOM }),
      kinds.map((kind) => (point.values[kind] === null || point.values[kind] === undefined ? null
        : svg("circle", { class: `in-dot in-c-${kind}`, cx: x(place), cy: y(point.values[kind]), r: points.length > 45 ? 1.6 : 2.6 }))));
    });
    return [
      ...axes(width, y, marks, points.map((point) => point.span), x, format),
      ...kinds.map((kind) => svg("path", { class: `in-line in-c-${kind}`, d: path(kind) })),
      ...dots,
    ];
  });
}

// A line without axes, for a trend beside a number. `values` are plain numbers.
export function spark(label, values) {
  const [width, height] = [92, 24];
  const most = Math.max(...values, 1);
  const x = (place) => 2 + ((width - 4) * place) / Math.max(values.length - 1, 1);
  const d = values.map((value, place) => `${place ? "L" : "M"}${x(place).toFixed(1)} ${(height - 3 - ((height - 6) * value) / most).toFixed(1)}`).join(" ");
  return svg("svg", { class: "in-spark", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label }, svg("path", { class: "in-line in-c-primary", d }));
}
