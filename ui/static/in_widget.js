// The chat as the panel of a widget: closes, tells what happened, and knows who the shop says the shopper is.

import { post } from "./server.js";

const FOCUSABLE = "button, [href], input, textarea, select, [tabindex]:not([tabindex='-1'])";

export async function joinHost(chat, host) {
  const { root } = chat;
  root.classList.add("in-widget");
  chat.around = new Around(host);
  host.listen({
    page(page) {
      host.looksAt = page;
      host.talked = false;
    },
    shown(shown) {
      host.shown = shown;
      if (shown) chat.shown();
    },
    focus: (where) => (openDialog(root) ?? placeOf(chat, where))?.focus(),
    ask: (text) => chat.say(text),
    identify(customer) {
      host.customer = customer;
      chat.identified();
    },
  });
  // Of the document: with nothing in focus, as after a click beside all buttons, keys are the body's.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !openDialog(root)) host.tell({ close: true });
  });
  // A page of the shop opens around us, and the talk goes on there.
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[target=_blank]");
    if (link && new URL(link.href).origin === host.origin) link.target = "_top";
  });
  await chat.identified();
  await chat.open();
  host.tell({ usable: true });
}

class Around {
  #host;

  constructor(host) {
    this.#host = host;
  }

  get shown() {
    return this.#host.shown;
  }

  asked() {
    this.#host.tell({ event: ["question", {}] });
  }

  heard(from, products) {
    if (products?.length) this.#host.talked = true;
    this.#host.tell({ event: ["message", { from }] });
  }

  waits(forPerson) {
    this.#host.remember("live", forPerson ? "1" : null);
  }

  // Says who the shopper is; false where the conversation was another customer's, or that of who signed out.
  async identify(visit, options) {
    const { customer } = this.#host;
    if (customer === null && this.#host.recall("known")) {
      this.#host.remember("known", null);
      return !visit;
    }
    if (!customer || !visit) return true;
    try {
      await post(`/api/v1/conversations/${visit.id}/customer`, { ...options, body: { token: customer } });
      this.#host.remember("known", "1");
      this.#host.tell({ event: ["identified", {}] });
    } catch (problem) {
      if (problem.status === 409) return false;
      this.#host.tell({ event: ["problem", { reason: "identify", detail: problem.message }] });
    }
    return true;
  }
}

const openDialog = (root) => root.querySelector("dialog[open]");

function placeOf(chat, where) {
  if (where === "field") return chat.field;
  const places = [...chat.root.querySelectorAll(FOCUSABLE)].filter((one) => !one.disabled && one.checkVisibility({ visibilityProperty: true }));
  return where === "first" ? places.find((one) => !one.classList.contains("sc-skip")) : places.at(-1);
}
