// The staff page: who is signed in, which tab is open, and what every tab is given.
//
// A tab is a module with `show(root, path, context)` and `hide()`. `path` is the address after the tab as a list of
// parts: `#/conversations/ab12` gives ["ab12"]. When the address changes within a tab, `show` is called again with the
// same root, which then still holds what the tab put there; when another tab opens, `hide` is called and the root is
// emptied. `context` holds
//   account          {id, email, name, role, …} of who is signed in; may(role) says whether theirs is enough
//   shop, shops      the shop that is looked at, and all of them
//   texts, language  the page's words by key, and "en" or "zh"; `say` and `said` of ../language.js speak them
//   query            what stands after `?` in the address, as URLSearchParams
//   api(path, {method, body, signal}) → parsed JSON of /api/staff + path; throws a Problem {status, code, message}
//   events.on(type, fn) → off, for live events
//   navigate(path)   goes to `#` + path
//   shortcuts(list)  → off; see shortcuts.js
//   badge(tab, n)    the count shown beside a tab's name
//   toast(text, kind), showProblem(problem), confirmed(title, sentence, act, {danger}), openDialog(title, body, actions)

import { el } from "../dom.js";
import { hostIn } from "../hosted.js";
import { facts, language, languageTag, said, say } from "../language.js";
import { recall, remember } from "../storage.js";
import { api, onSignedOut, setCsrf } from "./api.js";
import { confirmed, openDialog, showProblem, toast } from "./dialog.js";
import { events } from "./live.js";
import { Shell, TABS } from "./shell.js";
import { addShortcuts, listenForShortcuts, showShortcuts } from "./shortcuts.js";
import { SignIn } from "./signin.js";

const ROLES = ["viewer", "agent", "admin"];

class StaffPage {
  #session = null;
  #shell = null;
  #open = null; // {tab, module, root}
  #turn = 0; // counts changes of address, so that a slow tab does not show over a later one

  constructor() {
    this.root = el("div", { id: "st-root", lang: languageTag() });
    onSignedOut(() => this.#session?.account && this.#askWho());
    addEventListener("hashchange", () => this.#route());
    listenForShortcuts();
    addShortcuts([{ keys: "?", label: "staff.keys.help", run: showShortcuts }]);
  }

  async open() {
    forgetLanguageWish();
    try {
      this.#begin(await api("/session", { quiet: true }));
    } catch (problem) {
      this.root.replaceChildren(el("p", { class: "empty" }, problem.message || say("problem.lost")));
    }
  }

  #begin(session) {
    this.#session = session;
    setCsrf(session.csrf);
    if (!session.account || session.account.must_change) this.#askWho();
    else this.#enter();
  }

  async #askWho() {
    this.#leaveTab();
    events.close();
    const session = this.#session?.account?.must_change ? this.#session : await api("/session", { quiet: true }).catch(() => ({}));
    this.#shell = null;
    this.root.replaceChildren(new SignIn(session, (next) => this.#begin(next)).root);
    this.root.querySelector("input")?.focus();
  }

  #enter() {
    const tabs = TABS.filter((tab) => this.#may(tab.role ?? "viewer"));
    this.#shell = new Shell(this.#session, tabs, { signOut: () => this.#signOut(), shop: this.#shop(), chooseShop: (shop) => this.#chooseShop(shop) });
    this.root.replaceChildren(this.#shell.root);
    addShortcuts(tabs.map((tab) => ({ keys: `g ${tab.key}`, label: `staff.tab.${tab.name}`, run: () => this.#navigate(`/${tab.name}`) })));
    this.#route();
  }

  async #signOut() {
    await api("/session", { method: "DELETE", quiet: true }).catch(() => {});
    location.hash = "";
    location.reload();
  }

  #may(role) {
    return ROLES.indexOf(this.#session.account.role) >= ROLES.indexOf(role);
  }

  #shop() {
    const wished = recall("staff.shop");
    return this.#session.shops.includes(wished) ? wished : this.#session.shop;
  }

  #chooseShop(shop) {
    remember("staff.shop", shop);
    location.reload();
  }

  #navigate(path) {
    location.hash = `#${path}`;
  }

  #leaveTab() {
    this.#open?.module.hide?.();
    this.#open = null;
  }

  async #route() {
    if (!this.#shell) return;
    const turn = ++this.#turn;
    const [address, query] = location.hash.replace(/^#\/?/, "").split("?");
    const [name, ...path] = address.split("/").map(decodeURIComponent);
    const tab = this.#shell.tabs.find((one) => one.name === name) ?? (name === "account" ? { name: "account" } : null);
    if (!tab) {
      this.#navigate(`/${this.#shell.tabs[0].name}`);
      return;
    }
    try {
      if (this.#open?.tab !== tab.name) await this.#change(tab, turn);
      if (turn !== this.#turn) return;
      await this.#open.module.show(this.#open.root, path, this.#context(new URLSearchParams(query ?? "")));
    } catch (problem) {
      showProblem(problem);
    }
  }

  async #change(tab, turn) {
    const module = await import(`./${tab.name}.js`).catch(() => missing);
    if (turn !== this.#turn) return;
    this.#leaveTab();
    this.#shell.mark(tab.name);
    const root = el("main", { class: `st-main st-${tab.name}`, id: "st-main", tabindex: "-1" });
    this.#shell.hold(root);
    this.#open = { tab: tab.name, module, root };
    document.title = `${say(`staff.tab.${tab.name}`)} · ${say("staff.title")}`;
  }

  #context(query) {
    const { account, shops } = this.#session;
    return {
      account, shops, query, api, events, confirmed, openDialog, toast, showProblem,
      shop: this.#shop(),
      may: (role) => this.#may(role),
      texts: facts.texts[language()],
      language: language(),
      navigate: (path) => this.#navigate(path),
      shortcuts: addShortcuts,
      badge: (tab, count) => this.#shell?.badge(tab, count),
      renew: (session) => { this.#session = { ...this.#session, ...session }; this.#shell?.rename(this.#session.account); },
    };
  }
}

// A language named in the address is kept as a choice: links within the page are to the page without it.
function forgetLanguageWish() {
  const address = new URL(location.href);
  if (!address.searchParams.has("lang")) return;
  remember("language", language());
  address.searchParams.delete("lang");
  history.replaceState(null, "", address);
}

// Stands in for a tab whose script is not there.
const missing = { show: (root) => root.replaceChildren(said("p", { class: "empty" }, "staff.missing")), hide() {} };

const staff = new StaffPage();
hostIn("shopclerk-staff", staff.root);
staff.open();
