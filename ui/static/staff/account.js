// One's own account: name, password, second factor, where one is signed in.

import { el } from "../dom.js";
import { said, say } from "../language.js";
import { openDialog } from "./dialog.js";
import { field } from "./fields.js";
import { sessionTable } from "./sessions.js";

let context = null;

export async function show(root, _path, given) {
  context = given;
  const sessions = el("div");
  root.replaceChildren(el("div", { class: "ac stack" },
    said("h1", null, "staff.tab.account"),
    el("p", { class: "soft" }, context.account.email, " · ", say(`staff.role.${context.account.role}`)),
    nameCard(), context.account.has_password ? passwordCard() : null, factorCard(root, given),
    el("section", { class: "card stack" }, said("h2", null, "staff.account.sessions"), said("p", { class: "soft" }, "staff.account.sessions_explain"), sessions)));
  await paintSessions(sessions);
}

export function hide() {}

async function paintSessions(place) {
  const list = await context.api("/sessions");
  place.replaceChildren(sessionTable(list, async (session) => {
    try {
      await context.api(`/sessions/${session.id}`, { method: "DELETE" });
      await paintSessions(place);
    } catch (problem) {
      context.showProblem(problem);
    }
  }));
}

function card(title, explain, fields, act, send) {
  const problem = el("p", { class: "st-problem", role: "alert", hidden: true });
  const form = el("form", { class: "card stack", onsubmit: async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      await send(Object.fromEntries(new FormData(form)), form);
    } catch (failed) {
      problem.textContent = failed.message || say("problem.lost");
      problem.hidden = false;
    }
  } }, said("h2", null, title), explain ? said("p", { class: "soft" }, explain) : null, fields, problem,
  el("div", { class: "row" }, said("button", { type: "submit", class: "button" }, act)));
  return form;
}

const nameCard = () =>
  card("staff.account.who", null, [field("staff.account.name", { name: "name", value: context.account.name, required: true, maxlength: "100", autocomplete: "name" })], "staff.account.save", async (given) => {
    context.renew({ account: await context.api("/me", { method: "PATCH", body: given }) });
    context.toast(say("staff.account.saved"), "good");
  });

const passwordCard = () =>
  card("staff.account.change_password", "staff.account.password_explain", [
    el("input", { name: "email", autocomplete: "username", value: context.account.email, hidden: true, readonly: true }),
    field("staff.account.old_password", { name: "old", type: "password", autocomplete: "current-password", required: true }),
    field("staff.account.new_password", { name: "new", type: "password", autocomplete: "new-password", required: true, minlength: "10", maxlength: "200" }, "staff.account.password_hint"),
  ], "staff.account.change_password", async (given, form) => {
    await context.api("/password", { method: "POST", body: given });
    form.reset();
    context.toast(say("staff.account.saved"), "good");
  });

function factorCard(root, given) {
  const again = (on) => {
    context.renew({ account: { ...context.account, second_factor: on } });
    show(root, [], { ...given, account: { ...given.account, second_factor: on } });
  };
  if (context.account.second_factor)
    return card("staff.account.factor", "staff.account.factor_on", [field("staff.signin.code", { name: "code", required: true, autocomplete: "one-time-code", maxlength: "40" })], "staff.account.factor_end", async (body) => {
      await context.api("/second-factor/off", { method: "POST", body });
      again(false);
    });
  return card("staff.account.factor", "staff.account.factor_off", [], "staff.account.factor_begin", async () => enrol(await context.api("/second-factor", { method: "POST" }), again));
}

function enrol(enrolment, again) {
  const picture = el("img", { class: "ac-qr", alt: say("staff.account.factor_picture"), src: `data:image/svg+xml,${encodeURIComponent(enrolment.picture)}` });
  const problem = el("p", { class: "st-problem", role: "alert", hidden: true });
  const form = el("form", { class: "stack", onsubmit: async (event) => {
    event.preventDefault();
    try {
      const { recovery_codes } = await context.api("/second-factor/confirm", { method: "POST", body: Object.fromEntries(new FormData(form)) });
      box.close();
      showCodes(recovery_codes);
      again(true);
    } catch (failed) {
      problem.textContent = failed.message;
      problem.hidden = false;
    }
  } },
    said("p", null, "staff.account.factor_scan"), picture,
    el("p", { class: "soft" }, say("staff.account.factor_type"), " ", el("code", { class: "ac-secret" }, enrolment.secret.match(/.{1,4}/g).join(" "))),
    field("staff.signin.code", { name: "code", required: true, inputmode: "numeric", autocomplete: "one-time-code", maxlength: "40" }), problem,
    said("button", { type: "submit", class: "button primary" }, "staff.account.factor_confirm"));
  const box = openDialog(say("staff.account.factor"), form);
}

function showCodes(codes) {
  openDialog(say("staff.account.codes"), [said("p", null, "staff.account.codes_explain"), el("ul", { class: "ac-codes mono" }, codes.map((code) => el("li", null, code)))]);
}
