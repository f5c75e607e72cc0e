// The shopper's side of the desk: who answers, the place in the line, a contact, typing, what was read.

import { el, icon } from "./dom.js";
import { facts, labelled, language, ours, said, say } from "./language.js";
import { get, post, remove } from "./server.js";
import { ReplyView, note } from "./thread.js";

const API = "/api/v1";
const TYPING_SHOWN_MS = 6000;
const TYPING_SENT_MS = 3000;

const JOINED = new Set(["taken", "taken_from", "transferred"]);

// The words for a change of who answers, as a key and its values; null for what shoppers need not know.
export function changeSaid({ change, agent, before }) {
  if (JOINED.has(change)) return ["desk.joined", { agent }];
  if (change === "given_back") return ["desk.given_back", { agent: before }];
  if (change === "released" || change === "expired") return ["desk.back_in_line", { agent: before }];
  if (change === "closed") return ["desk.closed", { agent: before }];
  if (change === "withdrawn") return ["desk.withdrawn", {}];
  return null;
}

export const changeLine = (change) => {
  const words = changeSaid(change);
  return words && el("p", { class: "sc-line" }, said("span", null, ...words));
};

const initial = (name) => [...(name ?? "")][0]?.toUpperCase() ?? "";

const face = (name) => el("span", { class: "sc-face", "aria-hidden": "true" }, initial(name));

// A message of a person of the shop. `cite(citation)` opens a source.
export function personMessage(message, cite) {
  const view = new ReplyView({ cite, rate: null, ask: null, person: null, retry: null });
  view.finish({ ...message, message_id: null, id: null, suggestions: [] });
  view.element.classList.add("of-person");
  view.element.querySelector(".sr-only")?.remove();
  return el("div", { class: "sc-person", "data-message": message.id }, face(message.author),
    el("div", { class: "sc-person-words" },
      el("p", { class: "sc-person-name" }, message.author, said("span", { class: "sr-only" }, "desk.person_says")), view.element));
}

export class Desk {
  #handoff = { state: "bot" };
  #typingTimer = 0;
  #lastTyped = 0;
  #read = 0;
  #lost = false;
  #on; // {visit(), options(), changed(handoff), announce(text)}

  constructor(on) {
    this.#on = on;
    this.panel = el("div", { class: "sc-desk", hidden: true });
    this.typing = el("p", { class: "sc-typing", hidden: true });
    this.seen = el("p", { class: "sc-seen", hidden: true });
  }

  get state() {
    return this.#handoff.state;
  }

  get withPerson() {
    return this.#handoff.state === "human";
  }

  get asked() {
    return this.#handoff.state === "waiting" || this.#handoff.state === "human";
  }

  get readByAgent() {
    return this.#handoff.read_by_agent ?? 0;
  }

  reset() {
    this.#read = 0;
    this.show({ state: "bot" });
  }

  // Takes what the server says of who answers.
  show(handoff) {
    const before = this.#handoff;
    this.#handoff = { ...handoff };
    this.#hideTyping();
    this.#paint(before.state !== handoff.state || before.open !== handoff.open || before.contact !== handoff.contact || before.agent !== handoff.agent);
    this.#on.changed(this.#handoff);
  }

  lost(lost) {
    if (lost === this.#lost) return;
    this.#lost = lost;
    this.panel.classList.toggle("lost", lost);
  }

  position(place) {
    this.#handoff.position = place;
    if (this.state !== "waiting") return;
    this.#paint(false);
    this.#on.announce(say("desk.position", { position: place }));
  }

  // What the person does: `typing`, `read`.
  hear(name, data) {
    if (name === "read") {
      this.#handoff.read_by_agent = Math.max(this.readByAgent, data.sequence);
      this.#on.changed(this.#handoff);
    }
    if (name === "typing" && this.withPerson) {
      if (this.typing.hidden) this.typing.replaceChildren(el("span", { class: "sc-dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), said("span", null, "desk.typing", { agent: this.#handoff.agent }));
      this.typing.hidden = false;
      clearTimeout(this.#typingTimer);
      this.#typingTimer = setTimeout(() => this.#hideTyping(), TYPING_SHOWN_MS);
    }
  }

  heardMessage() {
    this.#hideTyping();
  }

  // Tells the person that the shopper types, not more often than needed.
  typed() {
    if (!this.withPerson || Date.now() - this.#lastTyped < TYPING_SENT_MS) return;
    this.#lastTyped = Date.now();
    this.#signal("typing");
  }

  // Tells the person how far the shopper has read, once they can see it.
  read(sequence) {
    if (sequence <= this.#read || !this.asked || document.visibilityState !== "visible") return;
    this.#read = sequence;
    this.#signal("read", { sequence });
  }

  // Reads anew who answers.
  async refresh() {
    const visit = this.#on.visit();
    if (visit) this.show(await get(`${API}/conversations/${visit.id}/handoff`, this.#on.options()));
  }

  #signal(what, body) {
    const visit = this.#on.visit();
    if (visit) post(`${API}/conversations/${visit.id}/${what}`, { ...this.#on.options(), body }).catch(() => {});
  }

  #hideTyping() {
    clearTimeout(this.#typingTimer);
    this.typing.hidden = true;
  }

  #paint(anew) {
    const { state } = this.#handoff;
    this.panel.hidden = state !== "waiting" && state !== "human";
    if (state === "waiting") {
      if (anew || !this.place?.isConnected) this.panel.replaceChildren(this.#waiting());
      this.#place();
    } else if (state === "human" && anew) this.panel.replaceChildren(this.#present());
    else if (this.panel.hidden) this.panel.replaceChildren();
  }

  #place() {
    const { position } = this.#handoff;
    this.place.replaceChildren(position ? said("span", null, "desk.position", { position }) : "");
    this.place.hidden = !position;
  }

  #waiting() {
    const { open, opens_at: opensAt } = this.#handoff;
    this.place = el("span", { class: "sc-place" });
    const hours = ours(facts.opening_hours);
    const when = opensAt && new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en", { weekday: "long", hour: "2-digit", minute: "2-digit" }).format(new Date(opensAt));
    return note("person", icon("person"), el("div", { class: "sc-desk-words" },
      el("p", { class: "strong" }, said("span", null, "handoff.done"), this.place),
      open === false ? said("p", null, when ? "desk.nobody_until" : "desk.nobody", { when }) : null,
      hours ? el("p", null, hours) : null,
      open === false || this.#handoff.contact ? this.#contact() : null,
      said("button", { type: "button", class: "sc-link", onclick: () => this.#withdraw() }, "desk.withdraw")));
  }

  #present() {
    const { agent } = this.#handoff;
    return el("div", { class: "sc-present" }, face(agent), said("span", null, "desk.present", { agent }));
  }

  #contact() {
    if (this.#handoff.contact)
      return el("p", { class: "sc-contact-left" }, icon("check"), said("span", null, "desk.contact_left", { contact: this.#handoff.contact }));
    const field = el("input", { type: "text", maxlength: "300", autocomplete: "email", "data-say-hint": "desk.contact", placeholder: say("desk.contact"), "data-say-label": "desk.contact", "aria-label": say("desk.contact") });
    const failed = el("p", { class: "sc-problem", role: "alert" });
    const send = said("button", { type: "submit", class: "sc-button small" }, "desk.contact_send");
    return el("form", {
      class: "sc-contact-form",
      onsubmit: async (event) => {
        event.preventDefault();
        send.disabled = true;
        failed.textContent = "";
        try {
          const visit = this.#on.visit();
          this.show(await post(`${API}/conversations/${visit.id}/contact`, { ...this.#on.options(), body: { contact: field.value.trim() } }));
          this.#on.announce(say("desk.contact_left", { contact: this.#handoff.contact }));
        } catch (problem) {
          failed.textContent = problem.message || say("problem.lost");
          send.disabled = false;
        }
      },
    }, el("div", { class: "sc-contact-row" }, field, send), said("p", { class: "sc-small" }, "desk.contact_why"), failed);
  }

  async #withdraw() {
    const visit = this.#on.visit();
    this.show(await remove(`${API}/conversations/${visit.id}/handoff`, this.#on.options()).catch(() => this.#handoff));
  }
}
