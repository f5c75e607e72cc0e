// Order cards: state, things, where the parcel is, and what may be done about it.

import { el, icon, outside, safeLink } from "./dom.js";
import { language, said } from "./language.js";
import { price } from "./products.js";

const day = (iso) =>
  new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en-US", { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));

const options = (line) => Object.entries(line.options).map(([name, value]) => (/^(yes|no|none|是|否|有|无|\d+)$/i.test(value) ? `${name}: ${value}` : value)).join(" · ");

const returnable = (line) =>
  line.returnable && line.return_until ? said("span", { class: "sc-order-until" }, "order.return_until", { day: day(line.return_until) }) : null;

const lineOf = (order) => (line) =>
  el("li", null,
    el("div", null, el("span", { class: "title" }, line.quantity > 1 ? `${line.quantity} × ${line.title}` : line.title),
      options(line) ? el("span", { class: "options" }, options(line)) : null, returnable(line)),
    el("span", { class: "amount" }, price(line.price * line.quantity, order.currency)));

function journey(order) {
  if (order.delivered_on) return said("p", { class: "sc-order-journey" }, "order.delivered_on", { day: day(order.delivered_on) });
  if (order.expected_on && ["pending", "processed", "shipped"].includes(order.state))
    return said("p", { class: "sc-order-journey" }, "order.expected_on", { day: day(order.expected_on) });
  return null;
}

function tracking(order) {
  if (!order.tracking_number) return null;
  const address = safeLink(order.tracking_url);
  const words = [order.carrier, order.tracking_number].filter(Boolean).join(" ");
  return el("p", { class: "sc-order-tracking" },
    address ? outside(address, null, said("span", null, "order.track"), icon("link")) : null, el("span", null, words));
}

// `ask(text)` sends what a button says.
export function orderCard(order, ask) {
  return el("li", { class: "sc-order", "data-order": order.order_number },
    el("div", { class: "sc-order-head" },
      el("div", null,
        said("p", { class: "sc-kicker" }, "order.placed_on", { day: day(order.placed_on) }),
        el("h3", null, order.order_number)),
      said("span", { class: `sc-order-state ${order.state}` }, `order.state.${order.state}`)),
    journey(order),
    el("ul", { class: "sc-order-lines" }, order.lines.map(lineOf(order))),
    el("p", { class: "sc-order-total" }, said("span", null, "order.total"), el("span", { class: "amount" }, price(order.total, order.currency))),
    tracking(order),
    order.acts.length
      ? el("div", { class: "sc-order-acts" }, order.acts.map((act) => el("button", { type: "button", class: "sc-button quiet small", "data-act": act.kind, onclick: () => ask(act.say) }, act.label)))
      : null);
}
