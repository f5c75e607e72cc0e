// The conversations behind a figure, in a dialog; each opens in the Conversations tab.

import { el } from "../../dom.js";
import { said, say } from "../../language.js";
import { icon } from "../icons.js";
import { moment, number, points, share } from "./numbers.js";

const PAGE = 20;

const TONES = { confirmed_thumb: "good", confirmed_said: "good", confirmed_silence: "good", refused: "warn", handed_off: "info", abandoned: "danger" };

function line(one, close) {
  return el("li", null,
    el("a", { class: "in-behind", href: `#/conversations/${encodeURIComponent(one.id)}`, onclick: close },
      el("span", { class: "in-behind-words" }, one.question || say("insight.erased")),
      el("span", { class: "in-behind-facts" },
        el("time", { datetime: one.began_at }, moment(one.began_at)),
        el("span", { class: `badge ${TONES[one.resolution] ?? ""}` }, say(`insight.is.${one.resolution}`)),
        one.negative ? el("span", { class: "badge danger" }, say("insight.n_negative", { n: number(one.negative) })) : null,
        one.last_thumb ? icon(one.last_thumb > 0 ? "thumb_up" : "thumb_down") : null)));
}

// Where a quote was said: in a review, or in a conversation that can be opened.
const origin = (quote, close) =>
  quote.conversation_id
    ? el("a", { class: "in-origin", href: `#/conversations/${encodeURIComponent(quote.conversation_id)}`, onclick: close }, say("insight.from_chat"))
    : said("small", { class: "soft" }, "insight.from_review");

// How the negative share moves: that of the later half of the range beside that of the earlier one.
const trend = ({ trend: moved, earlier, later }) => {
  if (moved === undefined || moved === null) return [];
  const tone = moved > 0 ? "danger" : "good";
  return [el("p", null, say("insight.voice_trend", { earlier: share(earlier), later: share(later) }), " ", el("span", { class: `badge ${tone}` }, points(moved)))];
};

// Opens the list. `params` are the filters and the part of them that the figure counts; `voice`, when given, is a
// promise of shoppers' own words to show above, and of their trend.
export async function openBehind(context, title, params, voice = null) {
  const list = el("ul", { class: "in-behind-list" });
  const count = el("p", { class: "soft" }, say("insight.loading"));
  const words = el("div", { class: "in-quotes", hidden: true });
  const more = said("button", { type: "button", class: "button small", hidden: true, onclick: () => load() }, "insight.more");
  const box = context.openDialog(title, el("div", { class: "stack in-behind-box" }, count, words, list, more));
  const listed = el("a", { class: "button small", href: `#/conversations?${new URLSearchParams({ figure: new URLSearchParams({ ...params, name: title }) })}`, onclick: () => box.close() }, say("insight.as_list"));
  count.after(listed);
  let shown = 0;
  const close = () => box.close();

  async function load() {
    more.disabled = true;
    const query = new URLSearchParams({ ...params, k: PAGE, skip: shown });
    const found = await context.api(`/insight/conversations?${query}`);
    shown += found.conversations.length;
    count.textContent = found.total ? say("insight.behind", { n: number(found.total) }) : say("insight.behind_none");
    list.append(...found.conversations.map((one) => line(one, close)));
    more.hidden = shown >= found.total;
    more.disabled = false;
  }

  voice?.then((found) => {
    words.hidden = !found.quotes.length;
    words.append(...trend(found), ...found.quotes.map((quote) => el("blockquote", null, quote.text, origin(quote, close))));
  }).catch(context.showProblem);
  try {
    await load();
  } catch (problem) {
    box.close();
    context.showProblem(problem);
  }
}
