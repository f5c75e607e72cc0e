import pytest

from bot.answering.evidence import units
from bot.answering.extraction import Reading, Readings
from bot.answering.traits import Stretch
from bot.answering.unnamed_places import on_unnamed_places
from knowledge.documents import Chunk, Passage

TABLE = "Sending to Canada costs $9. Sending to Japan costs $12."
RULE = "Power banks go by road. We do not deliver to countries that are not in the table."
RULE_ZH = "充电宝只能走陆运。表中没有列出的国家和地区暂不配送。"


def told(question: str, *texts: str, language: str = "en") -> str | None:
    readings = []
    for number, text in enumerate(texts):
        chunk = Chunk(f"{number}", f"{number}", "demo", "a.md", "Delivery", "", text, 0, language, "page")
        passage = Passage(chunk=chunk, rank=1, score=0.9, found_by=("dense",))
        readings.append(Reading(passage, tuple(units(chunk)), Stretch(0, 0, (0,), text), 0.5))
    found = on_unnamed_places(question, Readings(tuple(readings), 0.8), language)
    return found.stretch.shown if found else None


@pytest.mark.parametrize(
    "question", ["Do you ship to Norway?", "Can you deliver to Brazil", "what is postage to Chile?"]
)
def test_a_place_that_no_page_names_falls_under_the_rule_for_all_others(question: str) -> None:
    assert told(question, TABLE, RULE) == "We do not deliver to countries that are not in the table."


def test_the_rule_is_found_in_chinese() -> None:
    assert told("能寄到挪威吗？", RULE_ZH, language="zh") == "表中没有列出的国家和地区暂不配送。"


@pytest.mark.parametrize(
    "question",
    [
        "Do you ship to Japan?",
        "Do you have a store in Norway?",
        "Do you ship on Sundays?",
        "Are the parcels sent from Norway?",
    ],
)
def test_it_answers_nothing_else(question: str) -> None:
    assert told(question, TABLE, RULE) is None


@pytest.mark.parametrize(
    ("question", "text", "language"),
    [
        ("How long does shipping to Ohio take?", "Shipping takes 3 days. International shipping takes 14.", "en"),
        ("寄到北京要多久？", "全国包邮，3天送到。海外订单14天内送到。", "zh"),
    ],
)
def test_what_holds_abroad_is_not_told_to_shoppers_at_home(question: str, text: str, language: str) -> None:
    assert told(question, text, language=language) is None


def test_a_place_that_a_heading_names_is_named() -> None:
    assert told("Do you ship to Norway?", "## Norway\n- Parcels: $12", RULE) is None


def test_where_there_is_no_such_rule_nothing_is_told() -> None:
    assert told("Do you ship to Norway?", TABLE) is None
