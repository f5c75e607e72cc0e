// The briefing: why a person was asked for, what was asked, found and not found, what was spoken of. Nothing is made up.

import { el, icon } from "../../dom.js";
import { said, say } from "../../language.js";
import { productLine, reasonSaid, sourceLine } from "./said.js";
import { clock } from "./time.js";

const MARKS = { answered: ["good", "inbox.was.answered"], failed: ["warn", "inbox.was.failed"], order: ["info", "inbox.was.order"], person: ["primary", "inbox.was.person"], open: ["danger", "inbox.was.open"] };

const part = (key, ...children) => el("section", { class: "ib-part" }, said("h3", null, key), ...children);

// `acts` holds suggest(messageId), offer(kind, thing) and reveal() → the contact.
export function briefingView(conversation, acts) {
  const { briefing } = conversation;
  return [
    part("inbox.side.reason",
      el("p", null, el("strong", null, reasonSaid(conversation.reason) || say("inbox.reason.none"))),
      conversation.waiting_since ? el("p", { class: "soft" }, say("inbox.side.since", { when: clock(conversation.waiting_since) })) : null,
      conversation.reason === "asked_for_person" && conversation.comment && !/^(user|assistant): /.test(conversation.comment) ? el("blockquote", { class: "ib-comment" }, conversation.comment) : null),
    conversation.contact ? part("inbox.side.contact", contact(conversation.contact, acts)) : null,
    part("inbox.side.asked", briefing.asked.length
      ? el("ol", { class: "ib-asked" }, briefing.asked.map((one) => asked(one, acts)))
      : said("p", { class: "soft" }, "inbox.side.nothing_asked")),
    briefing.orders.length ? part("inbox.side.orders", el("ul", { class: "ib-orders" }, briefing.orders.map((number) => el("li", null, el("code", null, number))))) : null,
    briefing.products.length ? part("inbox.side.products", el("ul", { class: "ib-products" }, briefing.products.map((card) => productLine(card, put(acts, "product", card))))) : null,
    briefing.sources.length ? part("inbox.side.sources", el("ul", { class: "ib-sources" }, briefing.sources.map((one) => sourceLine(one, put(acts, "source", one))))) : null,
    el("p", { class: "ib-more" }, el("a", { href: `#/conversations/${conversation.id}` }, say("inbox.side.transcript"))),
  ].filter(Boolean);
}

const put = (acts, kind, thing) =>
  acts.offer ? el("button", { type: "button", class: "button small", title: say("inbox.put"), "aria-label": say("inbox.put"), onclick: () => acts.offer(kind, thing) }, icon("plus")) : null;

function asked(one, acts) {
  const [kind, key] = MARKS[one.outcome];
  return el("li", null,
    el("p", null, one.text),
    el("p", { class: "ib-asked-foot" }, said("span", { class: `badge ${kind}` }, key),
      one.citations.length ? el("small", { class: "soft cut" }, one.citations.map((citation) => citation.title).join(" · ")) : null,
      acts.suggest && one.outcome !== "answered" ? el("button", { type: "button", class: "button small", onclick: () => acts.suggest(one.message_id) }, say("inbox.suggest")) : null));
}

function contact({ masked }, acts) {
  const shown = el("code", null, masked);
  const button = acts.reveal ? el("button", { type: "button", class: "button small", onclick: async () => {
    const value = await acts.reveal();
    if (value === null) return;
    shown.textContent = value;
    button.remove();
  } }, say("inbox.reveal")) : null;
  return el("p", { class: "row" }, shown, button);
}
