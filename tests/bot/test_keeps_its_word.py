"""Whatever the model says, the shopper reads only what the shop's own files say."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from bot.bootstrap import Shopclerk
from tests.bot.small_shops import ask, write_files
from tests.fakes import TODAY, FakeChatModel, fake_shopclerk, says

FILES = {
    "returns.en.md": "---\ntitle: Returns\nlanguage: en\nurl: https://testpine.example/returns\n---\n# Returns\n\n"
    "You can return most items within 30 days of delivery. Worn shoes cannot be returned. "
    "A return parcel from Canada costs $11.90.\n",
    "returns.zh.md": "---\ntitle: 退货\nlanguage: zh\n---\n# 退货\n\n"
    "大多数商品签收后 30 天内可以退货。穿过的鞋不能退货。\n",
    "faq.csv": "question,answer,language,valid_from,valid_until\n"
    "Is there a spring sale on tents?,Yes. Tents are 40% off in the spring sale.,en,2026-03-01,2026-04-30\n"
    "Is there a winter sale on tents?,Yes. Tents are 25% off in the winter sale.,en,2026-12-20,2027-01-10\n"
    "Is there an autumn sale on tents?,Yes. Tents are 15% off in the autumn sale.,en,2026-11-01,2026-11-22\n"
    "春季帐篷促销有吗？,有。春季促销帐篷六折。,zh,2026-03-01,2026-04-30\n"
    "冬季帐篷促销有吗？,有。冬季促销帐篷七五折。,zh,2026-12-20,2027-01-10\n",
    "products.csv": "id,title,title_zh,category,brand,price,currency,stock,description\n"
    "HP-1,Quietude 3 Headphones,Quietude 3 耳机,Headphones,Aura,189.00,USD,4,Our quietest.\n",
}
RETURNS = "return most items after delivery?"
PARCEL = "what does a return parcel from Canada cost?"
ZH_RETURNS = "大多数商品签收后多少天可以退货？"
TRUE = "You can return most items within 30 days of delivery."
NOT_YET = ("winter sale", "25%", "冬季", "七五折")
NO_MORE = ("spring sale", "40%", "春季", "六折")

Open = Callable[..., Shopclerk]


class PiecewiseModel(FakeChatModel):
    """Streams the pieces it is given, which may never end or raise."""

    pieces: Callable[[], Iterator[str]]
    script: Callable[[Sequence[BaseMessage]], str] = lambda messages: ""

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        self.asked.append(messages)
        for piece in self.pieces():
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))


class Puppet(FakeChatModel):
    """Speaks as the model that it is given for one test, so that all tests share a shop."""

    script: Callable[[Sequence[BaseMessage]], str] = lambda messages: ""
    inner: FakeChatModel | None = None

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        assert self.inner is not None
        yield from self.inner._stream(messages)


@pytest.fixture(scope="module")
def open_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """The one shop, with another model each time."""
    home: Path = tmp_path_factory.mktemp("kept_word")
    files = write_files(home / "files", FILES)
    puppet = Puppet()

    def open_with(chat_model: FakeChatModel) -> Shopclerk:
        puppet.inner = chat_model
        return house

    with fake_shopclerk(home / "home", chat_model=puppet) as house:
        assert not house.ingest([files], shop="demo").failed
        yield open_with


@pytest.mark.parametrize(
    ("question", "truth"),
    [
        (RETURNS, TRUE),
        (PARCEL, "A return parcel from Canada costs $11.90."),
        (ZH_RETURNS, "大多数商品签收后 30 天内可以退货。"),
    ],
)
def test_an_honest_model_is_shown(open_shop, question, truth):
    """Without this the tests of lies would pass with a bot that never lets its model speak."""
    told = ask(open_shop(says(truth)), question)
    assert (told.reply.gear, told.reply.text) == ("generated", f"{truth} [1]")


LIES = {
    "wrong_price": (PARCEL, "A return parcel from Canada costs $1.90.", "$1.90"),
    "price_of_another_thing": (PARCEL, "A return parcel from Canada costs $189.00.", "189"),
    "wrong_currency": (PARCEL, "A return parcel from Canada costs €11.90.", "€"),
    "price_in_words": (PARCEL, "A return parcel from Canada costs nine dollars.", "nine dollars"),
    "free": (PARCEL, "A return parcel from Canada costs nothing.", "nothing"),
    "wrong_days": (RETURNS, "You can return most items within 65 days of delivery.", "65"),
    "weeks_for_days": (RETURNS, "You can return most items within 30 weeks of delivery.", "weeks"),
    "days_in_words": (RETURNS, "You can return most items within ninety days of delivery.", "ninety"),
    "negation_dropped": (RETURNS, "Worn shoes can be returned.", "shoes can be"),
    "negation_added": (RETURNS, "You cannot return most items within 30 days of delivery.", "You cannot"),
    "invented_product": (RETURNS, "You can return the Zephyr 9000 within 30 days of delivery.", "Zephyr"),
    "invented_condition": (RETURNS, "You can return most items within 30 days of delivery by drone.", "drone"),
    "link": (RETURNS, "You can return most items at https://evil.example/pay today.", "evil"),
    "bare_domain": (RETURNS, "You can return most items within 30 days of delivery at evil.example.", "evil"),
    "script": (RETURNS, "You can return most items <script>alert(1)</script> within 30 days.", "<script"),
    "other_language": (RETURNS, "大多数商品签收后 30 天内可以退货。", "大多数"),
    "third_language": (RETURNS, "Sie können die meisten Artikel innerhalb von 30 Tagen zurückgeben.", "Artikel"),
    "zh_wrong_days": (ZH_RETURNS, "大多数商品签收后 60 天内可以退货。", "60"),
    "zh_days_in_words": (ZH_RETURNS, "大多数商品签收后六十天内可以退货。", "六十"),
    "zh_negation": (ZH_RETURNS, "穿过的鞋可以退货。", "鞋可以"),
    "zh_negation_added": (ZH_RETURNS, "大多数商品签收后 30 天内不可以退货。", "不可以"),
    "zh_other_language": (ZH_RETURNS, "You can return most items within 30 days of delivery.", "You can"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_never_shown_and_the_trace_tells_of_it(open_shop, name):
    question, lie, wrong = LIES[name]
    model = says(lie)
    told = ask(open_shop(model), question)
    assert model.asked, "the model was not asked, so nothing was proved"
    assert wrong not in told.everything
    assert (told.reply.outcome, told.reply.gear, told.trace.gear) == ("answered", "extracted", "extracted")
    assert told.trace.reason.startswith("unsupported")
    assert told.reply.citations


@pytest.mark.parametrize(
    "name", [name for name, (question, lie, _) in LIES.items() if question == RETURNS and lie[0].isascii()]
)
def test_a_lie_after_the_truth_ends_the_answer_there(open_shop, name):
    _, lie, wrong = LIES[name]
    told = ask(open_shop(says(f"{TRUE} {lie} ")), RETURNS)
    assert wrong not in told.everything
    assert (told.reply.gear, told.reply.text, told.shown) == ("generated", f"{TRUE} [1]", f"{TRUE} [1]")
    assert told.trace.reason.startswith("unsupported")


@pytest.mark.parametrize(
    "sentence",
    [
        "You can [return most items](https://evil.example) within 30 days of delivery.",
        "You can ![return](https://evil.example/pixel.png) most items within 30 days of delivery.",
        "You can return most items within 30 days of delivery <https://evil.example>.",
        "You can **return** most <b onclick=alert(1)>items</b> within 30 days of delivery [7].",
    ],
)
def test_markup_and_links_of_the_model_are_not_shown_even_around_the_truth(open_shop, sentence):
    told = ask(open_shop(says(sentence)), RETURNS)
    assert not any(wrong in told.everything for wrong in ("evil", "](", "<", "*", "[7]"))
    assert "30 days of delivery" in told.shown


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.integers(min_value=0, max_value=10_000).filter(lambda days: days != 30))
def test_no_other_number_of_days_passes(open_shop, days):
    lie = f"You can return most items within {days} days of delivery."
    told = ask(open_shop(says(lie)), RETURNS)
    assert told.reply.gear == "extracted"
    assert lie not in told.shown


def test_a_price_is_the_rows_whatever_the_model_would_say(open_shop):
    model = says("The Quietude 3 Headphones cost $1.00.")
    told = ask(open_shop(model), "How much are the Quietude 3 Headphones?")
    assert told.reply.gear == "facts"
    assert "$189.00" in told.shown
    assert not model.asked


def test_a_leaked_prompt_is_not_shown(open_shop):
    leaking = FakeChatModel(script=lambda messages: " ".join(message.text for message in messages))
    told = ask(open_shop(leaking), RETURNS)
    instructions = leaking.asked[0][0].text.split(".")[0]
    assert instructions not in told.everything
    assert told.reply.gear == "extracted"


def test_instructions_said_alone_are_not_shown(open_shop):
    leaking = FakeChatModel(script=lambda messages: messages[0].text)
    told = ask(open_shop(leaking), RETURNS)
    assert told.reply.gear == "extracted"
    assert leaking.asked[0][0].text[:40] not in told.everything


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("repeated", "gear"),
    [(f"{TRUE} ", "generated"), ("return return ", "extracted"), ("\n", "extracted"), ("退", "extracted")],
)
def test_a_model_that_repeats_itself_for_ever_is_stopped(open_shop, repeated, gear):
    told = ask(open_shop(PiecewiseModel(pieces=lambda: itertools.repeat(repeated))), RETURNS)
    assert told.reply.gear == gear
    assert told.shown.count("30 days") == 1


def test_a_model_that_fails_before_a_sentence_is_whole_is_replaced_by_a_quote(open_shop):
    def breaking() -> Iterator[str]:
        yield "You can return most items within "
        raise RuntimeError("CUDA out of memory at 0x7f")

    told = ask(open_shop(PiecewiseModel(pieces=breaking)), RETURNS)
    assert (told.reply.gear, told.trace.reason) == ("extracted", "model_failed")
    assert "CUDA" not in told.everything


def test_a_model_that_fails_later_keeps_what_was_right(open_shop):
    def breaking() -> Iterator[str]:
        yield f"{TRUE} Worn "
        raise RuntimeError("connection reset")

    told = ask(open_shop(PiecewiseModel(pieces=breaking)), RETURNS)
    assert (told.reply.gear, told.reply.text, told.trace.reason) == ("generated", f"{TRUE} [1]", "model_failed")
    assert told.shown == told.reply.text


@pytest.mark.parametrize("nothing", ["", " ", "\n\n", "...", "…", "[1]"])
def test_an_empty_answer_is_replaced_by_a_quote(open_shop, nothing):
    told = ask(open_shop(says(nothing)), RETURNS)
    assert told.reply.gear == "extracted"
    assert "30 days" in told.shown


@pytest.mark.parametrize("half", ["You can return most items within 30", "You can return most items within 3"])
def test_half_a_sentence_is_not_shown(open_shop, half):
    told = ask(open_shop(says(half)), RETURNS)
    assert (told.reply.gear, told.trace.reason) == ("extracted", "nothing")


def test_half_a_sentence_after_a_whole_one_is_left_out(open_shop):
    told = ask(open_shop(says(f"{TRUE} Worn shoes can")), RETURNS)
    assert (told.reply.gear, told.shown) == ("generated", f"{TRUE} [1]")


@pytest.mark.parametrize(
    "question",
    ["Is there a spring sale on tents?", "Is there a winter sale on tents?", "sale on tents?", "tents 40% off?"],
)
def test_what_is_not_valid_today_is_neither_said_nor_cited_nor_offered(open_shop, question):
    shopclerk = open_shop(says(TRUE))
    told = ask(shopclerk, question)
    assert not any(wrong in told.everything for wrong in (*NOT_YET, *NO_MORE))
    found = shopclerk.searcher.search(question, shop="demo", k=50, today=TODAY)
    assert all(passage.chunk.valid_on(TODAY) for passage in found)


@pytest.mark.parametrize("question", ["春季帐篷促销有吗？", "冬季帐篷促销有吗？", "帐篷有促销吗？"])
def test_what_is_not_valid_today_is_not_said_in_chinese(open_shop, question):
    told = ask(open_shop(says(TRUE)), question)
    assert not any(wrong in told.everything for wrong in ("六折", "七五折", "40%", "25%"))


def test_an_entry_is_used_up_to_its_last_day(open_shop):
    told = ask(open_shop(says(TRUE)), "Is there an autumn sale on tents?")
    assert told.reply.gear == "extracted"
    assert "15%" in told.shown


def test_a_model_cannot_bring_back_what_has_expired(open_shop):
    told = ask(open_shop(says("Tents are 40% off in the spring sale.")), "autumn sale tents off?")
    assert "40%" not in told.everything
