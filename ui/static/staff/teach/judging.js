// Under a reply in a conversation: was it right, what would have been, and what to teach from it.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { icon } from "../icons.js";

// What to put under each reply among the messages, by message id; the verdicts are asked for at once.
export function judgings(messages, context) {
  const replies = messages.filter((message) => message.role !== "user" && message.id);
  const roots = new Map(replies.map((message) => [message.id, el("div", { class: "te-judging", role: "group", "aria-label": say("staff.teach.judge") })]));
  for (const message of replies) paint(roots.get(message.id), message, null, context);
  if (replies.length) fill(replies, roots, context).catch(context.showProblem);
  return roots;
}

async function fill(replies, roots, context) {
  const query = new URLSearchParams(replies.map((message) => ["message", message.id]));
  const verdicts = new Map((await context.api(`/teach/verdicts?${query}`)).map((verdict) => [verdict.message_id, verdict]));
  for (const message of replies) if (verdicts.has(message.id)) paint(roots.get(message.id), message, verdicts.get(message.id), context);
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
