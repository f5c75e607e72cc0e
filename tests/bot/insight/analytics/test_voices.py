"""What is said of one aspect, in chats and reviews together, on both databases."""

from datetime import timedelta

import pytest

from bot.insight.analytics.filters import Filters
from bot.insight.analytics.voices import Voices
from bot.insight.reviews import ReviewBook
from tests.bot.insight.fake_feelings import FakeClassifier
from tests.bot.insight.told import NOW
from tests.fake_embedder import FakeEmbedder


@pytest.fixture
def reviewed(engine, tmp_path):
    def add(*rows):
        path = tmp_path / "reviews.csv"
        path.write_text("\n".join(["product_id,rating,text,date", *rows]), "utf-8")
        ReviewBook(engine, FakeClassifier()).add([path], shop="demo")

    return add


@pytest.fixture
def voices(engine):
    return Voices(engine, FakeEmbedder())


def day(ago):
    return (NOW - timedelta(days=ago)).date().isoformat()


def test_chats_and_reviews_are_heard_together_with_their_trend(told, keeper, reviewed, voices, month):
    told.talk("?It came apart !negative quality=negative", at=NOW - timedelta(days=2), product="A1")
    told.talk("?Well made !positive quality=positive", at=NOW - timedelta(days=25), product="A1")
    reviewed(f"A1,2,the zipper is bad,{day(3)}", f"B2,5,good zipper,{day(26)}")
    keeper.catch_up()
    voice = voices.about(month, "quality")
    assert (voice.mood.negative, voice.mood.positive) == (2, 2)
    assert (voice.earlier.negative, voice.later.negative, voice.trend) == (0, 2, 1.0)
    assert [quote.text for quote in voice.quotes] == ["the zipper is bad"]  # told talk has no clauses
    of_product = voices.about(Filters("demo", month.start, month.end, product="A1"), "quality")
    assert (of_product.mood.negative, of_product.mood.positive) == (2, 1)
    assert voices.about(month, "price").trend is None


def test_of_many_quotes_the_most_typical_are_shown(reviewed, voices, month):
    alike = [f"A1,1,bad zipper broke after {number} weeks,{day(9)}" for number in range(2, 9)]
    reviewed(*alike, f"A1,1,bad purple zipper,{day(8)}")
    [quote] = voices.about(month, "quality", k=1).quotes
    assert "broke after" in quote.text
    assert quote.review_id
