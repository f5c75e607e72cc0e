"""A question is read in the words that shops use, in both languages."""

from bot.answering.asking import answers, asking, within
from bot.answering.coverage import Coverage
from bot.answering.evidence import units
from bot.answering.shop_words import as_shops_say, translated, with_the_newer
from knowledge.documents import Chunk
from knowledge.keywords import tokenize


def test_a_town_is_priced_with_the_land_it_lies_in() -> None:
    assert "european union" in as_shops_say("shipping to Munich", "en").casefold()
    assert as_shops_say("伦敦邮费", "zh") == "英国运费"


def test_a_slip_of_the_pen_is_still_the_place() -> None:
    assert "european union" in as_shops_say("shipping to germny", "en").casefold()


def test_known_things_are_named_in_the_other_language() -> None:
    assert "trade-in" in translated("旧背包可以以旧换新吗", "en")
    assert translated("你好", "en") == ""


def test_a_new_place_takes_the_place_of_the_one_before() -> None:
    assert "Canada" not in with_the_newer("How much is shipping to Canada? Japan", "Japan")


def test_a_text_on_another_place_covers_less() -> None:
    texts = [set(tokenize("shipping to Canada costs 11.90")), set(tokenize("shipping to Japan costs 16.90"))]
    coverage = Coverage("postage to Tokyo", texts)
    assert coverage.of(texts[1]) > coverage.of(texts[0])
    assert (coverage.missed(texts[0]), coverage.missed(texts[1])) == (1.0, 0.0)


def test_the_kind_of_answer_is_told_from_the_question() -> None:
    assert asking("how much is shipping to Canada").kind == "money"
    assert asking("多久能到").kind == "duration"
    assert answers("It takes 5–8 business days.", "duration")
    assert not answers("It costs $11.90.", "duration")


def test_a_size_is_looked_up_in_its_range() -> None:
    assert within("94–100", 98) is True
    assert within("87–93", 98) is False
    assert within("M", 98) is None


def test_a_table_row_reads_as_a_sentence() -> None:
    text = "| Zone | Standard shipping | Free from |\n|---|---|---|\n| Canada | $11.90 | $120 |\n| M | $1 | $2 |"
    chunk = Chunk(
        id="c", document_id="d", shop="s", source="s.md", title="Shipping", heading="Costs", text=text, position=0,
        language="en", kind="page",
    )  # fmt: skip
    rows = [unit.text for unit in units(chunk)]
    assert rows == [
        "Canada: standard shipping $11.90, free from $120.",
        "Zone M: standard shipping $1, free from $2.",
    ]
