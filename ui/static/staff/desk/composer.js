// Where the person in charge writes: words, products, sources, and the bot's suggestions, which are never sent by
// themselves.

import { el, icon } from "../../dom.js";
import { labelled, said, say } from "../../language.js";
import { newId } from "../../storage.js";
import { words } from "../../words.js";
import { icon as staffIcon } from "../icons.js";
import { openPicker } from "./picker.js";
import { sourceLine } from "./said.js";

const TYPING_SENT_MS = 3000;
const drafts = new Map(); // by conversation: what was typed and not sent

export class Composer {
  #products = [];
  #sources = [];
  #lastTyped = 0;
  #letter = null; // the id under which it is sent, kept until it is
  #asking = 0;

  // `sent(message)` is called with the stored message.
  constructor(conversationId, context, sent) {
    Object.assign(this, { conversationId, context, sent });
    this.field = el("textarea", {
      rows: "2", maxlength: "8000", placeholder: say("inbox.write"), "aria-label": say("inbox.write"),
      oninput: () => this.#typed(),
      onkeydown: (event) => {
        if (event.key === "Escape") this.field.blur();
        if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
        event.preventDefault();
        this.#send();
      },
    });
    this.field.value = drafts.get(conversationId) ?? "";
    this.beside = el("ul", { class: "ib-beside", hidden: true });
    this.suggestion = el("div", { class: "ib-suggestion", hidden: true, "aria-live": "polite" });
    this.button = el("button", { type: "submit", class: "button primary" }, icon("send"), said("span", null, "inbox.send"));
    this.root = el("form", { class: "ib-composer", onsubmit: (event) => { event.preventDefault(); this.#send(); } },
      this.suggestion, this.field, this.beside,
      el("div", { class: "ib-composer-foot" },
        el("button", { type: "button", class: "button small", title: "s", onclick: () => this.suggest() }, staffIcon("teach"), said("span", null, "inbox.suggest")),
        el("button", { type: "button", class: "button small", onclick: () => this.#pick("products") }, icon("plus"), said("span", null, "inbox.product")),
        el("button", { type: "button", class: "button small", onclick: () => this.#pick("sources") }, icon("link"), said("span", null, "inbox.source")),
        el("span", { class: "ib-grow" }), said("small", { class: "soft ib-hint" }, "inbox.enter"), this.button));
    this.#typed(false);
  }

  focus() {
    this.field.focus();
  }

  put(kind, thing) {
    if (kind === "product") {
      if (!this.#products.some((one) => one.product_id === thing.product_id)) this.#products.push(thing);
    } else if (!this.#sources.some((one) => one.chunk_id === thing.chunk_id)) this.#sources.push({ ...thing, index: this.#freeIndex() });
    this.#paintBeside();
    this.focus();
  }

  // What the bot would say, to be edited and sent, or not.
  async suggest(messageId = "") {
    const turn = ++this.#asking;
    this.suggestion.hidden = false;
    this.suggestion.replaceChildren(said("p", { class: "soft" }, "inbox.suggesting"));
    try {
      const draft = await this.context.api(`/desk/conversations/${this.conversationId}/draft`, { method: "POST", body: { message_id: messageId } });
      if (turn === this.#asking) this.#showDraft(draft);
    } catch (problem) {
      this.#dismiss();
      this.context.showProblem(problem);
    }
  }

  #showDraft(draft) {
    const dismiss = el("button", { type: "button", class: "button small", onclick: () => this.#dismiss() }, say("inbox.dismiss"));
    if (!draft.text) {
      this.suggestion.replaceChildren(el("div", { class: "spread" }, said("p", { class: "soft" }, "inbox.no_suggestion"), dismiss));
      return;
    }
    this.suggestion.replaceChildren(
      el("header", { class: "spread" }, said("strong", null, "inbox.suggestion"), said("span", { class: "badge" }, `inbox.gear.${draft.gear}`)),
      el("div", { class: "ib-words" }, words(draft.text, (number) => el("sup", { class: "ib-mark" }, String(number)))),
      draft.citations.length ? el("details", { class: "ib-cited" }, el("summary", null, say("inbox.sources", { count: draft.citations.length })), el("ul", null, draft.citations.map((one) => sourceLine(one)))) : "",
      el("footer", { class: "row" },
        el("button", { type: "button", class: "button small primary", onclick: () => this.#use(draft) }, say("inbox.use")), dismiss));
  }

  #use(draft) {
    this.field.value = draft.text;
    this.#sources = draft.citations.map((one) => ({ ...one }));
    this.#products = [...draft.products];
    this.#dismiss();
    this.#paintBeside();
    this.#typed();
    this.focus();
  }

  #dismiss() {
    this.#asking += 1;
    this.suggestion.hidden = true;
    this.suggestion.replaceChildren();
  }

  #freeIndex() {
    return 1 + Math.max(0, ...this.#sources.map((one) => one.index));
  }

  #pick(kind) {
    openPicker(this.context, this.conversationId, kind, "", (thing) => this.put(kind === "products" ? "product" : "source", thing));
  }

  #paintBeside() {
    const chip = (label, drop) => el("li", { class: "badge info" }, el("span", { class: "cut" }, label),
      el("button", { type: "button", ...labelled("inbox.remove"), onclick: () => { drop(); this.#paintBeside(); } }, icon("close")));
    this.beside.replaceChildren(
      ...this.#products.map((one) => chip(one.title, () => { this.#products = this.#products.filter((other) => other !== one); })),
      ...this.#sources.map((one) => chip(`[${one.index}] ${one.title}`, () => { this.#sources = this.#sources.filter((other) => other !== one); })));
    this.beside.hidden = !this.beside.childElementCount;
  }

  #typed(tell = true) {
    drafts.set(this.conversationId, this.field.value);
    this.field.style.height = "auto";
    if (this.field.scrollHeight) this.field.style.height = `${Math.min(this.field.scrollHeight + 2, 220)}px`;
    if (!tell || !this.field.value || Date.now() - this.#lastTyped < TYPING_SENT_MS) return;
    this.#lastTyped = Date.now();
    this.context.api(`/desk/conversations/${this.conversationId}/typing`, { method: "POST" }).catch(() => {});
  }

  async #send() {
    const text = this.field.value.trim();
    if ((!text && !this.#products.length && !this.#sources.length) || this.button.disabled) return;
    this.#letter ??= newId();
    this.button.disabled = true;
    const body = {
      id: this.#letter, text,
      product_ids: this.#products.map((one) => one.product_id),
      sources: this.#sources.map(({ index, chunk_id: chunkId, quote }) => ({ index, chunk_id: chunkId, quote })),
    };
    try {
      const message = await this.context.api(`/desk/conversations/${this.conversationId}/messages`, { method: "POST", body });
      this.#letter = null;
      this.#products = [];
      this.#sources = [];
      this.#lastTyped = 0;
      if (this.field.value.trim() === text) this.field.value = "";
      this.#paintBeside();
      this.#typed(false);
      this.sent(message);
      if (message.text !== text) this.context.toast(say("inbox.masked"));
    } catch (problem) {
      if (problem.status === 409 || problem.status === 422) this.#letter = null;
      this.context.showProblem(problem.status ? problem : { message: say("inbox.not_sent") });
    } finally {
      this.button.disabled = false;
    }
  }
}
