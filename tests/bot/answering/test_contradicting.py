from dataclasses import replace

import pytest

from bot.answering.contradicting import contradicting
from bot.answering.evidence import units
from bot.answering.extraction import Reading, Readings
from bot.answering.traits import Stretch
from knowledge.documents import Chunk, Kind, Passage

QUESTION = "When are orders cancelled?"
UNPAID = "Orders that are not paid are cancelled after 14 days."


def reading(text: str, *, page: str, title: str = "Payment", kind: Kind = "page", language: str = "en") -> Reading:
    chunk = Chunk(page, page, "demo", page, title, title, text, 0, language, kind)
    passage = Passage(chunk=chunk, rank=1, score=0.9, found_by=("dense",))
    return Reading(passage, tuple(units(chunk)), Stretch(0, 0, (0,), text), 0.5)


def test_two_pages_that_say_the_same_with_other_numbers_contradict_each_other() -> None:
    first, other = reading(UNPAID, page="a.md"), reading(UNPAID.replace("14", "six"), page="b.md")

    assert contradicting(Readings((first, other), 0.1), QUESTION) is other


@pytest.mark.parametrize(
    "other",
    [
        reading(UNPAID, page="b.md"),
        reading(UNPAID.replace("14", "6"), page="a.md"),
        reading(UNPAID.replace("14", "6"), page="b.md", title="Payment in our stores"),
        reading(UNPAID.replace("14 days", "6 euros"), page="b.md"),
        reading(UNPAID.replace("14", "6"), page="b.md", title="Payment 2"),
        reading("Orders from abroad are cancelled after 6 days.", page="b.md"),
        reading(UNPAID.replace("14", "6"), page="b.md", language="zh"),
    ],
    ids=[
        "the same",
        "one page",
        "of another name",
        "of another sort",
        "of another number",
        "of other things",
        "another language",
    ],
)
def test_what_speaks_of_something_else_is_no_contradiction(other: Reading) -> None:
    assert contradicting(Readings((reading(UNPAID, page="a.md"), other), 0.1), QUESTION) is None


def test_two_years_that_are_asked_about_may_differ() -> None:
    both = reading(UNPAID, page="a.md"), reading(UNPAID.replace("14", "6"), page="b.md")

    assert contradicting(Readings(both, 0.1), "When were orders cancelled in 2024?") is None


def test_what_holds_for_two_places_is_no_contradiction() -> None:
    of_rome, of_kiel = (
        reading(f"Sending to {place} costs $7 a parcel. From ${least} it is free.", page=f"{place}.md")
        for place, least in (("Rome", 65), ("Kiel", 105))
    )
    both = [replace(one, stretch=Stretch(0, 1, (0, 1), "")) for one in (of_rome, of_kiel)]

    assert contradicting(Readings(tuple(both), 0.1), QUESTION) is None


def test_two_products_may_differ() -> None:
    mats = [reading(f"Width: {width} cm", page=f"{width}", kind="product") for width in (60, 70)]

    assert contradicting(Readings(tuple(mats), 0.1), QUESTION) is None
