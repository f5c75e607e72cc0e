"""Every figure, counted from conversations told for it, and the conversations behind it."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from bot.errors import InvalidInput
from bot.insight.analytics.behind import Figure
from bot.insight.analytics.figures import Analytics
from bot.insight.analytics.filters import Filters
from bot.insight.analytics.intervals import Share
from bot.insight.analytics.keeping import SummaryKeeper
from bot.insight.analytics.rounding import STEP, question_key, time_step
from knowledge.database import create_database_engine
from tests.bot.conversation.conftest import BOTH, create_database
from tests.bot.insight.told import NOW, FixedProfiles, Told
from tests.migrated import write_migrated

YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture(scope="module", params=BOTH)
def told_month(request, tmp_path_factory):
    """One conversation of each kind, so that a figure that counts a wrong one is off; read only, one for all tests."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("month") / "shopclerk.db"
        write_migrated(path)
        engine = create_database_engine(f"sqlite:///{path}")
    else:
        url = request.getfixturevalue("migrated_postgresql")
        engine = create_database_engine(create_database(url, f"test_{uuid4().hex}", template="migrated"))
    tell_month(Told(engine))
    SummaryKeeper(engine, FixedProfiles(), now=lambda: NOW).catch_up()
    yield engine
    engine.dispose()


@pytest.fixture
def analytics(told_month):
    return Analytics(told_month, FixedProfiles(), now=lambda: NOW)


def tell_month(told):
    told.talk("?How long? !negative", ">answered cites", product="P1")
    told.talk("?How long?", ">answered cites", at=YESTERDAY)
    told.talk("?多久？", ">answered facts product=P1 ms=40", language="zh")
    told.talk("?how long", ">answered up")
    told.talk("?Fits?", ">answered", "?That solved it", ">answered none thanks")
    told.talk("?Parking?", ">refused none ms=2000")
    told.talk("?Broken !negative quality=negative", ">handed_off none", "person", product="P2")
    told.talk("?Hm", ">answered down")
    told.talk("?Hi", ">answered none thanks")
    told.talk("?Anyone?", at=NOW - timedelta(minutes=1))
    told.talk("?How long?", ">answered cites", "@3", "?and now?", ">answered cites")
    told.talk("?Elsewhere", ">refused none", shop="other")


def test_scoreboard_counts_what_became_of_each(analytics, month):
    board = analytics.scoreboard(month)
    assert board.resolutions == {
        "confirmed_silence": 2, "assumed": 2, "confirmed_thumb": 1, "confirmed_said": 1, "refused": 1,
        "handed_off": 1, "abandoned": 1, "chat": 1, "under_way": 1,
    }  # fmt: skip
    assert (board.counted, board.confirmed, board.returned) == (9, Share(4, 9), Share(1, 9))
    assert (board.thumbs_up, board.thumbs_down, board.satisfied) == (1, 1, Share(1, 2))
    assert (board.mood.negative, board.languages) == (2, {"en": 8, "zh": 1})


def test_silence_confirms_after_48_hours_and_can_be_told_as_of_earlier(analytics, month):
    assert analytics.scoreboard(month).resolutions["confirmed_silence"] == 2
    assert "confirmed_silence" not in analytics.scoreboard(month, ago=timedelta(days=4)).resolutions


@pytest.mark.parametrize(
    ("change", "counted"),
    [({"language": "zh"}, 1), ({"product": "P1"}, 2), ({"outcome": "refused"}, 1), ({"gear": "facts"}, 1),
     ({"start": YESTERDAY.date()}, 1), ({"product": "P1", "language": "en"}, 1), ({"product": "P9"}, 0)],
)  # fmt: skip
def test_filters_choose_conversations(analytics, month, change, counted):
    assert analytics.scoreboard(replace(month, **change)).counted == counted


def test_without_a_figure_all_are_listed_greetings_and_open_ones_too(analytics, month):
    assert analytics.behind(month, Figure()).total == 11


@pytest.mark.parametrize(
    ("figure", "questions"),
    [
        (Figure(resolution="confirmed_thumb"), ["how long"]),
        (Figure(resolution="refused"), ["Parking?"]),
        (Figure(resolution="handed_off"), ["Broken"]),
        (Figure(resolution="abandoned"), ["Hm"]),
        (Figure(resolution="under_way"), ["Anyone?"]),
        (Figure(thumb=-1), ["Hm"]),
        (Figure(came_back=True), ["How long?"]),
        (Figure(mood="negative", aspect="quality"), ["Broken"]),
        (Figure(slower_than_ms=3000), ["Parking?"]),
        (Figure(question=question_key("PARKING")), ["Parking?"]),
    ],
)
def test_every_figure_opens_down_to_its_conversations(analytics, month, figure, questions):
    behind = analytics.behind(month, figure)
    assert [line.question for line in behind.lines] == questions
    assert behind.total == len(questions)


def test_the_list_behind_a_figure_comes_in_pages_the_latest_first(analytics, month):
    first, second = (analytics.behind(month, Figure(resolution="confirmed"), k=3, skip=skip) for skip in (0, 3))
    assert (first.total, len(first.lines), len(second.lines)) == (4, 3, 1)
    began = [line.began_at for line in (*first.lines, *second.lines)]
    assert began == sorted(began, reverse=True)


def test_replies_are_counted_by_gear_and_like_questions_together(analytics, month):
    replies = analytics.replies(month)
    assert replies.by_gear == {"generated": 7, "none": 2, "facts": 1}
    assert replies.by_outcome == {"answered": 8, "refused": 1, "handed_off": 1}
    assert (replies.top[0].text.lower().rstrip("?"), replies.top[0].count) == ("how long", 4)


def test_waiting_is_told_by_quantiles_of_the_replies(engine, told, keeper, month):
    for ms in range(100, 2100, 100):
        told.talk("?How long?", f">answered generated ms={ms}")
    keeper.catch_up()
    speed = Analytics(engine, FixedProfiles(), now=lambda: NOW).waiting(month).first_token
    assert speed.overall.replies == 20
    assert speed.overall.p50_ms == pytest.approx(1000, rel=0.03)
    assert speed.overall.p95_ms == pytest.approx(1900, rel=0.03)
    assert list(speed.by_day) == [(NOW - timedelta(days=5)).date()]


def test_feelings_by_product_and_aspect(analytics, month):
    (cell,) = analytics.feelings(month)
    assert (cell.product_id, cell.aspect, cell.mood.negative, cell.mood.total) == ("P2", "quality", 1, 1)
    assert analytics.feelings(replace(month, outcome="refused")) == []


def test_hours_are_counted_on_the_shops_clock(analytics, month):
    assert sum(analytics.week_hours(month).values()) == 11


def test_known_products_and_days(analytics):
    known = analytics.known("demo")
    assert list(known.products.items()) == [("P1", "P1"), ("P2", "P2")]
    assert (known.first_day, known.last_day) == ((NOW - timedelta(days=5)).date(), NOW.date())


def test_an_empty_range_is_all_zeros(analytics):
    empty = Filters("demo", date(2020, 1, 1), date(2020, 1, 7))
    assert analytics.scoreboard(empty).counted == 0
    assert analytics.scoreboard(empty).confirmed.interval is None
    assert analytics.waiting(empty).whole.overall is None
    assert (analytics.feelings(empty), analytics.gaps(empty), analytics.replies(empty).top) == ([], [], [])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"end": date(2020, 1, 1)}, "before it starts"), ({"start": date(1990, 1, 1)}, "ten years"),
     ({"outcome": "won"}, "answered, refused, handed_off"), ({"gear": "fifth"}, "curated"),
     ({"language": "fr"}, "en, zh")],
)  # fmt: skip
def test_filters_refuse_what_they_do_not_know(month, wrong, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        replace(month, **wrong)


@pytest.mark.parametrize("wrong", [{"resolution": "won"}, {"mood": "sad"}, {"aspect": "smell"}, {"week_hour": 168}])
def test_figures_refuse_what_they_do_not_know(wrong):
    with pytest.raises(InvalidInput, match="expected"):
        Figure(**wrong)


def test_wilson_interval_as_in_the_literature():
    low, high = Share(15, 50).interval  # Newcombe 1998: 0.191 to 0.438
    assert (round(low, 3), round(high, 3)) == (0.191, 0.438)
    assert Share(0, 10).interval[0] == 0
    assert Share(10, 10).interval[1] == pytest.approx(1)


def test_times_keep_within_half_a_step():
    for ms in (0.4, 1, 3, 17, 450, 61_000):
        assert time_step(ms) == pytest.approx(ms, rel=STEP - 1, abs=0.6)
    assert (time_step(None), time_step(float("nan")), time_step(-1)) == (None, None, None)


def test_questions_are_alike_but_for_case_width_and_signs():
    assert question_key("How long?") == question_key("how　LONG ！")
    assert question_key("鞋子能退吗？") != question_key("鞋子能换吗？")
