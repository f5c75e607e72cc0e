// What was said and what happened, as elements of the thread.

import { changeSaid } from "../../desk.js";
import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { price } from "../../products.js";
import { words } from "../../words.js";
import { clock } from "./time.js";

const GEARS = new Set(["curated", "facts", "generated", "extracted"]);

export function productLine(card, extra = null) {
  return el("li", { class: "ib-product" },
    el("span", { class: "ib-product-words" }, el("strong", { class: "cut" }, card.title), el("small", { class: "soft cut" }, [card.brand, card.category].filter(Boolean).join(" · "))),
    el("span", { class: "numeric" }, card.price === null ? "–" : price(card.price, card.currency)),
    card.stock === null ? null : el("small", { class: card.stock > 0 ? "ib-stock" : "ib-stock out" }, card.stock > 0 ? say("inbox.in_stock", { count: card.stock }) : say("product.sold_out")),
    extra);
}

export function sourceLine(citation, extra = null) {
  return el("li", { class: "ib-source" },
    el("span", { class: "ib-source-words" },
      el("strong", null, citation.title), el("small", { class: "soft mono" }, citation.source),
      el("blockquote", null, citation.quote)),
    extra);
}

const WHO = { user: "inbox.who.shopper", assistant: "inbox.who.bot" };

// One message, by whoever wrote it.
export function messageView(message, me) {
  const mine = message.role === "human_agent" && message.author_id === me;
  const kind = message.role === "user" ? "user" : message.role === "assistant" ? "bot" : mine ? "person mine" : "person";
  const who = message.role === "human_agent" ? el("span", null, message.author) : said("span", null, WHO[message.role]);
  return el("article", { class: `ib-message ${kind}`, "data-message": message.id, "data-sequence": message.sequence },
    el("header", null, who,
      message.outcome === "refused" ? said("span", { class: "badge warn" }, "inbox.refused") : null,
      GEARS.has(message.gear) ? said("span", { class: "badge" }, `inbox.gear.${message.gear}`) : null,
      message.rating ? el("span", { class: message.rating > 0 ? "badge good" : "badge danger" }, message.rating > 0 ? "＋1" : "−1") : null,
      el("time", { datetime: message.created_at }, clock(message.created_at))),
    message.text ? el("div", { class: "ib-words" }, words(message.text, (number) => el("sup", { class: "ib-mark" }, String(number)))) : null,
    message.products.length ? el("ul", { class: "ib-products" }, message.products.map((card) => productLine(card))) : null,
    message.citations.length ? el("details", { class: "ib-cited" },
      el("summary", null, say("inbox.sources", { count: message.citations.length })), el("ul", null, message.citations.map((one) => sourceLine(one)))) : null);
}

// Something that happened between messages; null for what shows itself elsewhere.
export function happeningView(happening) {
  const line = (...parts) => el("p", { class: "ib-happened" }, el("span", null, ...parts), el("time", { datetime: happening.at }, clock(happening.at)));
  if (happening.kind === "contact") return line(said("span", null, "inbox.left_contact"));
  if (happening.kind === "asked") return line(said("span", null, "inbox.asked", { agent: happening.by }));
  if (happening.kind === "reply_withdrawn")
    return line(said("span", null, happening.shown ? "inbox.withdrawn" : "inbox.withdrawn_unseen"), happening.shown ? el("q", null, happening.shown) : null);
  if (happening.change === "requested") return line(el("strong", null, reasonSaid(happening.reason) || say("inbox.requested")));
  const words = changeSaid(happening);
  return words && line(said("span", null, words[0].replace("desk.", "inbox.change."), words[1]));
}

const REASONS = new Set(["asked_for_person", "angry", "accepted_offer", "left_contact", "taken_over"]);

export const reasonSaid = (reason) => (REASONS.has(reason) ? say(`inbox.reason.${reason}`) : reason ?? "");
