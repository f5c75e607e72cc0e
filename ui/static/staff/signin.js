// Before anything else: sign in, make the first account, or change a password that somebody else chose.

import { el } from "../dom.js";
import { said, say } from "../language.js";
import { addressOf, api } from "./api.js";
import { field } from "./fields.js";

export class SignIn {
  // `session` is what GET /api/staff/session says; `entered(session)` is called with the next one.
  constructor(session, entered) {
    this.entered = entered;
    this.problem = el("p", { class: "st-problem", role: "alert", hidden: true });
    this.form = el("form", { class: "st-signin card", onsubmit: (event) => { event.preventDefault(); this.#submit(); } });
    this.root = el("div", { class: "st-door" }, this.form);
    if (session.account?.must_change) this.#change();
    else if (session.first) this.#first();
    else this.#signIn(session);
    this.#sayHowItFailed();
  }

  #fill(title, explain, fields, act, extra = null) {
    this.act = said("button", { type: "submit", class: "button primary wide" }, act);
    this.form.replaceChildren(said("h1", null, title), explain ? said("p", { class: "soft" }, explain) : "", ...fields, this.problem, this.act, extra ?? "");
  }

  #signIn(session) {
    this.code = field("staff.signin.code", { name: "code", autocomplete: "one-time-code", inputmode: "text", maxlength: "40" });
    this.code.hidden = true;
    const openid = session.openid
      ? el("a", { class: "button wide", href: addressOf("/openid/begin") }, say("staff.signin.openid"))
      : null;
    this.send = (given) => api("/session", { method: "POST", body: given, quiet: true });
    this.#fill("staff.signin.title", null, [
      field("staff.signin.email", { name: "email", type: "email", autocomplete: "username", required: true, maxlength: "320" }),
      field("staff.signin.password", { name: "password", type: "password", autocomplete: "current-password", required: true, maxlength: "200" }),
      this.code,
    ], "staff.signin.act", openid);
  }

  #first() {
    this.send = (given) => api("/first", { method: "POST", body: given, quiet: true });
    this.#fill("staff.first.title", "staff.first.explain", [
      field("staff.first.code", { name: "code", required: true, autocomplete: "off" }),
      field("staff.signin.email", { name: "email", type: "email", autocomplete: "username", required: true, maxlength: "320" }),
      field("staff.account.name", { name: "name", autocomplete: "name", maxlength: "100" }),
      field("staff.account.new_password", { name: "password", type: "password", autocomplete: "new-password", required: true, minlength: "10", maxlength: "200" }, "staff.account.password_hint"),
    ], "staff.first.act");
  }

  #change() {
    this.send = async (given) => {
      await api("/password", { method: "POST", body: given, quiet: true });
      return api("/session", { quiet: true });
    };
    this.#fill("staff.change.title", "staff.change.explain", [
      field("staff.account.old_password", { name: "old", type: "password", autocomplete: "current-password", required: true }),
      field("staff.account.new_password", { name: "new", type: "password", autocomplete: "new-password", required: true, minlength: "10", maxlength: "200" }, "staff.account.password_hint"),
    ], "staff.account.change_password");
  }

  #say(text) {
    this.problem.textContent = text;
    this.problem.hidden = !text;
  }

  // What the organisation's sign-in came back with.
  #sayHowItFailed() {
    const address = new URL(location.href);
    const failed = address.searchParams.get("signin");
    if (!failed) return;
    this.#say(say(`staff.signin.openid_${failed === "unknown" ? "unknown" : "failed"}`));
    address.searchParams.delete("signin");
    history.replaceState(null, "", address);
  }

  async #submit() {
    this.#say("");
    this.act.disabled = true;
    try {
      const next = await this.send(Object.fromEntries(new FormData(this.form)));
      if (next.code_needed) this.#askForCode();
      else this.entered(next);
    } catch (problem) {
      this.#say(problem.message || say("problem.lost"));
    } finally {
      this.act.disabled = false;
    }
  }

  #askForCode() {
    this.code.hidden = false;
    this.code.querySelector("input").required = true;
    this.code.querySelector("input").focus();
    this.#say("");
  }
}
