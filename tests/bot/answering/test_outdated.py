import pytest

from bot.answering.outdated import current
from tests.bot.answering.test_passage_answers import passage


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Delivery prices, archive 2024", "Delivery prices, as of 2025"),
        ("Old returns policy (valid until 31 December 2023)", "Returns policy (valid from 1 January 2024)"),
        ("Points 2022", "Points 2023"),
        ("Warranty terms (no longer valid)", "Warranty"),
        ("退货邮费（2021 年存档）", "退货邮费（2022 年更新）"),
        ("会员规则（2023 版，已失效）", "会员规则（现行）"),
    ],
)
def test_what_was_said_of_an_earlier_time_gives_way(old: str, new: str) -> None:
    said = [passage("It was 5.", title=old), passage("It is 6.", title=new)]
    assert [one.chunk.title for one in current(said, "How much is it?")] == [new]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Opening hours 2025", "Warranty 2026"),
        ("Expired vouchers", "Vouchers"),
        ("Children under 3 years old", "Children"),
        ("Returns", "Returns 2026"),
    ],
)
def test_other_subjects_and_undated_pages_stay(one: str, other: str) -> None:
    said = [passage("It was 5.", title=one), passage("It is 6.", title=other)]
    assert current(said, "How much is it?") == said


def test_the_year_that_is_asked_for_is_the_one_that_is_meant() -> None:
    said = [passage("It was 5.", title="Prices 2024"), passage("It is 6.", title="Prices 2025")]
    assert current(said, "What was the price in 2024?") == said


def test_a_year_in_a_products_name_is_no_date() -> None:
    said = [passage("128 pages.", title=title, kind="product") for title in ("Diary 2025", "Diary 2026")]
    assert current(said, "How many pages?") == said
