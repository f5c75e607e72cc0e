// Under a reply in a conversation: was it right, what would have been, and what to teach from it.
//
// judging(message, context) → an element to put under the message; `message` needs `id` and `text`.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { icon } from "../icons.js";

export function judging(message, context) {
  const root = el("div", { class: "te-judging", role: "group", "aria-label": say("staff.teach.judge") });
  paint(root, message, message.verdict ?? null, context);
  return root;
}

// The verdicts on these messages by message id, asked for at once.
export async function verdictsOn(messages, context) {
  if (!messages.length) return new Map();
  const query = new URLSearchParams(messages.map((message) => ["message", message.id]));
  return new Map((await context.api(`/teach/verdicts?${query}`)).map((verdict) => [verdict.message_id, verdict]));
}

function paint(root, message, verdict, context) {
  const judge = async (body) => {
    try {
      const wanted = verdict && body.right === verdict.right && !("right_answer" in body) && !("example" in body);
      const next = wanted
        ? await context.api(`/teach/verdicts/${message.id}`, { method: "DELETE" })
        : await context.api(`/teach/verdicts/${message.id}`, { method: "PUT", body });
      paint(root, message, next, context);
    } catch (problem) {
      context.showProblem(problem);
    }
  };
  const thumb = (right) =>
    el("button", { type: "button", class: "button small", "aria-pressed": String(verdict?.right === right), onclick: () => judge({ right }) },
      icon(right ? "check" : "close"), say(right ? "staff.teach.right" : "staff.teach.wrong"));
  root.replaceChildren(...[
    context.may("agent") ? [thumb(true), thumb(false)] : verdict ? [said("span", { class: `badge ${verdict.right ? "good" : "danger"}` }, verdict.right ? "staff.teach.right" : "staff.teach.wrong")] : [],
    context.may("agent") ? [el("a", { class: "button small", href: `#/teach/new?message=${message.id}` }, icon("teach"), say("staff.teach.from_this"))] : [],
    verdict && context.may("agent") ? [example(verdict, judge)] : [],
    verdict && !verdict.right ? [rewriting(message, verdict, judge, context)] : [],
  ].flat());
}

function example(verdict, judge) {
  const box = el("input", { type: "checkbox", onchange: () => judge({ right: verdict.right, right_answer: verdict.right_answer, example: box.checked }) });
  box.checked = verdict.example;
  return el("label", { class: "row te-example" }, box, say("staff.teach.example"));
}

function rewriting(message, verdict, judge, context) {
  if (!context.may("agent")) return verdict.right_answer ? el("p", { class: "te-wide" }, verdict.right_answer) : el("span");
  const text = el("textarea", { rows: 3, value: verdict.right_answer || "", placeholder: say("staff.teach.right_answer"), "aria-label": say("staff.teach.right_answer") });
  return el("div", { class: "te-wide stack" }, text,
    said("button", { type: "button", class: "button small", onclick: () => judge({ right: false, right_answer: text.value, example: verdict.example }) }, "staff.teach.right_answer.save"));
}
