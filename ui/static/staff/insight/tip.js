// One floating note beside the pointer or the focused mark of a chart.

import { el } from "../../dom.js";

let tip = null;

function place(x, y) {
  const box = tip.getBoundingClientRect();
  const left = x + 14 + box.width > innerWidth - 8 ? x - box.width - 14 : x + 14;
  const top = Math.min(Math.max(8, y - box.height / 2), innerHeight - box.height - 8);
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${top}px`;
}

function show(event, lines) {
  tip ??= el("div", { class: "in-tip", role: "presentation" });
  const [title, ...rows] = lines();
  tip.replaceChildren(
    el("strong", null, title),
    ...rows.map(([name, value, kind]) =>
      el("span", { class: "in-tip-row" }, kind ? el("i", { class: `in-key in-c-${kind}` }) : null, el("span", null, name), el("b", null, value))));
  if (!tip.isConnected) document.getElementById("st-root").append(tip);
  const box = event.currentTarget.getBoundingClientRect();
  if (event.type === "focus") place(box.right, box.top + box.height / 2);
  else place(event.clientX, event.clientY);
}

export const hideTip = () => tip?.remove();

// Properties for a mark that explains itself: `lines()` gives [title, [name, value, kind], …].
export const explained = (lines) => ({
  onpointermove: (event) => event.pointerType !== "touch" && show(event, lines),
  onpointerleave: hideTip,
  onfocus: (event) => event.currentTarget.matches(":focus-visible") && show(event, lines),
  onblur: hideTip,
});
