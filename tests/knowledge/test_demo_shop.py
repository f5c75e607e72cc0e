"""The demo shop is a whole shop: enough of everything, in both languages, and it does not contradict itself."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
import yaml

from knowledge.profile import ShopProfile
from tests.knowledge.demo_shop_files import SHOP, customers, faq, orders, page, products, source_text

PARENTS = {row["id"]: row for row in products() if not row["parent_id"]}
VARIANTS = {row["id"]: row for row in products() if row["parent_id"]}
PAGES = sorted(path.relative_to(SHOP).as_posix() for path in SHOP.glob("policies/*.md"))
TWINS = [(path, path.replace(".en.md", ".zh.md")) for path in PAGES if path.replace(".en.md", ".zh.md") in PAGES]
TWINS = [(en, zh) for en, zh in TWINS if en != zh]
TODAY = date(2026, 11, 22)


def is_current(row: dict[str, str]) -> bool:
    since, until = row["valid_from"], row["valid_until"]
    return not (since and date.fromisoformat(since) > TODAY) and not (until and date.fromisoformat(until) < TODAY)


def test_the_profile_speaks_both_languages_and_its_logo_exists() -> None:
    profile = ShopProfile.model_validate(yaml.safe_load((SHOP / "shop.yaml").read_text(encoding="utf-8")))
    assert set(profile.name) == set(profile.greeting) == {"en", "zh"}
    assert {len(texts) for texts in profile.suggested_questions.values()} == {5}
    assert (SHOP / profile.logo).read_text(encoding="utf-8").startswith("<svg")


def test_the_shelves_are_full() -> None:
    assert len(PARENTS) >= 200
    assert len({row["category"] for row in PARENTS.values()}) >= 10
    assert len(VARIANTS) >= 300
    assert sum(row["stock"] == "0" for row in products()) >= 20


def test_no_id_or_title_is_used_twice() -> None:
    assert len(products()) == len(PARENTS) + len(VARIANTS)
    for column in ("title", "title_zh", "url", "description", "description_zh"):
        assert [text for text, n in Counter(row[column] for row in PARENTS.values()).items() if n > 1] == []


@pytest.mark.parametrize("column", ["title", "description", "category"])
def test_each_product_is_told_in_both_languages(column: str) -> None:
    for row in PARENTS.values():
        assert re.search(r"[A-Za-z]{3}", row[column]), row["id"]
        assert re.search(r"[\u4e00-\u9fff]", row[f"{column}_zh"]), row["id"]


def test_descriptions_say_something_of_their_own() -> None:
    for row in PARENTS.values():
        assert len(re.findall(r"[.?!](?:\s|$)", row["description"])) >= 2, row["id"]
        assert len(row["description_zh"]) >= 18, row["id"]


def test_every_attribute_with_words_has_its_chinese_twin() -> None:
    for column in [name for name in products()[0] if name.endswith("_zh")]:
        for row in products():
            assert bool(row[column]) == bool(row[column.removesuffix("_zh")]), (row["id"], column)


def test_variants_belong_to_a_product_and_differ_in_an_option() -> None:
    options = ("colour", "size", "model", "nib", "flavour")
    assert {row["parent_id"] for row in VARIANTS.values()} <= set(PARENTS)
    seen = Counter((row["parent_id"], *(row[option] for option in options)) for row in VARIANTS.values())
    assert max(seen.values()) == 1
    assert all(any(row[option] for option in options) for row in VARIANTS.values())


def test_prices_are_sane_and_a_parent_shows_its_lowest() -> None:
    for row in products():
        assert Decimal("1") <= Decimal(row["price"]) <= Decimal("1000"), row["id"]
        assert row["currency"] == "USD"
    for product_id, row in PARENTS.items():
        prices = [Decimal(variant["price"]) for variant in VARIANTS.values() if variant["parent_id"] == product_id]
        assert Decimal(row["price"]) == min(prices, default=Decimal(row["price"]))
        assert bool(prices) != bool(row["stock"]), product_id


def test_the_warranty_of_a_product_agrees_with_the_policy() -> None:
    policy = source_text("policies/warranty.en.md")
    promised = {int(months) for months in re.findall(r"(\d+) months \|", policy)}
    assert {int(row["warranty_months"]) for row in PARENTS.values() if row["warranty_months"]} <= promised
    assert all(not row["warranty_months"] for row in PARENTS.values() if row["category"] == "Skincare")


def test_the_faq_is_rich_in_both_languages() -> None:
    languages = Counter(row["language"] for row in faq())
    assert len(faq()) >= 64
    assert min(languages["en"], languages["zh"]) >= 40
    assert len({(row["question"], row["language"]) for row in faq()}) == len(faq())


def test_the_faq_has_entries_that_are_over_and_one_that_is_to_come() -> None:
    others = [row for row in faq() if not is_current(row)]
    assert len([row for row in others if row["valid_until"]]) >= 4
    assert any(row["valid_from"] > "2029" for row in others)


def test_there_is_a_page_on_every_topic() -> None:
    topics = {path.removeprefix("policies/").split(".")[0] for path in PAGES}
    assert len(topics) >= 13
    assert len(TWINS) >= 13
    for path in PAGES:
        head, text = page(path)
        assert head["title"], path
        assert head["url"].startswith("https://"), path
        assert path.endswith(f".{head['language']}.md")
        assert text.lstrip().startswith("# "), path


def numbers(text: str) -> set[str]:
    """All numbers but clock times and months, which each language writes in its own way."""
    plain = re.sub(r"(?<=\d),(?=\d{3})|\d+ 月", "", text)
    return {str(Decimal(digits).normalize()) for digits in re.findall(r"(?<![\d:.])\d+(?:\.\d+)?(?![\d:])", plain)}


@pytest.mark.parametrize(("en", "zh"), TWINS, ids=[en for en, _ in TWINS])
def test_the_same_policy_gives_the_same_numbers_in_both_languages(en: str, zh: str) -> None:
    in_en, in_zh = numbers(page(en)[1]), numbers(page(zh)[1])
    money = {str(Decimal(digits).normalize()) for digits in re.findall(r"\$(\d+(?:\.\d+)?)(?![\d,])", page(en)[1])}
    assert money - in_zh == set()
    assert len(in_en & in_zh) >= 0.7 * len(in_en | in_zh), in_en ^ in_zh


def test_an_old_page_differs_from_the_current_one() -> None:
    head, text = page("policies/returns-2025.en.md")
    assert head["valid_until"] < TODAY
    assert "14 days" in text
    assert "within 30 days of delivery" in source_text("policies/returns.en.md")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_manual_and_the_wholesale_guide_can_be_read(language: str) -> None:
    manual = source_text(f"manuals/emberline-duo-stove.{language}.pdf")
    guide = source_text(f"wholesale-guide.{language}.docx")
    assert "EL-DUO2" in manual
    assert "EL-S4" in manual
    assert re.search(r"12\s?%", guide)
    assert not re.search(r"[\u2e80-\u2fdf]", manual), "the PDF names radicals instead of characters"


def test_orders_cover_all_states_and_belong_to_customers() -> None:
    states = {order["status"] for order in orders()}
    assert len(orders()) >= 40
    assert len(customers()) >= 25
    assert states == {"pending", "processed", "shipped", "delivered", "cancelled", "returned"}
    assert len({order["order_number"] for order in orders()}) == len(orders())
    known = {customer["email"]: customer["postcode"] for customer in customers()}
    assert all(known[order["email"]] == order["postcode"] for order in orders())
    assert all(email.endswith((".example", "@example.com")) for email in known)


def test_order_lines_name_what_the_shop_sells_at_its_price() -> None:
    for order in orders():
        goods = Decimal(0)
        for line in order["lines"]:
            sold = VARIANTS[line["variant_id"]] if line["variant_id"] else PARENTS[line["product_id"]]
            assert line["product_id"] in (sold["id"], sold["parent_id"])
            assert Decimal(line["unit_price"]) == Decimal(sold["price"])
            assert line["title"] == PARENTS[line["product_id"]]["title"]
            goods += Decimal(line["unit_price"]) * line["quantity"]
        assert goods <= Decimal(order["total"]) <= goods + 58, order["order_number"]


def test_order_dates_follow_their_state() -> None:
    for order in orders():
        assert order["order_number"].split("-")[1] == order["placed_on"].replace("-", "")
        assert bool(order["delivered_on"]) == (order["status"] in ("delivered", "returned"))
        assert bool(order["tracking_number"]) == (order["status"] in ("shipped", "delivered", "returned"))
        assert not order["delivered_on"] or order["placed_on"] < order["delivered_on"]
