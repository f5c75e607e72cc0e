import pytest

from bot.learning.stating import denies, says_no, states


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("You have thirty days.", "30 days"),
        ("30天内可以退货。", "30 天"),
        ("It costs €1,299.00 [1].", "€1299"),
        ("价格是 1299 元。", "¥1,299"),
        ("It weighs 1950 g.", "1,950"),
        ("You get 10% off.", "10%"),
        ("Open until 5 p.m.", "17:00"),
        ("No, sale items are final.", "cannot"),
        ("特价商品恕不退货。", "不"),
        ("不支持白条。", "白条"),
        ("We cannot deliver to PO boxes.", "PO box"),
        ("可以退，8 天还在期限内。", "可以"),
        ("Your order was cancelled.", "cancel"),
    ],
)
def test_a_fact_is_found_however_it_is_written(text, fact):
    assert states(text, fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("within 130 days", "30 days"),
        ("It costs $59.", "$5"),
        ("It costs $1,299.", "€1299"),
        ("It takes 3 days.", "3 business days"),
        ("It is not free.", "free"),
        ("不可以退货。", "可以"),
        ("周日不营业。", "营业"),
        ("You cannot return it.", "can"),
        ("Yes, you can return it.", "not"),
        ("Please notice the label.", "not"),
    ],
)
def test_what_only_looks_like_the_fact_is_not_it(text, fact):
    assert not states(text, fact)


def test_a_quoted_rule_is_not_wrong_for_what_it_goes_on_with():
    rule = "You have 7 days from delivery to send an item back. After that we cannot take it back."
    assert not denies(rule, "cannot")
    assert denies("No, you cannot return it.", "cannot")


def test_of_two_answers_one_may_be_no():
    assert not says_no("不可以，充电宝无法寄往境外。够用，能用 12 小时。")
