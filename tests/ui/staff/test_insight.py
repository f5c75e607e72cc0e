"""The figures over HTTP: for staff only, by filters, each down to its conversations."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from bot.insight.analytics.keeping import SummaryKeeper
from tests.bot.insight.told import Told

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture(scope="module")
def counted(house):
    clerk, _ = house
    told = Told(clerk.engine)
    told.talk("?How long? !negative quality=negative", ">refused none", at=YESTERDAY, product="P1")
    told.talk("?多久？", ">answered cites up", at=YESTERDAY, language="zh")
    SummaryKeeper(clerk.engine, clerk.profiles).catch_up()


@pytest.fixture
def viewer(counted, vi):
    return vi


PARTS = (
    *("filters", "scoreboard", "replies", "waiting", "feelings", "gaps", "quotes", "alerts", "conversations"),
    "voice?aspect=quality",
)


@pytest.mark.parametrize("part", PARTS)
def test_nobody_but_staff_sees_figures(nobody, viewer, part):
    assert nobody.ask("GET", f"/insight/{part}").status_code == 401
    assert viewer.ask("GET", f"/insight/{part}").status_code == 200


def test_scoreboard_with_intervals_and_filters(viewer):
    found = viewer.get("/insight/scoreboard")
    assert found["counted"] == 2
    refused = found["shares"]["refused"]
    assert (refused["count"], refused["total"], refused["value"]) == (1, 2, 0.5)
    assert 0 < refused["low"] < 0.5 < refused["high"] < 1
    assert sum(found["week_hours"]) == 2
    assert viewer.get("/insight/scoreboard?language=zh")["counted"] == 1
    assert viewer.get("/insight/scoreboard?from=2020-01-01&to=2020-01-07")["counted"] == 0


def test_a_figure_opens_down_to_its_conversations(viewer):
    found = viewer.get("/insight/conversations?resolution=refused")
    assert (found["total"], [one["question"] for one in found["conversations"]]) == (1, ["How long?"])
    key = viewer.get("/insight/replies")["top"][0]["key"]
    assert viewer.get(f"/insight/conversations?question={key}")["total"] == 1
    assert viewer.get("/insight/conversations?aspect=quality&mood=negative&product=P1")["total"] == 1


def test_what_is_said_of_an_aspect_has_a_trend_and_words(viewer):
    found = viewer.get("/insight/voice?aspect=quality&product=P1")
    assert (found["later"]["count"], found["earlier"]["total"], found["trend"]) == (1, 0, None)
    assert viewer.ask("GET", "/insight/voice?aspect=taste").status_code == 422


@pytest.mark.parametrize(
    ("figure", "total"),
    [
        ({"resolution": "refused"}, 1),
        ({"came_back": "true"}, 0),
        ({"mood": "negative", "name": "Bad mood"}, 1),
    ],
)
def test_a_figure_opens_as_a_list_of_conversations(viewer, figure, total):
    query = urlencode({"figure": urlencode(figure)})
    behind = viewer.get(f"/insight/conversations?{urlencode(figure)}")
    listed = viewer.get(f"/transcripts?{query}")["lines"]
    assert {one["conversation_id"] for one in listed} == {one["id"] for one in behind["conversations"]}
    assert viewer.get(f"/transcripts/count?{query}")["count"] == behind["total"] == total


@pytest.mark.parametrize(
    ("query", "word"),
    [("from=2026-02-02&to=2026-02-01", "before it starts"), ("outcome=won", "answered"), ("from=soon", "from"),
     ("resolution=won", "confirmed")],
)  # fmt: skip
def test_what_cannot_be_counted_is_one_clear_sentence(viewer, query, word):
    answer = viewer.ask("GET", f"/insight/conversations?{query}")
    assert answer.status_code == 422
    assert word in answer.json()["detail"]


def test_an_unknown_shop_is_not_found(viewer):
    assert viewer.ask("GET", "/insight/scoreboard?shop=nowhere").status_code == 404


def test_metrics_tell_of_alerts_that_last(shop, house):
    assert "# HELP shopclerk_alerts Alerts that last." in house[1].get("/metrics").text
