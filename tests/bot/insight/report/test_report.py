"""Reports say what the figures say, in every format and both languages, and nothing where there is nothing."""

import csv
import io
import json
from datetime import date, timedelta

import pytest

from bot.errors import InvalidInput
from bot.insight.alerts.watch import AlertWatch
from bot.insight.analytics.figures import Analytics
from bot.insight.analytics.filters import Filters
from bot.insight.analytics.keeping import SummaryKeeper
from bot.insight.report.document import document, shared_document
from bot.insight.report.formats import FORMATS, written
from bot.insight.report.gathering import gather
from bot.insight.report.sharing import shared_counts
from knowledge.database import create_database_engine
from tests.bot.insight.told import NOW, FixedProfiles, Told
from tests.migrated import write_migrated

WEEK = Filters("demo", (NOW - timedelta(days=9)).date(), (NOW - timedelta(days=3)).date())
RUDE = "<b>=cmd|' /C calc'!A0</b>"


@pytest.fixture(scope="module")
def analytics(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "shopclerk.db"
    write_migrated(path)
    engine = create_database_engine(f"sqlite:///{path}")
    told = Told(engine)
    for _ in range(6):
        told.talk("?How long?", ">answered cites")
    told.talk(f"?{RUDE}", ">refused none")
    told.talk("?The zip broke !negative quality=negative", ">answered down", product="P1")
    told.talk("?How long?", ">refused none", at=NOW - timedelta(days=12))
    SummaryKeeper(engine, FixedProfiles(), now=lambda: NOW).catch_up()
    yield Analytics(engine, FixedProfiles(), now=lambda: NOW)
    engine.dispose()


def report(analytics, filters=WEEK, language="en"):
    alerts = AlertWatch(analytics._engine, now=lambda: NOW)
    return gather(analytics, alerts, filters, language=language)


def test_sentences_are_computed_from_the_figures(analytics):
    said = "\n".join(document(report(analytics), "en").sentences)
    assert "8 conversations with a question were held, 700% more than in the 7 days before (1)." in said
    assert "75% of them (41% – 93%) are confirmed resolved; another 0.0% are assumed to be." in said
    assert "12% ended with a refusal" in said
    assert "Most complaints concern quality of P1: 1 of 1 messages and reviews about it." in said


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("how", FORMATS)
def test_every_format_in_both_languages(analytics, how, language):
    text = written(document(report(analytics, language=language), language), how, language)
    assert "75" in text or "0.75" in text
    assert "{" not in text.replace("{font", "").split("</style>")[-1] or how in ("json", "html")
    if how == "html":
        assert text.count("<svg") == 2
        assert "<b>=cmd" not in text


def test_json_and_csv_can_be_read_back_and_cells_are_harmless(analytics):
    laid_out = document(report(analytics), "en")
    read = json.loads(written(laid_out, "json", "en"))
    results = {line["key"]: line for line in read["tables"]["results"]}
    assert (results["refused"]["value"], results["refused"]["of"]) == (1, 8)
    rows = list(csv.DictReader(io.StringIO(written(laid_out, "csv", "en"))))
    assert {row["value"] for row in rows if row["key"] == "refused"} == {"1"}
    assert not [row["name"] for row in rows if row["name"][:1] in "=+-@"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("how", FORMATS)
def test_an_empty_range_is_one_clear_sentence(analytics, how, language):
    empty = report(analytics, Filters("demo", date(2020, 1, 1), date(2020, 1, 7)), language)
    laid_out = document(empty, language)
    assert len(laid_out.sentences) == 1
    assert (laid_out.tables, laid_out.plots, laid_out.quotes) == ([], [], [])
    assert written(laid_out, how, language)


def test_private_counts_state_their_epsilon_and_tell_nothing_else(analytics):
    counts = shared_counts(analytics.scoreboard(WEEK), 1, 1.0)
    text = written(shared_document(counts, WEEK, "en"), "md", "en")
    assert "1-differentially private per conversation" in text
    assert "zip" not in text
    assert all(count >= 0 for count in counts.resolutions.values())


def test_private_counts_are_near_the_true_ones_and_noisy(analytics):
    board = analytics.scoreboard(WEEK)
    drawn = [shared_counts(board, 1, 0.5).resolutions["confirmed_silence"] for _ in range(60)]
    assert len(set(drawn)) > 3
    assert abs(sum(drawn) / 60 - 6) < 6


@pytest.mark.parametrize("epsilon", [0, -1, 11, float("nan"), float("inf")])
def test_an_epsilon_out_of_range_is_refused(analytics, epsilon):
    with pytest.raises(InvalidInput, match="above 0 and at most 10"):
        shared_counts(analytics.scoreboard(WEEK), 1, epsilon)
