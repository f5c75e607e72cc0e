// The tab Team & Audit, for admins: who may sign in as what, and what was done.

import { el } from "../dom.js";
import { labelled, said, say } from "../language.js";
import { choice, field } from "./fields.js";
import { icon } from "./icons.js";
import { sessionTable } from "./sessions.js";
import { auditPane } from "./team_audit.js";
import { brief, whole } from "./times.js";

const ROLES = ["viewer", "agent", "admin"];
let context = null;
let people = null;

export async function show(root, path, given) {
  context = given;
  const which = path[0] === "audit" ? "audit" : "people";
  const link = (name) => el("a", { href: `#/team${name === "audit" ? "/audit" : ""}`, ...(name === which ? { "aria-current": "page" } : {}) }, say(`staff.team.${name}`));
  people = el("div", { class: "tm-people" });
  root.replaceChildren(el("div", { class: "tm" },
    el("header", { class: "spread tm-head" },
      el("nav", { class: "tm-tabs", ...labelled("staff.tab.team") }, link("people"), link("audit")),
      which === "people" ? el("button", { type: "button", class: "button primary", onclick: add }, icon("plus"), say("staff.team.add")) : null),
    which === "people" ? people : el("div", { id: "tm-audit" })));
  if (which === "people") await paint();
  else await auditPane(root.querySelector("#tm-audit"), context);
}

export function hide() {
  people = null;
}

async function paint() {
  const list = await context.api("/accounts");
  people?.replaceChildren(el("ul", { class: "card tm-list" }, list.map(person)));
}

function person(account) {
  const self = account.id === context.account.id;
  const role = el("select", { "aria-label": say("staff.team.role_of", { name: account.name }), onchange: (event) => act(() => context.api(`/accounts/${account.id}`, { method: "PATCH", body: { role: event.target.value } })) },
    ROLES.map((one) => el("option", { value: one }, say(`staff.role.${one}`))));
  role.value = account.role;
  const menuId = `tm-menu-${account.id}`;
  const menu = el("div", { class: "st-menu cv-menu", id: menuId, popover: "auto" },
    item("clock", "staff.team.sessions", () => sessions(account)),
    self ? null : item("again", "staff.team.reset", () => reset(account)),
    self ? null : item("trash", "staff.team.remove", () => remove(account)));
  const button = el("button", { type: "button", class: "icon-button", popovertarget: menuId, "aria-label": say("staff.team.more", { name: account.name }) }, icon("more"));
  menu.addEventListener("toggle", () => {
    const at = button.getBoundingClientRect();
    menu.style.inset = `${Math.min(at.bottom + 4, innerHeight - menu.offsetHeight - 8)}px auto auto ${Math.max(8, at.right - menu.offsetWidth)}px`;
  });
  menu.addEventListener("click", () => menu.hidePopover());
  return el("li", null,
    el("div", { class: "tm-who" },
      el("p", null, el("strong", null, account.name), self ? el("span", { class: "badge good" }, say("staff.team.you")) : null,
        account.second_factor ? el("span", { class: "badge", title: say("staff.account.factor") }, icon("shield"), say("staff.team.factor")) : null,
        account.must_change ? el("span", { class: "badge warn" }, say("staff.team.must_change")) : null),
      el("p", { class: "soft cut" }, account.email)),
    el("p", { class: "soft tm-seen", title: account.seen_at ? whole(account.seen_at) : "" }, account.seen_at ? say("staff.team.seen", { when: brief(account.seen_at) }) : say("staff.team.not_here")),
    el("div", { class: "tm-role" }, role), el("div", null, button, menu));
}

const item = (name, key, run) => el("button", { type: "button", onclick: run }, icon(name), say(key));

async function act(run) {
  try {
    await run();
  } catch (problem) {
    context.showProblem(problem);
  }
  await paint().catch(context.showProblem);
}

function add() {
  const problem = el("p", { class: "st-problem", role: "alert", hidden: true });
  const form = el("form", { class: "stack", onsubmit: async (event) => {
    event.preventDefault();
    try {
      const made = await context.api("/accounts", { method: "POST", body: Object.fromEntries(new FormData(form)) });
      box.close();
      tell(made.email, made.password);
      await paint();
    } catch (failed) {
      problem.textContent = failed.message;
      problem.hidden = false;
    }
  } },
    field("staff.signin.email", { name: "email", type: "email", required: true, maxlength: "320", autocomplete: "off" }),
    field("staff.account.name", { name: "name", maxlength: "100", autocomplete: "off" }),
    choice("staff.team.role", { name: "role" }, ROLES.map((one) => [one, `${say(`staff.role.${one}`)}: ${say(`staff.role.${one}.may`)}`]), "agent"),
    problem, said("button", { type: "submit", class: "button primary" }, "staff.team.add"));
  const box = context.openDialog(say("staff.team.add"), form);
  form.querySelector("input").focus();
}

// Shows a password once; it is kept nowhere.
function tell(email, password) {
  context.openDialog(say("staff.team.password"), [el("p", null, say("staff.team.password_explain", { email })), el("p", { class: "tm-password mono" }, password)]);
}

async function reset(account) {
  if (!(await context.confirmed(say("staff.team.reset"), say("staff.team.reset_explain", { name: account.name }), say("staff.team.reset")))) return;
  await act(async () => tell(account.email, (await context.api(`/accounts/${account.id}/reset`, { method: "POST" })).password));
}

async function remove(account) {
  if (!(await context.confirmed(say("staff.team.remove"), say("staff.team.remove_explain", { name: account.name }), say("staff.team.remove"), { danger: true }))) return;
  await act(() => context.api(`/accounts/${account.id}`, { method: "DELETE" }));
}

async function sessions(account) {
  const place = el("div");
  const fill = async () => place.replaceChildren(sessionTable(await context.api(`/accounts/${account.id}/sessions`), async (session) => {
    await context.api(`/sessions/${session.id}`, { method: "DELETE" }).catch(context.showProblem);
    await fill();
  }));
  context.openDialog(say("staff.team.sessions_of", { name: account.name }), place);
  await fill().catch(context.showProblem);
}
