import pytest

from bot.answering.outdated import current
from knowledge.documents import Passage
from tests.bot.answering.test_passage_answers import passage

NOW = 2026


def kept(question: str, *titles: str, kind: str = "page", said: str = "Each costs 5.") -> list[str]:
    """Which of passages with these titles stay."""
    given: list[Passage] = [passage(f"{said} {place}", title=title, kind=kind) for place, title in enumerate(titles)]  # type: ignore[arg-type]  # a kind
    return [one.chunk.title for one in current(given, question, year=NOW)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Delivery prices, archive 2024", "Delivery prices, as of 2025"),
        ("Old returns policy (valid until 31 December 2023)", "Returns policy (valid from 1 January 2024)"),
        ("Points 2022", "Points 2023"),
        ("Warranty terms (no longer valid)", "Warranty terms"),
        ("退货邮费（2021 年存档）", "退货快递费（2022 年更新）"),
        ("会员规则（2023 版，已失效）", "会员规则（现行）"),
    ],
)
def test_what_was_said_of_an_earlier_time_gives_way(old: str, new: str) -> None:
    assert kept("How much is it?", old, new) == [new]


@pytest.mark.parametrize(
    "titles",
    [
        ("Opening hours 2025", "Warranty 2026"),
        ("Expired vouchers", "Vouchers"),
        ("Previous orders", "Cancel an order"),
        ("Old Town store", "Store opening hours"),
        ("Returns", "Returns 2026"),
        ("Prices 2026", "Prices 2027"),
        ("CR2025 batteries", "CR2032 batteries"),
        ("Parcels up to 2000 g", "Parcels to Canada 2026"),
        ("Warranty, bought before 2024", "Warranty, bought from 2024 to 2025"),
    ],
)
def test_other_subjects_and_what_does_not_hold_yet_stay(titles: tuple[str, ...]) -> None:
    assert kept("How much is it?", *titles) == list(titles)


def test_titles_with_a_word_in_common_on_different_things_stay() -> None:
    times = passage("Parcels to the north are three days on their way.", title="Shipping times 2026")
    costs = passage("Each order is charged at $5.", title="Shipping costs 2025")
    assert current([times, costs], "What does shipping cost?", year=NOW) == [times, costs]


def test_where_a_year_is_asked_for_everything_stays() -> None:
    assert len(kept("What was the price in 2024?", "Prices 2024", "Prices 2025")) == 2


def test_names_of_products_and_questions_tell_no_time() -> None:
    assert len(kept("How many pages?", "Diary 2025", "Diary 2026", kind="product")) == 2
    assert len(kept("优惠券失效了怎么办？", "优惠券失效了怎么办？", "优惠券怎么领？", kind="faq")) == 2
