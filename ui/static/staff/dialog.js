// What opens over the page: a dialog with a heading, a question to confirm, a short notice.

import { el } from "../dom.js";
import { labelled, said, say } from "../language.js";
import { icon } from "./icons.js";

const page = () => document.getElementById("st-root");

// Opens a dialog; gives it, so that the caller can close it. Its buttons go into `actions`.
export function openDialog(title, body, actions = null) {
  const box = el("dialog", { class: "st-dialog", "aria-label": title },
    el("header", null, el("h2", null, title),
      el("button", { type: "button", class: "icon-button", ...labelled("dialog.close"), onclick: () => box.close() }, icon("close"))),
    el("div", { class: "st-dialog-body" }, body),
    actions ? el("footer", null, actions) : null);
  box.addEventListener("click", (event) => event.target === box && box.close());
  box.addEventListener("close", () => box.remove());
  page().append(box);
  box.showModal();
  return box;
}

// Resolves to true when confirmed. `act` names the deed on the button.
export function confirmed(title, sentence, act, { danger = false } = {}) {
  return new Promise((resolve) => {
    let yes = false;
    const go = el("button", { type: "button", class: danger ? "button danger" : "button primary", onclick: () => { yes = true; box.close(); } }, act);
    const no = said("button", { type: "button", class: "button", onclick: () => box.close() }, "dialog.cancel");
    const box = openDialog(title, el("p", null, sentence), [no, go]);
    box.addEventListener("close", () => resolve(yes));
    go.focus();
  });
}

// A notice at the edge of the page; `kind` is "good", "problem" or nothing.
export function toast(text, kind = "") {
  let place = document.getElementById("st-toasts");
  if (!place) page().append(place = el("div", { id: "st-toasts", role: "status", "aria-live": "polite" }));
  const note = el("p", { class: `st-toast ${kind}` }, text);
  place.append(note);
  setTimeout(() => note.remove(), kind === "problem" ? 8000 : 4000);
}

// Shows what went wrong, unless it is that the session has ended, which shows itself.
export function showProblem(problem) {
  if (problem.name === "AbortError" || problem.status === 401) return;
  toast(problem.message || say("problem.lost"), "problem");
}
