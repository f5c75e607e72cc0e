// The Insight tab: what becomes of conversations, what shoppers feel, ask and wait for; every figure opens what is
// behind it.

import { el } from "../dom.js";
import { said, say } from "../language.js";
import { openBehind } from "./insight/behind.js";
import { alertList, gapList, gearBars, kpis, questionTable, scoreTable } from "./insight/cards.js";
import { moodOverTime, outcomesOverTime, waitingOverTime } from "./insight/course.js";
import { asQuery, chosen, filterBar } from "./insight/filters.js";
import { aspectMap, weekMap } from "./insight/heat.js";
import { hideTip } from "./insight/tip.js";

// Cards in their order on the page; `wide` ones take the whole row.
const CARDS = [
  { name: "scoreboard", from: "scoreboard" },
  { name: "outcomes", from: "scoreboard" },
  { name: "mood", from: "scoreboard" },
  { name: "waiting", from: "waiting" },
  { name: "aspects", from: "feelings", wide: true },
  { name: "gaps", from: "gaps", wide: true },
  { name: "questions", from: "replies" },
  { name: "gears", from: "replies" },
  { name: "hours", from: "scoreboard", wide: true },
];

class Insight {
  #turn = 0; // counts loads, so that a slow answer does not show over a later one
  #known = new Map(); // shop → what filters can be set to

  async show(root, context) {
    this.context = context;
    const turn = ++this.#turn;
    const known = await this.#filtersOf(context.shop);
    if (turn !== this.#turn) return;
    this.known = known;
    this.filters = chosen(context.query, known);
    this.#frame(root);
    await this.#load(turn);
  }

  leave() {
    this.#turn++;
    hideTip();
  }

  // Opens the conversations behind a part of the figures; `quotes` shows words about an aspect above them.
  open(title, part, quotes = null) {
    const params = { ...this.filters, shop: this.context.shop, ...part };
    const query = new URLSearchParams({ ...params, ...quotes });
    const heard = (name) => this.context.api(`/insight/${name}?${query}`);
    openBehind(this.context, title, params, quotes && (part.aspect ? heard("voice") : heard("quotes").then((found) => ({ quotes: found }))));
  }

  async #filtersOf(shop) {
    if (!this.#known.has(shop)) this.#known.set(shop, await this.context.api(`/insight/filters?${new URLSearchParams({ shop })}`));
    return this.#known.get(shop);
  }

  #change(part) {
    const next = Object.fromEntries(Object.entries({ ...this.filters, ...part }).filter(([, value]) => value));
    this.context.navigate(`/insight?${new URLSearchParams(next)}`);
  }

  #frame(root) {
    if (this.root !== root) {
      this.root = root;
      this.places = Object.fromEntries(CARDS.map(({ name }) => [name, el("div", { class: "in-card-body" })]));
      this.bar = el("div", { class: "in-bar" });
      this.alerts = el("div", { class: "in-alerts" });
      this.kpis = el("div", { class: "in-kpis" });
      root.replaceChildren(
        el("header", { class: "in-head" }, said("h1", null, "staff.tab.insight"), this.bar),
        this.alerts, this.kpis,
        el("div", { class: "in-cards" }, CARDS.map(({ name, wide }) =>
          el("section", { class: `card in-card in-card-${name} ${wide ? "wide" : ""}`, "aria-label": say(`insight.card.${name}`) },
            el("header", null, said("h2", null, `insight.card.${name}`), said("small", { class: "soft" }, `insight.card.${name}.hint`)),
            this.places[name]))),
        el("p", { class: "soft in-foot" }, say("insight.foot", { zone: this.known.time_zone })));
    }
    this.bar.replaceChildren(filterBar(this.filters, this.known, (part) => this.#change(part)));
    root.setAttribute("aria-busy", "true");
  }

  async #load(turn) {
    const query = asQuery(this.filters, this.context.shop);
    const { api, showProblem } = this.context;
    const draw = (name, act) => api(`/insight/${name}?${query}`)
      .then((found) => turn === this.#turn && act(found))
      .catch((problem) => turn === this.#turn && this.#failed(name, problem));
    await Promise.all([
      draw("scoreboard", (found) => this.#drawScoreboard(found)),
      draw("waiting", (found) => { this.waiting = found; this.#into("waiting", waitingOverTime(this, found)); this.#drawKpis(); }),
      draw("feelings", (found) => this.#into("aspects", found.length ? aspectMap(found, (product, aspect, title) =>
        this.open(title, { aspect, mood: "negative", ...(product ? { product } : {}) }, { label: "negative" })) : null)),
      draw("gaps", (found) => this.#into("gaps", gapList(this, found))),
      draw("replies", (found) => { this.#into("questions", questionTable(this, found.top)); this.#into("gears", gearBars(this, found)); }),
      api(`/insight/alerts?${new URLSearchParams({ shop: this.context.shop })}`).then((found) => turn === this.#turn && this.alerts.replaceChildren(...alertList(this, found))).catch(showProblem),
    ]);
    if (turn === this.#turn) this.root.removeAttribute("aria-busy");
  }

  #drawScoreboard(found) {
    this.board = found;
    const any = found.days.length;
    this.#into("scoreboard", any ? scoreTable(this, found) : null);
    this.#into("outcomes", any ? outcomesOverTime(this, found) : null);
    this.#into("mood", found.mood.negative + found.mood.neutral + found.mood.positive ? moodOverTime(this, found) : null);
    this.#into("hours", any ? weekMap(found.week_hours, (hour, name) => this.open(name, { week_hour: hour })) : null);
    this.#drawKpis();
  }

  #drawKpis() {
    if (this.board) this.kpis.replaceChildren(...kpis(this, this.board, this.waiting));
  }

  // Null stands for a range with nothing in it.
  #into(name, drawn) {
    this.places[name].replaceChildren(...[drawn ?? said("p", { class: "empty" }, "insight.nothing")].flat());
  }

  #failed(source, problem) {
    for (const card of CARDS.filter((one) => one.from === source)) this.#into(card.name, el("p", { class: "st-problem", role: "alert" }, problem.message || say("problem.lost")));
  }
}

const insight = new Insight();

export const show = (root, _path, context) => insight.show(root, context);
export const hide = () => insight.leave();
