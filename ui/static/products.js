// Product cards.

import { el, icon, outside, safeLink, svg } from "./dom.js";
import { labelled, language, said } from "./language.js";

function hueOf(text) {
  let hash = 7;
  for (const character of text) hash = (hash * 31 + character.codePointAt(0)) % 360;
  return hash;
}

function initialsOf(title) {
  const firstHan = /\p{Script=Han}{1,2}/u.exec(title);
  if (firstHan) return firstHan[0];
  const parts = title.split(/\s+/).filter((part) => /^\p{L}/u.test(part));
  return parts.slice(0, 2).map((part) => part[0].toUpperCase()).join("") || "·";
}

// A quiet picture in the colour of the category, for products without one.
function placeholder(product) {
  const hue = hueOf(product.category || product.title);
  const turn = (hueOf(product.title) % 60) - 30;
  return svg("svg", { viewBox: "0 0 200 140", class: "sc-placeholder", "aria-hidden": "true", style: `--hue:${hue}`, preserveAspectRatio: "xMidYMid slice" },
    svg("rect", { width: 200, height: 140, class: "a" }),
    svg("g", { transform: `rotate(${turn} 100 70)` },
      svg("circle", { cx: 158, cy: 24, r: 62, class: "b" }),
      svg("circle", { cx: 34, cy: 128, r: 46, class: "b" })),
    svg("text", { x: 100, y: 72, "text-anchor": "middle", "dominant-baseline": "central" }, initialsOf(product.title)));
}

function picture(product) {
  const address = safeLink(product.image_url);
  // RFC 2606: nothing is ever served under .example, so there is no picture to ask for.
  if (!address || new URL(address).hostname.endsWith(".example")) return placeholder(product);
  const image = el("img", { src: address, alt: "", loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(placeholder(product)));
  return image;
}

export function price(amount, currency) {
  const number = Number(amount);
  try {
    return new Intl.NumberFormat(language() === "zh" ? "zh-CN" : "en-US", { style: "currency", currency }).format(number);
  } catch {
    return `${amount} ${currency}`;
  }
}

function stock(product) {
  if (product.stock === null) return null;
  if (product.stock <= 0) return said("span", { class: "sc-stock out" }, "product.sold_out");
  if (product.stock <= 5) return said("span", { class: "sc-stock few" }, "product.few_left", { count: product.stock });
  return said("span", { class: "sc-stock" }, "product.in_stock");
}

const option = ([name, values]) =>
  el("div", { class: "sc-option" }, el("span", { class: "name" }, name), el("span", null, values.join(" · ")));

export function productCard(product) {
  const address = safeLink(product.url);
  const title = address ? outside(address, null, product.title) : product.title;
  const options = Object.entries(product.options ?? {});
  return el("li", { class: "sc-product", "data-product": product.product_id },
    el("div", { class: "sc-picture" }, picture(product)),
    el("div", { class: "sc-product-words" },
      el("p", { class: "sc-kicker" }, [product.brand, product.category].filter(Boolean).join(" · ")),
      el("h3", null, title),
      el("p", { class: "sc-price-line" },
        product.price === null
          ? said("span", { class: "sc-price unknown" }, "product.price_unknown")
          : el("span", { class: "sc-price" }, price(product.price, product.currency)),
        stock(product)),
      product.reason ? el("p", { class: "sc-reason" }, product.reason) : null,
      options.length ? el("div", { class: "sc-options" }, options.slice(0, 3).map(option)) : null,
      address ? outside(address, { class: "sc-product-link", tabindex: "-1", "aria-hidden": "true" }, said("span", null, "product.view"), icon("link")) : null));
}

// Products side by side: what sets them apart first, the names staying in sight when it scrolls.
export function comparisonTable({ titles, rows }) {
  const row = ({ name, values, differs }) =>
    el("tr", differs ? null : { class: "same" },
      el("th", { scope: "row" }, name),
      values.map((value) => el("td", null, value)));
  return el("div", { class: "sc-comparison", role: "region", tabindex: "0", ...labelled("compare.table") },
    el("table", null,
      el("thead", null, el("tr", null,
        el("th", { scope: "col" }, said("span", { class: "sr-only" }, "compare.what")),
        titles.map((title) => el("th", { scope: "col" }, title)))),
      el("tbody", null, rows.map(row))));
}
