"""The golden questions are sound: each can be answered from the source it names, and there are enough of each kind."""

import unicodedata
from collections import Counter
from datetime import date
from typing import Any

from tests.knowledge.demo_shop_files import faq, orders, page, questions, source_text

TODAY = date(2026, 11, 22)
ANSWERS = [question for question in questions() if question["relevant"]]


def plain(question: dict[str, Any]) -> str:
    """The question with what was said before it, letters and digits only."""
    text = unicodedata.normalize("NFKC", " ".join([*question["history"], question["question"]])).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def words(question: dict[str, Any]) -> str:
    return " ".join(source_text(source) for source in question["relevant"]).casefold()


def test_there_are_enough_questions_of_each_kind() -> None:
    languages = Counter(question["language"] for question in questions())
    tags = Counter(tag for question in questions() for tag in question["tags"])
    assert languages["en"] >= 110
    assert languages["zh"] >= 90
    least = {
        "follow_up": 25, "cross_language": 10, "unanswerable": 35, "small_talk": 8, "handoff": 8, "order": 10,
        "injection": 8, "personal_data": 4, "typo": 12, "expired_trap": 10, "near_duplicate": 15, "list": 10,
        "price": 15, "stock": 6, "variant": 8, "comparison": 5, "short": 8, "long": 4, "table": 20,
    }  # fmt: skip
    assert {tag: tags[tag] for tag, n in least.items() if tags[tag] < n} == {}


def test_both_splits_are_large_enough_in_both_languages() -> None:
    sizes = Counter((question["split"], question["language"]) for question in questions())
    assert set(sizes) == {(split, language) for split in ("dev", "test") for language in ("en", "zh")}
    assert min(sizes.values()) >= 150


def test_test_split_has_enough_of_what_is_hard() -> None:
    tests = [question for question in questions() if question["split"] == "test"]
    refused = Counter(question["language"] for question in tests if question["expect"] == "refused")
    tags = Counter(tag for question in tests for tag in question["tags"])
    assert min(refused["en"], refused["zh"]) >= 20
    least = {
        "follow_up": 30, "cross_language": 10, "exception": 40, "table": 30, "expired_trap": 10, "order": 15,
        "handoff": 8, "typo": 10, "list": 8, "comparison": 5, "half": 5, "price": 15, "stock": 8, "variant": 12,
    }  # fmt: skip
    assert {tag: tags[tag] for tag, n in least.items() if tags[tag] < n} == {}


def test_no_test_question_is_known_from_dev() -> None:
    dev, test = (
        {plain(question) for question in questions() if question["split"] == split} for split in ("dev", "test")
    )
    assert dev & test == set()


def test_no_question_is_there_twice() -> None:
    assert len({question["id"] for question in questions()}) == len(questions())
    assert len({(question["question"], *question["history"]) for question in questions()}) == len(questions())


def test_each_question_has_the_fields_of_the_format() -> None:
    fields = {
        "id", "split", "language", "question", "history", "relevant", "expect", "facts", "forbidden", "tags",
    }  # fmt: skip
    for question in questions():
        assert set(question) == fields
        assert question["expect"] in {"answered", "refused", "handed_off", "small_talk", "facts"}
        assert len(question["history"]) % 2 == 0, "history is shopper and bot in turn"
        assert ("follow_up" in question["tags"]) == bool(question["history"])
        assert question["relevant"] or question["expect"] != "answered"


def test_every_relevant_source_is_in_the_shop_and_valid() -> None:
    sources = {source for question in ANSWERS for source in question["relevant"]}
    assert {source for source in sources if not source_text(source) or not valid_today(source)} == set()


def valid_today(source: str) -> bool:
    file, _, part = source.partition("#")
    span: dict[str, Any] = {}
    if file == "faq.csv":
        row = faq()[int(part) - 1]
        span = {key: value and date.fromisoformat(value) for key, value in row.items() if "valid" in key}
    elif file.startswith("policies/"):
        span = page(file)[0]
    return (span.get("valid_from") or TODAY) <= TODAY <= (span.get("valid_until") or TODAY)


def test_the_facts_can_be_read_in_a_relevant_source() -> None:
    missing = {
        question["id"]: fact
        for question in ANSWERS
        if "stock" not in question["tags"]
        for fact in question["facts"]
        if not any(word.casefold() in words(question) for word in fact.split("|"))
    }
    assert missing == {}


def test_what_is_forbidden_stands_in_no_relevant_source() -> None:
    said = {
        question["id"]: wrong
        for question in ANSWERS
        for wrong in question["forbidden"]
        if wrong.casefold() in words(question)
    }
    assert said == {}


def test_orders_asked_for_exist_and_their_facts_are_true() -> None:
    known = {order["order_number"].casefold(): order for order in orders()}
    asked = [question for question in questions() if "identified" in question["tags"]]
    assert len(asked) >= 6
    for question in asked:
        (number,) = [number for number in known if number in question["question"].casefold()]
        assert known[number]["email"] in question["question"]


def test_a_stranger_is_never_told_of_an_order() -> None:
    known = {order["order_number"]: order for order in orders()}
    for question in questions():
        if "wrong_identity" in question["tags"]:
            (order,) = [order for number, order in known.items() if number in question["question"]]
            assert order["email"] not in question["question"]
            assert order["carrier"] in question["forbidden"]
