// The two things that open over the chat: a source, and the wish to talk to a person.

import { el, icon, outside, safeLink } from "./dom.js";
import { facts, labelled, ours, said, say } from "./language.js";
import { highlight, words } from "./words.js";

function dialog(kind, labelId) {
  const box = el("dialog", { class: `sc-dialog ${kind}`, "aria-labelledby": labelId });
  box.addEventListener("click", (event) => event.target === box && box.close());
  box.addEventListener("close", () => box.remove());
  return box;
}

const closer = (box) =>
  el("button", { type: "button", class: "sc-icon-button", ...labelled("dialog.close"), onclick: () => box.close() }, icon("close"));

// Opens the passage that a citation rests on, its quoted words marked.
export function openSource(root, citation, passage) {
  const box = dialog("sc-source", "sc-source-title");
  const address = safeLink(citation.url);
  const body = el("div", { class: "sc-source-text", tabindex: "0" }, words(passage?.text || citation.passage || citation.quote));
  const marked = highlight(body, citation.quote);
  box.append(
    el("header", null,
      el("div", null,
        said("p", { class: "sc-kicker" }, "source.kicker", { number: citation.index }),
        el("h2", { id: "sc-source-title" }, citation.title)),
      closer(box)),
    body,
    el("footer", null,
      el("span", { class: "sc-path" }, icon("page"), citation.source),
      address ? outside(address, { class: "sc-button quiet" }, said("span", null, "source.open"), icon("link")) : null));
  if (!marked && citation.quote && citation.quote !== citation.passage)
    body.prepend(el("blockquote", null, el("mark", null, citation.quote)));
  root.append(box);
  box.showModal();
  (marked ?? body.querySelector("mark"))?.scrollIntoView({ block: "center" });
}

export function contactLines() {
  const { email, phone } = facts.contact;
  const hours = ours(facts.opening_hours);
  return [
    hours ? el("p", null, hours) : null,
    email || phone ? el("p", { class: "sc-contact" }, [email, phone].filter(Boolean).map((way) => el("span", null, way))) : null,
  ];
}

// Asks whether to pass the conversation on; `send(comment)` does it and may fail.
export function openHandoff(root, send) {
  const box = dialog("sc-handoff", "sc-handoff-title");
  const comment = el("textarea", {
    rows: "3", maxlength: facts.comment_characters, id: "sc-handoff-comment",
    "data-say-hint": "handoff.hint", placeholder: say("handoff.hint"),
  });
  const failed = el("p", { class: "sc-problem", role: "alert" });
  const confirm = said("button", { type: "submit", class: "sc-button" }, "handoff.confirm");
  const form = el("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      confirm.disabled = true;
      try {
        await send(comment.value.trim());
        box.close();
      } catch (problem) {
        failed.textContent = problem.message || say("problem.lost");
        confirm.disabled = false;
      }
    },
  },
  el("header", null, said("h2", { id: "sc-handoff-title" }, "handoff.title"), closer(box)),
  said("p", null, "handoff.explain"),
  ...contactLines().filter(Boolean),
  said("label", { for: "sc-handoff-comment" }, "handoff.comment"),
  comment,
  failed,
  el("footer", null,
    said("button", { type: "button", class: "sc-button quiet", onclick: () => box.close() }, "dialog.cancel"),
    confirm));
  box.append(form);
  root.append(box);
  box.showModal();
  comment.focus();
}
