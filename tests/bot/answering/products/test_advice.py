"""Talks with a small shop: what is shown, why, and how later messages change it."""

from collections.abc import Callable, Iterator

import pytest

from bot.bootstrap import Shopclerk
from bot.reply import Reply
from tests.bot.small_shops import write_files
from tests.fakes import fake_shopclerk

CATALOGUE = """\
id,parent_id,title,title_zh,category,category_zh,brand,price,currency,stock,description,description_zh,colour,colour_zh,weight_g,battery_hours,screen_in,persons,material,material_zh
H1,,Hush Headphones,Hush 耳机,Headphones,耳机,Aura,189.00,USD,9,Quiet.,安静。,,,248,42,,,,
H2,,Hum Headphones,Hum 耳机,Headphones,耳机,Aura,79.00,USD,9,Light.,轻巧。,,,165,50,,,,
H3,,Plug Headphones,Plug 耳机,Headphones,耳机,Kite,19.00,USD,9,Plain.,朴素。,,,16,,,,,
B1,,Quay 14 Messenger Bag,Quay 14 邮差包,Laptop Bags,电脑包,Hall,95.00,USD,9,Work.,上班。,,,820,,14,,Waxed cotton,棉布
B2,,Quay 16 Messenger Bag,Quay 16 邮差包,Laptop Bags,电脑包,Hall,109.00,USD,9,Work.,上班。,,,930,,16,,Waxed cotton,棉布
T1,,Fell 2 Tent,Fell 2 帐篷,Camping,露营,Nor,329.00,USD,9,Up in minutes.,几分钟搭好。,,,1950,,,2,,
T2,,Fell 3 Tent,Fell 3 帐篷,Camping,露营,Nor,399.00,USD,9,Roomy.,宽敞。,,,2380,,,3,,
M1,,Foam Mat,泡沫垫,Camping,露营,Nor,39.00,USD,9,For any tent.,任何帐篷都能用。,,,410,,,,,
S1,,Gull Trail Shoes,Gull 越野跑鞋,Shoes,鞋,Aero,99.00,USD,,Grip.,抓地。,,,,,,,,
S1-N,S1,,,,,,99.00,USD,4,,,Navy,藏青色,,,,,,
S1-R,S1,,,,,,99.00,USD,0,,,Red,红色,,,,,,
"""
SHOP = "name: {en: Pine, zh: 松}\nlanguages: [en, zh]\ncurrency: USD\n"
FAQ = "question,answer,language\nDo you deliver to Canada?,Yes; it costs $11.90.,en\n"

Say = Callable[[str], Reply]


@pytest.fixture(scope="module")
def shopclerk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shopclerk]:
    home = tmp_path_factory.mktemp("advice")
    files = write_files(home / "files", {"products.csv": CATALOGUE, "shop.yaml": SHOP, "faq.csv": FAQ})
    with fake_shopclerk(home / "home") as opened:
        assert not opened.ingest([files], shop="demo").failed
        yield opened


@pytest.fixture
def say(shopclerk: Shopclerk) -> Say:
    conversation = shopclerk.history.start("demo").id

    def said(text: str) -> Reply:
        reply = list(shopclerk.assistant.reply(conversation, text))[-1].reply
        assert reply is not None
        return reply

    return said


def shown(reply: Reply) -> list[str]:
    return [card.product_id for card in reply.products]


def test_each_card_says_why_it_is_shown(say: Say) -> None:
    reply = say("headphones under $100 with at least 45 hours of battery")
    assert shown(reply) == ["H2"]
    assert reply.products[0].reason == "Battery life: 50 hours"
    assert reply.products[0].as_json()["reason"] in reply.text


def test_the_reason_is_in_the_shoppers_language(say: Say) -> None:
    (card,) = say("100美元以内续航45小时以上的耳机").products
    assert card.reason == "电池续航：50 小时"


def test_cheaper_means_cheaper_than_what_was_shown_and_keeps_the_other_wishes(say: Say) -> None:
    say("Hush Headphones")
    assert shown(say("something cheaper with at least 40 hours of battery")) == ["H2"]
    assert shown(say("even cheaper")) == ["H3"]


def test_nothing_cheaper_is_said_and_the_cheapest_is_named(say: Say) -> None:
    say("the cheapest headphones")
    reply = say("anything cheaper?")
    assert shown(reply)[0] == "H3"
    assert "cheapest" in reply.text


def test_refinements_in_chinese_follow_each_other(say: Say) -> None:
    assert shown(say("最轻的帐篷是哪款"))[0] == "T1"
    assert shown(say("要大一点的")) == ["T2"]


def test_where_nothing_fits_the_closest_comes_with_the_wish_that_it_misses(say: Say) -> None:
    reply = say("headphones under $10")
    assert (shown(reply)[0], reply.reason) == ("H3", "closest_products")
    assert "“under $10”" in reply.text
    assert "above $10.00" in reply.products[0].reason


def test_a_price_within_its_limit_is_a_reason_only_where_nothing_else_is(say: Say) -> None:
    assert say("headphones under $50").products[0].reason == "within $50.00"


def test_those_compared_stand_in_the_order_they_were_named(say: Say) -> None:
    assert shown(say("compare the Quay 16 and the Quay 14 bags")) == ["B2", "B1"]


def test_two_are_compared_in_a_table_that_the_text_says_too(say: Say) -> None:
    reply = say("compare the Hush Headphones and the Hum Headphones")
    table = reply.comparison
    assert table is not None
    assert table.titles == ("Hush Headphones", "Hum Headphones")
    weight = next(row for row in table.rows if row.name == "Weight")
    assert (weight.values, weight.differs) == (("248 g", "165 g"), True)
    assert "- Weight: 248 g / 165 g" in reply.text
    assert reply.as_json()["comparison"]["rows"][0]["differs"]


def test_which_of_those_is_answered_from_those(say: Say) -> None:
    say("compare the Hush Headphones and the Hum Headphones")
    assert shown(say("which one is lighter?"))[0] == "H2"


def test_whether_a_laptop_fits_is_told_from_the_row_with_what_fits_instead(say: Say) -> None:
    assert say("does the Quay 14 fit a 13-inch laptop?").text.startswith("Yes.")
    reply = say("does the Quay 14 fit a 16-inch laptop?")
    assert reply.text.startswith("No.")
    assert shown(reply) == ["B1", "B2"]


def test_what_goes_with_it_is_of_another_kind(say: Say) -> None:
    say("Fell 2 Tent")
    reply = say("what goes with it?")
    assert shown(reply)[0] == "M1"
    assert "T2" not in shown(reply)


def test_what_is_similar_is_of_the_same_shelf(say: Say) -> None:
    assert set(shown(say("something like the Hush Headphones"))) == {"H2", "H3"}


def test_a_colour_is_only_promised_where_it_is_in_stock(say: Say) -> None:
    assert "Navy" in say("trail shoes in navy").products[0].reason
    reply = say("trail shoes in red")
    assert reply.reason == "closest_products"


def test_a_wish_is_remembered_across_a_question_on_something_else(say: Say) -> None:
    say("headphones with more than 40 hours of battery")
    say("Do you deliver to Canada?")
    assert shown(say("show me ones under $100")) == ["H2"]


@pytest.mark.parametrize("question", ["how do I clean a tent?", "帐篷怎么收"])
def test_a_question_on_use_is_no_wish_for_products(say: Say, question: str) -> None:
    assert say(question).reason not in ("products_found", "closest_products")


def test_a_message_keeps_its_table_for_the_page_that_is_opened_again(shopclerk: Shopclerk, say: Say) -> None:
    reply = say("compare the Hush Headphones and the Hum Headphones")
    kept = shopclerk.history.messages(reply.conversation_id)[-1]
    assert kept.products == reply.products
