// One lesson: what it says beside what is published, its exam, and the steps that are open to who looks at it.

import { el, outside, safeLink } from "../../dom.js";
import { said, say } from "../../language.js";
import { progressBar } from "../job.js";
import { examTable } from "./exam.js";
import { difference, heading, kindBadge, LANGUAGES, moment, stateBadge, tongue, validity } from "./parts.js";

export async function showLesson(root, id, context) {
  const lesson = await context.api(`/teach/lessons/${encodeURIComponent(id)}`);
  const bar = progressBar(context);
  const again = () => showLesson(root, id, context).catch(context.showProblem);
  const exam = el("section", { class: "stack", hidden: !lesson.exam }, said("h2", null, "staff.teach.exam"), lesson.exam ? examTable(lesson.exam) : null);
  root.replaceChildren(...[
    heading(lesson.title, el("span", { class: "row" }, kindBadge(lesson.kind), stateBadge(lesson))),
    el("p", { class: "row soft" },
      el("small", null, say("staff.teach.by", { author: lesson.author, when: moment(lesson.updated_at) })),
      lesson.reviewer ? el("small", null, say("staff.teach.reviewed", { reviewer: lesson.reviewer })) : null,
      lesson.version ? el("small", null, say("staff.teach.in_version", { version: lesson.version })) : null,
      validity(lesson)),
    notes(lesson),
    steps(lesson, context, bar, exam, again),
    bar.root,
    el("div", { class: "te-columns" }, LANGUAGES.filter((language) => lesson.questions[language]).map((language) => text(lesson, language))),
    lesson.citations.length ? supports(lesson.citations) : null,
    exam,
    lesson.near.length ? near(lesson) : null,
  ].filter(Boolean));
}

function notes(lesson) {
  const said_ = [];
  if (lesson.note) said_.push(el("p", { class: "st-problem" }, `${lesson.reviewer}: ${lesson.note}`));
  if (lesson.state === "waiting" && lesson.exam?.worse) said_.push(el("p", { class: "st-problem", role: "alert" }, say("staff.teach.refused", { count: lesson.exam.worse })));
  if (lesson.state === "live" && !lesson.in_force) said_.push(said("p", { class: "st-problem" }, "staff.teach.rolled_back"));
  if (lesson.state === "waiting" && lesson.own) said_.push(said("p", { class: "soft" }, "staff.teach.needs_second"));
  return said_.length ? el("div", { class: "stack" }, said_) : null;
}

function text(lesson, language) {
  const shown = lesson.difference[language];
  const others = lesson.questions[language].slice(1);
  return el("section", { class: "card stack", lang: tongue(language) },
    el("div", { class: "spread" }, el("h3", null, difference(shown.question)), el("span", { class: "badge" }, language === "zh" ? "中文" : "English")),
    el("p", { class: "te-text" }, difference(shown.answer)),
    others.length ? el("details", null, el("summary", null, say("staff.teach.also", { count: others.length })), el("ul", { class: "te-variants" }, others.map((one) => el("li", null, one)))) : null,
    el("small", { class: "soft" }, lesson.published?.answers[language] ? say("staff.teach.changes", { source: lesson.published.source }) : say("staff.teach.is_new")));
}

const supports = (citations) =>
  el("section", { class: "stack" }, said("h2", null, "staff.teach.citations"),
    el("ol", { class: "te-supports" }, citations.map((one) => el("li", { class: "card" },
      el("strong", null, `[${one.index}] ${one.title}`), el("p", { class: "soft" }, one.quote),
      safeLink(one.url) ? outside(safeLink(one.url), null, one.source) : el("small", { class: "soft" }, one.source)))));

const near = (lesson) =>
  el("details", { class: "te-near" }, said("summary", null, "staff.teach.near"),
    el("ul", { class: "stack" }, lesson.near.map((one) => el("li", { class: "card" }, el("strong", null, one.title), el("p", { class: "te-two-lines soft" }, one.text), el("small", { class: "soft" }, one.source)))));

// The buttons: only what may be done now, by this person.
function steps(lesson, context, bar, exam, again) {
  const move = (name, body = {}) => context.api(`/teach/lessons/${lesson.id}/${name}`, { method: "POST", body: { revision: lesson.revision, ...body } });
  const doing = (work) => async (event) => {
    const buttons = [...event.currentTarget.parentElement.querySelectorAll("button")];
    buttons.forEach((one) => { one.disabled = true; });
    try {
      await work();
    } catch (problem) {
      context.showProblem(problem);
    } finally {
      buttons.forEach((one) => { one.disabled = false; });
    }
  };
  const button = (key, work, look = "") => said("button", { type: "button", class: `button ${look}`, onclick: doing(work) }, `staff.teach.step.${key}`);
  const simple = (key, name, look = "") => button(key, async () => { await move(name); again(); }, look);
  const shown = [];
  if (!context.may("agent")) return null;
  const editable = lesson.state === "draft" || lesson.state === "rejected";
  if (editable) shown.push(el("a", { class: "button", href: `#/teach/edit/${lesson.id}` }, say("staff.teach.step.edit")));
  if (lesson.state === "draft") shown.push(simple("submit", "submit", "primary"));
  if (lesson.may_approve) shown.push(button("approve", () => approve(move, bar, context, again), "primary"), button("reject", () => reject(move, context, again)));
  if (lesson.state === "waiting") shown.push(simple("take_back", "take-back"));
  if (["draft", "waiting", "rejected"].includes(lesson.state)) shown.push(button("examine", async () => {
    const found = await bar.watch(context.api(`/teach/lessons/${lesson.id}/examine`, { method: "POST" }));
    exam.hidden = false;
    exam.replaceChildren(said("h2", null, "staff.teach.exam"), examTable(found));
  }));
  if (lesson.state === "live") shown.push(
    el("a", { class: "button", href: `#/teach/new?lesson=${lesson.id}` }, say("staff.teach.step.change")),
    button("end", () => end(lesson, bar, context, again), "danger"));
  if (lesson.message_id) shown.push(said("button", { type: "button", class: "button", onclick: doing(() => openTalk(lesson, context)) }, "staff.teach.step.talk"));
  return el("div", { class: "row te-steps" }, shown);
}

async function approve(move, bar, context, again) {
  const result = await bar.watch(move("approve"));
  if (result.published) context.toast(say("staff.teach.published"), "good");
  else context.toast(say("staff.teach.refused", { count: result.exam.worse }), "problem");
  await again();
}

async function reject(move, context, again) {
  const note = el("textarea", { rows: 4, "aria-label": say("staff.teach.reject.note"), placeholder: say("staff.teach.reject.note") });
  const send = said("button", { type: "button", class: "button primary" }, "staff.teach.step.reject");
  const box = context.openDialog(say("staff.teach.step.reject"), note, [send]);
  note.focus();
  send.addEventListener("click", async () => {
    try {
      await move("reject", { note: note.value });
      box.close();
      again();
    } catch (problem) {
      context.showProblem(problem);
    }
  });
}

async function end(lesson, bar, context, again) {
  const sure = await context.confirmed(say("staff.teach.step.end"), say(`staff.teach.end.${lesson.kind}`), say("staff.teach.step.end"), { danger: true });
  if (!sure) return;
  await bar.watch(context.api(`/teach/lessons/${lesson.id}/end`, { method: "POST" }));
  await again();
}

async function openTalk(lesson, context) {
  const { conversation_id: id } = await context.api(`/teach/conversation/${lesson.message_id}`);
  context.navigate(`/conversations/${id}`);
}
