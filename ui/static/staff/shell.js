// The frame around every tab: navigation, the shop, the account.

import { el } from "../dom.js";
import { labelled, language, ours, said, say } from "../language.js";
import { remember } from "../storage.js";
import { icon } from "./icons.js";
import { showShortcuts } from "./shortcuts.js";

// `key` follows `g` on the keyboard; `role` is what it takes to see the tab.
export const TABS = [
  { name: "inbox", key: "i" },
  { name: "conversations", key: "c" },
  { name: "insight", key: "s" },
  { name: "teach", key: "t" },
  { name: "knowledge", key: "k" },
  { name: "team", key: "m", role: "admin" },
];

const nameOf = (session, shop) => ours(session.names?.[shop]) || shop;

const isDark = () =>
  (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function switchLightOrDark() {
  const next = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  remember("theme", next);
}

function switchLanguage() {
  remember("language", language() === "en" ? "zh" : "en");
  location.reload();
}

export class Shell {
  // `acts` holds signOut(), shop and chooseShop(name).
  constructor(session, tabs, acts) {
    this.tabs = tabs;
    this.links = new Map();
    this.place = el("div", { class: "st-place" });
    this.name = el("span", { class: "st-me-name" }, session.account.name);
    this.role = said("span", { class: "st-me-role" }, `staff.role.${session.account.role}`);
    this.root = el("div", { class: "st-shell" },
      said("a", { class: "st-skip", href: "#st-main", onclick: (event) => { event.preventDefault(); document.getElementById("st-main")?.focus(); } }, "staff.skip"),
      el("div", { class: "st-side" },
        el("div", { class: "st-brand" }, el("span", { class: "st-mark", "aria-hidden": "true" }, [...nameOf(session, acts.shop)][0].toUpperCase()), this.#shops(session, acts)),
        el("nav", { class: "st-nav", ...labelled("staff.nav") }, tabs.map((tab) => this.#link(tab))),
        this.#me(acts)),
      this.place);
  }

  hold(root) {
    this.place.replaceChildren(root);
  }

  mark(name) {
    for (const [tab, { link }] of this.links) {
      if (tab === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  badge(tab, count) {
    const badge = this.links.get(tab)?.badge;
    if (!badge) return;
    badge.textContent = count > 99 ? "99+" : String(count);
    badge.hidden = !count;
  }

  rename(account) {
    this.name.textContent = account.name;
  }

  #link(tab) {
    const badge = el("span", { class: "st-count", hidden: true });
    const link = el("a", { href: `#/${tab.name}`, title: `g ${tab.key}` }, icon(tab.name), said("span", null, `staff.tab.${tab.name}`), badge);
    this.links.set(tab.name, { link, badge });
    return link;
  }

  #shops(session, acts) {
    if (session.shops.length < 2) return el("span", { class: "st-shop", title: acts.shop }, nameOf(session, acts.shop));
    const choice = el("select", { class: "st-shop", ...labelled("staff.shop"), onchange: (event) => acts.chooseShop(event.target.value) },
      session.shops.map((shop) => el("option", { value: shop }, nameOf(session, shop))));
    choice.value = acts.shop;
    return choice;
  }

  #me(acts) {
    const item = (name, key, act, shortcut = "") =>
      el("button", { type: "button", role: "menuitem", onclick: () => { menu.hidePopover(); act(); } }, icon(name), said("span", null, key), shortcut ? el("kbd", null, shortcut) : null);
    const menu = el("div", { class: "st-menu", id: "st-menu", popover: "auto", role: "menu", ...labelled("staff.me") },
      item("account", "staff.tab.account", () => { location.hash = "#/account"; }),
      item("keyboard", "staff.keys.title", showShortcuts, "?"),
      item("contrast", "top.light_or_dark", switchLightOrDark),
      item("language", "top.language", switchLanguage),
      item("leave", "staff.sign_out", acts.signOut));
    return el("div", { class: "st-me" },
      el("button", { type: "button", class: "st-me-button", popovertarget: "st-menu", "aria-haspopup": "menu", title: say("staff.me") },
        el("span", { class: "st-avatar", "aria-hidden": "true" }, icon("account")),
        el("span", { class: "st-me-words" }, this.name, this.role)),
      menu);
  }
}
