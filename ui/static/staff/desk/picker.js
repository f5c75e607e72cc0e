// A search for something to put beside one's words: a product, or a stored source.

import { el } from "../../dom.js";
import { say } from "../../language.js";
import { productLine, sourceLine } from "./said.js";

const TYPED_MS = 250;

// Opens over the page; `choose(thing)` is called with what was picked. `kind` is "products" or "sources".
export function openPicker(context, conversationId, kind, first, choose) {
  const list = el("ul", { class: "ib-found", "aria-live": "polite" });
  const field = el("input", { type: "search", placeholder: say(`inbox.find.${kind}`), "aria-label": say(`inbox.find.${kind}`), value: first });
  const box = context.openDialog(say(`inbox.find.${kind}`), [field, list]);
  let timer = 0;
  let asked = 0;
  const search = async () => {
    const q = field.value.trim();
    if (!q) return;
    const turn = ++asked;
    try {
      const found = (await context.api(`/desk/conversations/${conversationId}/${kind}?q=${encodeURIComponent(q)}`))[kind];
      if (turn !== asked) return;
      list.replaceChildren(...(found.length ? found.map(item) : [el("li", { class: "soft" }, say("inbox.find.nothing"))]));
    } catch (problem) {
      context.showProblem(problem);
    }
  };
  const item = (thing) => {
    const pick = el("button", { type: "button", class: "button small", onclick: () => { box.close(); choose(thing); } }, say("inbox.put_short"));
    return kind === "products" ? productLine(thing, pick) : sourceLine(thing, pick);
  };
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, TYPED_MS); });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    list.querySelector("button")?.focus();
  });
  field.focus();
  search();
}
