// Writes a draft: a curated answer or a FAQ entry, in both languages.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { field } from "../fields.js";
import { heading, LANGUAGES, tongue } from "./parts.js";

const EMPTY = { kind: "curated", questions: {}, answers: {}, citations: [], category: "", url: "", valid_from: null, valid_until: null, replaces: "", message_id: null };

export class Editor {
  constructor(context) {
    this.context = context;
    this.onKey = (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.#save();
  }

  leave() {
    this.root?.removeEventListener("keydown", this.onKey);
  }

  async open(root, id) {
    this.id = id;
    this.lesson = await this.#begin(id);
    this.root = root;
    root.addEventListener("keydown", this.onKey);
    this.#paint();
  }

  async #begin(id) {
    const { query, api } = this.context;
    if (id) return { ...EMPTY, ...(await api(`/teach/lessons/${encodeURIComponent(id)}`)) };
    const kind = query.get("kind") ?? "curated";
    if (query.get("lesson")) {
      const old = await api(`/teach/lessons/${encodeURIComponent(query.get("lesson"))}`);
      return { ...EMPTY, ...old, id: null, replaces: old.kind === "faq" ? `desk/faq#${old.id}` : old.id };
    }
    if (query.get("entry")) {
      const old = await api(`/teach/entry?source=${encodeURIComponent(query.get("entry"))}&shop=${encodeURIComponent(this.context.shop)}`);
      return { ...EMPTY, kind: "faq", questions: listed(old.questions), answers: old.answers, replaces: old.source };
    }
    const about = query.get("message") ? `message=${query.get("message")}` : query.get("gap") ? `gap=${query.get("gap")}` : null;
    if (!about) return { ...EMPTY, kind };
    const found = await api(`/teach/proposal?${about}`);
    this.proposal = found;
    return { ...EMPTY, kind: query.get("kind") ?? (found.published ? "faq" : "curated"), questions: { [found.language]: found.questions }, answers: { [found.language]: found.answer }, citations: found.citations, message_id: found.message_id };
  }

  #paint() {
    const { lesson } = this;
    const editing = Boolean(this.id);
    const kinds = el("div", { class: "row", role: "radiogroup", "aria-label": say("staff.teach.kind") }, ["curated", "faq"].map((kind) => this.#kind(kind, editing)));
    const columns = el("div", { class: "te-columns" }, LANGUAGES.map((language) => this.#column(language)));
    this.more = el("div", { class: "te-more" });
    this.#paintMore();
    this.problem = el("p", { class: "st-problem", role: "alert", hidden: true });
    this.root.replaceChildren(...[
      heading(say(editing ? "staff.teach.edit" : "staff.teach.new")),
      kinds,
      said("p", { class: "soft te-about" }, `staff.teach.about.${lesson.kind}`),
      this.proposal?.by ? said("p", { class: "soft te-about" }, `staff.teach.proposed.${this.proposal.by}`) : null,
      columns, this.more, this.problem,
      el("div", { class: "row te-steps" },
        said("button", { type: "button", class: "button primary", onclick: () => this.#save(true) }, "staff.teach.step.save_submit"),
        said("button", { type: "button", class: "button", onclick: () => this.#save() }, "staff.teach.step.save"),
        el("a", { class: "button", href: editing ? `#/teach/lesson/${this.id}` : "#/teach" }, say("dialog.cancel"))),
    ].filter(Boolean));
  }

  #kind(kind, editing) {
    return said("button", { type: "button", class: "button", role: "radio", "aria-checked": String(this.lesson.kind === kind), "aria-pressed": String(this.lesson.kind === kind), disabled: editing || Boolean(this.lesson.replaces),
      onclick: () => { this.lesson = { ...this.#read(), kind }; this.#paint(); } }, `staff.teach.kind.${kind}`);
  }

  #column(language) {
    const { lesson } = this;
    const name = language === "zh" ? "中文" : "English";
    return el("section", { class: "card stack", "data-language": language },
      el("h3", null, name),
      el("div", { class: "field" }, said("label", { for: `te-questions-${language}` }, `staff.teach.questions.${lesson.kind}`),
        el("textarea", { id: `te-questions-${language}`, lang: tongue(language), rows: lesson.kind === "faq" ? 2 : 4, value: (lesson.questions[language] ?? []).join("\n") }),
        said("small", { class: "soft" }, `staff.teach.questions.${lesson.kind}.hint`)),
      el("div", { class: "field" }, said("label", { for: `te-answer-${language}` }, "staff.teach.answer"),
        el("textarea", { id: `te-answer-${language}`, lang: tongue(language), rows: 7, value: lesson.answers[language] ?? "" })));
  }

  #paintMore() {
    const { lesson } = this;
    const dates = ["valid_from", "valid_until"].map((name) => field(`staff.teach.${name}`, { type: "date", name, value: lesson[name] ?? "" }));
    const parts = [...dates];
    if (lesson.kind === "faq") {
      parts.push(field("staff.teach.category", { name: "category", value: lesson.category }), field("staff.teach.url", { name: "url", type: "url", value: lesson.url ?? "" }));
      if (this.proposal?.published || lesson.replaces) parts.push(this.#replaces());
    } else if (lesson.citations.length) parts.push(this.#citations());
    this.more.replaceChildren(...parts);
  }

  // Whether the draft stands for the published entry that the answer was quoted from.
  #replaces() {
    const source = sourceOf(this.lesson, this.proposal);
    const box = el("input", { type: "checkbox", name: "replaces", value: source });
    box.checked = Boolean(this.lesson.replaces);
    box.disabled = !this.proposal?.published;
    return el("label", { class: "row te-wide" }, box, el("span", null, say("staff.teach.replaces", { source })));
  }

  #citations() {
    return el("fieldset", { class: "te-wide te-cited" }, said("legend", { class: "soft" }, "staff.teach.citations"),
      this.lesson.citations.map((one) => {
        const box = el("input", { type: "checkbox", name: "citation", value: String(one.index) });
        box.checked = true;
        return el("label", { class: "row" }, box, el("span", { class: "cut" }, `[${one.index}] ${one.title}`));
      }));
  }

  #read() {
    const inputs = (name) => [...this.root.querySelectorAll(`[name="${name}"]`)];
    const value = (name) => inputs(name)[0]?.value ?? "";
    const lesson = { ...this.lesson, questions: {}, answers: {} };
    for (const language of LANGUAGES) {
      const column = this.root.querySelector(`[data-language="${language}"]`);
      const [questions, answer] = column.querySelectorAll("textarea");
      const lines = questions.value.split("\n").map((one) => one.trim()).filter(Boolean);
      if (lines.length) lesson.questions[language] = lines;
      if (answer.value.trim()) lesson.answers[language] = answer.value;
    }
    lesson.valid_from = value("valid_from") || null;
    lesson.valid_until = value("valid_until") || null;
    if (lesson.kind === "faq") {
      lesson.category = value("category");
      lesson.url = value("url") || null;
      const box = inputs("replaces")[0];
      if (box) lesson.replaces = box.checked ? box.value : "";
    } else {
      const kept = new Set(inputs("citation").filter((box) => box.checked).map((box) => box.value));
      if (inputs("citation").length) lesson.citations = lesson.citations.filter((one) => kept.has(String(one.index)));
    }
    return lesson;
  }

  async #save(submit = false) {
    this.lesson = this.#read();
    this.problem.hidden = true;
    const { api, shop, navigate, showProblem } = this.context;
    const names = Object.keys(EMPTY);
    const body = Object.fromEntries(names.map((name) => [name, this.lesson[name]]));
    try {
      const saved = this.id
        ? await api(`/teach/lessons/${this.id}`, { method: "PUT", body: { ...body, shop, revision: this.lesson.revision } })
        : await api("/teach/lessons", { method: "POST", body: { ...body, shop } });
      if (submit) await api(`/teach/lessons/${saved.id}/submit`, { method: "POST", body: { revision: saved.revision } });
      navigate(`/teach/lesson/${saved.id}`);
    } catch (problem) {
      if (problem.status !== 422) return showProblem(problem);
      this.problem.textContent = problem.message;
      this.problem.hidden = false;
      this.problem.scrollIntoView({ block: "nearest" });
    }
  }
}

const listed = (questions) => Object.fromEntries(Object.entries(questions).map(([language, question]) => [language, [question]]));

const sourceOf = (lesson, proposal) => lesson.replaces || proposal?.published?.source || "";
