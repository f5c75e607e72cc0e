"""Questions that are left open become gaps: grouped, named in a shopper's words, with the pages that came nearest."""

from datetime import timedelta
from importlib.resources import files

import numpy as np
import pytest
import yaml

from bot.insight.analytics.behind import Figure
from bot.insight.analytics.figures import Analytics
from bot.insight.analytics.gap_finding import GapFinder
from bot.insight.analytics.grouping import group, key_words, most_typical
from knowledge.embedding import across_languages, load_embedder
from tests.bot.insight.told import NOW, FixedProfiles
from tests.fake_embedder import FakeEmbedder

LOCKERS = ("Do you deliver to parcel lockers?", "Can you deliver to a parcel locker?", "deliver to my parcel locker?")
STUDENTS = ("Is there a student discount?", "What student discount is there?")


@pytest.fixture
def analytics(engine):
    return Analytics(engine, FixedProfiles(), now=lambda: NOW)


@pytest.fixture
def finder(engine):
    return GapFinder(engine, FakeEmbedder(), now=lambda: NOW)


def test_open_questions_are_grouped_and_named(told, keeper, finder, analytics, month):
    for question in (*LOCKERS, *STUDENTS):
        told.talk(f"?{question}", ">refused none")
    told.talk("?deliver to a parcel locker please?", ">answered down")
    told.talk("?Do you sell violins?", ">refused none")
    told.talk("?How long?", ">answered cites")
    told.talk("?ewoifj", ">refused none reason=unclear")
    keeper.catch_up()
    assert finder.refresh() == 1
    lockers, students = analytics.gaps(month)
    assert (lockers.count, lockers.unanswered, lockers.rated_bad) == (4, 3, 1)
    assert lockers.question in LOCKERS
    assert "locker" in " ".join(lockers.keywords)
    assert [(page.source, page.count) for page in lockers.pages] == [("returns.md", 4)]
    assert (students.count, sum(students.by_day.values())) == (2, 2)
    assert analytics.single_open_questions(month) == 1
    behind = analytics.behind(month, Figure(gap=students.id))
    assert {line.question for line in behind.lines} == set(STUDENTS)


def test_grouping_again_changes_nothing_and_embeds_nothing(told, keeper, finder, analytics, month):
    for question in LOCKERS:
        told.talk(f"?{question}", ">refused none")
    keeper.catch_up()
    finder.refresh()
    before = analytics.gaps(month)
    assert finder.refresh() == 0
    assert analytics.gaps(month) == before


def test_a_question_that_is_no_longer_open_leaves_its_gap(told, keeper, finder, analytics, month, engine):
    talks = [told.talk("?How do I wash it?", ">answered down") for _ in range(3)]
    keeper.catch_up()
    finder.refresh()
    told.rate(talks[0], 1, at=NOW)
    keeper.catch_up()
    finder.refresh()
    assert [gap.count for gap in analytics.gaps(month)] == [2]


def test_what_is_older_than_the_window_is_forgotten(told, keeper, finder, analytics, month):
    for question in LOCKERS:
        told.talk(f"?{question}", ">refused none", at=NOW - timedelta(days=120))
    keeper.catch_up()
    assert finder.refresh() == 0


def test_groups_do_not_depend_on_their_number_and_are_the_same_each_time():
    vectors = FakeEmbedder().embed_questions([*LOCKERS, *STUDENTS, "violins"])
    found = group(vectors)
    assert (found == group(vectors)).all()
    assert len({*found[:3]}) == len({*found[3:5]}) == 1
    assert len(set(found)) == 3
    assert group(vectors[:1]).tolist() == [0]


def test_the_most_typical_counts_how_often_each_was_asked():
    vectors = np.eye(3, dtype=np.float32)
    assert most_typical(vectors, [1, 5, 2]) == 1


def test_key_words_set_groups_apart_in_both_languages():
    names = key_words([["parcel locker delivery", "可以送到快递柜吗"], ["student discount delivery", "学生有折扣吗"]])
    assert {"locker", "parcel"} <= set(names[0])
    assert "delivery" not in names[1][:2]


@pytest.mark.full
def test_the_real_embedder_groups_matters_across_languages(model_store):
    told = yaml.safe_load((files("scripts") / "demo_history.yaml").read_text(encoding="utf-8"))["open"]
    texts = [(place, text) for place, one in enumerate(told) for text in (*one["en"], *one["zh"])]
    embedder = load_embedder("", store=model_store, device="cpu")
    vectors = across_languages(embedder.name, embedder.embed_questions([text for _, text in texts]))
    found = {(matter, int(number)) for (matter, _), number in zip(texts, group(vectors), strict=True)}
    assert len(found) == len(told)
