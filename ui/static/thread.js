// What was said, as elements: the shopper's messages, the replies while they stream and afterwards, notes.

import { el, icon } from "./dom.js";
import { facts, labelled, said, say } from "./language.js";
import { orderCard } from "./orders.js";
import { comparisonTable, productCard } from "./products.js";
import { words } from "./words.js";

export const userBubble = (text, id = null) => el("div", { class: "sc-user", "data-message": id }, said("span", { class: "sr-only" }, "role.you"), el("p", null, text));

export const note = (kind, ...children) => el("div", { class: `sc-note ${kind}` }, ...children);

// One reply. It grows downwards only: words, then sources, cards, thumbs, suggestions.
export class ReplyView {
  #text = "";
  #citations = new Map();
  #painting = false;
  #on;

  constructor(on) {
    this.#on = on; // {cite(citation), rate(messageId, rating, comment), ask(text), person() or null, retry()}
    this.status = el("p", { class: "sc-status" }, el("span", { class: "sc-dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), said("span", null, "status.reading"));
    this.body = el("div", { class: "sc-words" });
    this.sources = el("ul", { class: "sc-sources", hidden: true, ...labelled("source.list") });
    this.products = el("ul", { class: "sc-products", hidden: true, tabindex: "0", ...labelled("product.list") });
    this.orders = el("ul", { class: "sc-orders", hidden: true, ...labelled("order.list") });
    this.after = el("div", { class: "sc-after" });
    this.element = el("article", { class: "sc-reply" },
      said("span", { class: "sr-only" }, "role.shop", { shop: "" }), this.status, this.body, this.orders, this.products, this.sources, this.after);
  }

  get text() {
    return this.#text;
  }

  showStatus(status, position) {
    const key = status === "queued" ? (position > 0 ? "status.queued_at" : "status.queued") : `status.${status}`;
    if (!(key in facts.texts.en)) return;
    this.status.lastChild.replaceWith(said("span", null, key, { position }));
  }

  append(text) {
    this.#text += text;
    this.#paintSoon();
  }

  addCitation(citation) {
    this.#citations.set(citation.index, citation);
    this.sources.hidden = false;
    this.sources.append(el("li", null, el("button", { type: "button", class: "sc-source-chip", "data-cite": citation.index, onclick: () => this.#on.cite(citation) },
      el("span", { class: "number" }, String(citation.index)), el("span", { class: "title" }, citation.title))));
    this.#paintSoon();
  }

  addProduct(product) {
    this.products.hidden = false;
    this.products.append(productCard(product));
  }

  // The whole reply, streamed or from the history.
  finish(reply) {
    this.#text = reply.text;
    for (const citation of reply.citations) if (!this.#citations.has(citation.index)) this.addCitation(citation);
    const shown = this.products.childElementCount;
    for (const product of reply.products.slice(shown)) this.addProduct(product);
    this.#order(reply.orders ?? []);
    if (reply.comparison) this.#compare(reply.comparison);
    this.status.remove();
    this.#paint();
    this.element.classList.add("done");
    this.after.replaceChildren(...[this.#thumbs(reply.message_id ?? reply.id, reply.rating ?? 0), this.#suggestions(reply)].filter(Boolean));
  }

  #order(orders) {
    this.orders.hidden = !orders.length;
    this.orders.replaceChildren(...orders.map((order) => orderCard(order, this.#on.ask)));
  }

  // The table says what the lines of the text say for those who have only that.
  #compare(comparison) {
    const lead = this.#text.split("\n").filter((line) => !line.startsWith("- ")).join("\n");
    this.#text = lead || this.#text;
    this.products.before(comparisonTable(comparison));
  }

  // The reply ended without a whole answer.
  fail(message, { retry = true } = {}) {
    this.status.remove();
    this.#paint();
    this.element.classList.add("done");
    this.after.replaceChildren(note("problem", el("span", null, message),
      retry ? el("button", { type: "button", class: "sc-button quiet small", onclick: () => this.#on.retry() }, icon("again"), said("span", null, "ask.again")) : null));
  }

  #paintSoon() {
    if (this.#painting) return;
    this.#painting = true;
    requestAnimationFrame(() => {
      this.#painting = false;
      this.#paint();
    });
  }

  #paint() {
    this.body.replaceChildren(...words(this.#text, (number) => this.#mark(number)));
    if (this.#text) this.status.classList.add("under-words");
  }

  #mark(number) {
    const citation = this.#citations.get(number);
    return el("button", {
      type: "button", class: "sc-mark", disabled: !citation, "data-cite": number,
      "aria-label": say("source.mark", { number, title: citation?.title ?? "" }),
      onclick: () => citation && this.#on.cite(citation),
    }, String(number));
  }

  // What may be asked next; where no answer was found, a person first.
  #suggestions({ suggestions, outcome, offers_person: offered }) {
    const chips = (suggestions ?? []).map((text) => el("button", { type: "button", class: "sc-chip", onclick: () => this.#on.ask(text) }, text));
    if ((outcome === "refused" || offered) && this.#on.person)
      chips.unshift(el("button", { type: "button", class: "sc-chip person", onclick: () => this.#on.person() }, icon("person"), said("span", null, "handoff.offer")));
    return chips.length ? el("div", { class: "sc-suggestions" }, chips) : null;
  }

  #thumbs(messageId, rating) {
    if (!messageId) return null;
    const thanks = el("span", { class: "sc-thanks", role: "status" });
    const comment = el("form", { class: "sc-comment", hidden: true });
    const thumb = (value, name) => {
      const button = el("button", { type: "button", class: "sc-icon-button small", ...labelled(`rate.${name}`), "data-rate": value, "aria-pressed": String(rating === value) }, icon(name));
      button.addEventListener("click", async () => {
        if (!(await this.#on.rate(messageId, value, ""))) return;
        for (const other of row.querySelectorAll("[data-rate]")) other.setAttribute("aria-pressed", String(other === button));
        thanks.replaceChildren(said("span", null, "rate.thanks"));
        this.#askWhy(comment, messageId, value, thanks);
      });
      return button;
    };
    const row = el("div", { class: "sc-thumbs" }, thumb(1, "up"), thumb(-1, "down"), thanks);
    return el("div", null, row, comment);
  }

  #askWhy(form, messageId, rating, thanks) {
    const field = el("input", { type: "text", maxlength: facts.comment_characters, "aria-label": say("rate.why"), "data-say-hint": rating > 0 ? "rate.why_good" : "rate.why", placeholder: say(rating > 0 ? "rate.why_good" : "rate.why") });
    form.replaceChildren(field, said("button", { type: "submit", class: "sc-button quiet small" }, "rate.send"));
    form.hidden = false;
    form.onsubmit = async (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text && !(await this.#on.rate(messageId, rating, text))) return;
      form.hidden = true;
      if (text) thanks.replaceChildren(said("span", null, "rate.comment_thanks"));
    };
  }
}
