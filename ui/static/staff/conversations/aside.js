// Beside a conversation: its tags, and notes that only colleagues see.

import { el } from "../../dom.js";
import { labelled, said, say } from "../../language.js";
import { icon } from "../icons.js";
import { brief, whole } from "../times.js";

export class Aside {
  constructor(context, talk, changed) {
    this.context = context;
    this.talk = talk;
    this.changed = changed;
    this.tags = el("div", { class: "row cv-tags" });
    this.notes = el("ul", { class: "cv-notes" });
    this.root = el("aside", { class: "cv-aside", ...labelled("staff.talk.aside") },
      said("h3", null, "staff.talk.tags"), this.tags, this.#tagForm(),
      said("h3", null, "staff.talk.notes"), this.notes, this.#noteForm());
    this.#paintTags();
    this.#paintNotes();
  }

  focusNote() {
    this.note?.focus();
  }

  focusTag() {
    this.tag?.focus();
  }

  #tagForm() {
    if (!this.context.may("agent")) return null;
    this.tag = el("input", { id: "cv-tag", maxlength: "40", placeholder: say("staff.talk.tag_add"), ...labelled("staff.talk.tag_add"), autocomplete: "off" });
    return el("form", { class: "cv-tag-form", onsubmit: (event) => { event.preventDefault(); this.#setTags([...this.talk.tags, this.tag.value]); this.tag.value = ""; } }, this.tag);
  }

  #noteForm() {
    if (!this.context.may("agent")) return null;
    this.note = el("textarea", { id: "cv-note", rows: "3", maxlength: "4000", placeholder: say("staff.talk.note_hint"), ...labelled("staff.talk.note_add"), onkeydown: (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#addNote();
    } });
    return el("form", { class: "stack cv-note-form", onsubmit: (event) => { event.preventDefault(); this.#addNote(); } },
      this.note, said("button", { type: "submit", class: "button small" }, "staff.talk.note_save"));
  }

  #paintTags() {
    const remove = (tag) => this.context.may("agent")
      ? el("button", { type: "button", class: "cv-remove", "aria-label": say("staff.talk.tag_remove", { tag }), onclick: () => this.#setTags(this.talk.tags.filter((one) => one !== tag)) }, icon("close"))
      : null;
    this.tags.replaceChildren(...this.talk.tags.map((tag) => el("span", { class: "badge primary" }, `#${tag}`, remove(tag))));
    if (!this.talk.tags.length) this.tags.append(said("small", { class: "soft" }, "staff.talk.tags_none"));
  }

  #paintNotes() {
    this.notes.replaceChildren(...this.talk.notes.map((note) => el("li", null,
      el("p", { class: "cv-note-words" }, note.text),
      el("p", { class: "soft spread" },
        el("small", { title: whole(note.created_at) }, `${note.author} · ${brief(note.created_at)}`),
        note.author_id === this.context.account.id || this.context.may("admin")
          ? el("button", { type: "button", class: "cv-remove", ...labelled("staff.talk.note_remove"), onclick: () => this.#removeNote(note) }, icon("trash"))
          : null))));
    if (!this.talk.notes.length) this.notes.append(el("li", null, said("small", { class: "soft" }, "staff.talk.notes_none")));
  }

  async #setTags(tags) {
    try {
      this.talk.tags = await this.context.api(`/transcripts/${this.talk.id}/tags`, { method: "PUT", body: { tags } });
      this.#paintTags();
      this.changed();
    } catch (problem) {
      this.context.showProblem(problem);
    }
  }

  async #addNote() {
    const text = this.note.value.trim();
    if (!text) return;
    try {
      this.talk.notes.push(await this.context.api(`/transcripts/${this.talk.id}/notes`, { method: "POST", body: { text } }));
      this.note.value = "";
      this.#paintNotes();
    } catch (problem) {
      this.context.showProblem(problem);
    }
  }

  async #removeNote(note) {
    try {
      await this.context.api(`/notes/${note.id}`, { method: "DELETE" });
      this.talk.notes = this.talk.notes.filter((one) => one.id !== note.id);
      this.#paintNotes();
    } catch (problem) {
      this.context.showProblem(problem);
    }
  }
}
