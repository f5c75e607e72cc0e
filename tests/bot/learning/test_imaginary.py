"""Imaginary shops: what their examples teach is right, cites what it says, and no split sees another's templates."""

import re
import unicodedata
from collections import Counter
from functools import cache

import pytest

from bot.answering.tuned_text import REFUSAL
from bot.learning.examples import OPENING
from bot.learning.imaginary import examples
from bot.learning.imaginary.free_statements import free_pages
from bot.learning.imaginary.noise import frames
from bot.learning.imaginary.topic import topics

LANGUAGES = ("en", "zh")
SPLITS = ("train", "dev", "test")
COUNT = 100  # of each split and language
MARK = re.compile(r"\[(\d+)\]")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@cache
def drawn(split: str, language: str):
    return tuple(examples(COUNT, split=split, seed=11, language=language))


def everywhere():
    return [example for split in SPLITS for language in LANGUAGES for example in drawn(split, language)]


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def test_the_same_arguments_draw_the_same_examples_and_another_seed_others():
    first = list(examples(20, split="train", seed=3))
    assert first == list(examples(20, split="train", seed=3))
    assert not {one.question for one in first} & {one.question for one in examples(20, split="train", seed=4)}
    assert {one.language for one in first} == {"en", "zh"}
    assert len({one.id for one in everywhere()}) == len(everywhere())


def test_marks_name_shown_passages_and_every_sentence_that_says_something_has_one():
    for example in everywhere():
        marks = {int(mark) for mark in MARK.findall(example.answer)}
        assert marks == set(example.cited)
        assert all(1 <= mark <= len(example.passages) for mark in marks)
        if example.kind == "answer":
            assert example.cited, example
            assert example.answer.endswith("]"), example
        if example.kind == "refuse":
            assert example.answer == REFUSAL[example.language]


def test_numbers_of_an_answer_stand_in_the_cited_passages_or_in_the_question():
    for example in everywhere():
        known = " ".join([*(example.passages[mark - 1] for mark in example.cited), example.question])
        said = MARK.sub("", example.answer)
        if example.kind in {"ask_back", "half"}:
            known += " ".join(example.passages)
        bare = known.replace(",", "")
        missing = [number for number in NUMBER.findall(said) if number.replace(",", "") not in bare]
        assert not missing, (missing, example)


def test_an_answer_has_its_own_facts_and_nothing_forbidden():
    for example in everywhere():
        said = plain(MARK.sub("", example.answer))
        for fact in example.facts:
            assert any(plain(one) in said for one in fact.split("|")), (fact, example)
        assert not [one for one in example.forbidden if re.search(rf"(?<![\d.]){re.escape(plain(one))}", said)], example


def test_what_is_refused_is_said_of_others_only():
    for split in SPLITS:
        for language in LANGUAGES:
            for topic in topics(language, split):
                for ask in topic.asks:
                    assert not set(topic.silent_on(ask)) & set(topic.stating(ask))
    for example in everywhere():
        if "other_entity" in example.tags:
            assert example.kind == "refuse"


def test_yes_and_no_are_told_from_the_first_word():
    openings = {"yes": "yes,", "no": "no,"}
    for example in everywhere():
        polarity = {"yes", "no"} & set(example.tags)
        if example.language == "en" and len(polarity) == 1 and example.kind == "answer" and not several(example):
            said = example.answer.casefold()
            wrong = openings["no" if polarity == {"yes"} else "yes"]
            assert not said.startswith(wrong), example


def several(example) -> bool:
    return bool({"several_passages", "several_asked", "compared"} & set(example.tags))


def test_several_are_asked_over_the_same_passages_each_with_an_answer_of_its_own():
    sheets: dict[tuple[str, ...], list] = {}
    for example in everywhere():
        if "sheet" in example.tags:
            sheets.setdefault(example.passages, []).append(example)
    asked = [len(of_one) for of_one in sheets.values()]
    assert sum(count > 2 for count in asked) > len(asked) / 2
    for of_one in sheets.values():
        assert len({(example.question, example.history) for example in of_one}) == len(of_one)
    kinds = [{example.kind for example in of_one} for of_one in sheets.values()]
    assert sum("refuse" in of_one and "answer" in of_one for of_one in kinds) > len(kinds) / 5


def test_openings_are_questions_more_to_the_same_passages_and_near_half_of_them_have_no_answer():
    made = list(examples(400, split="train", seed=3, openings=16))
    openings = [one for one in made if OPENING in one.tags]
    written = {(one.passages, one.question) for one in made if OPENING not in one.tags}

    assert 0.5 < len(openings) / len(made) < 0.9
    assert 0.35 < sum(one.kind == "refuse" for one in openings) / len(openings) < 0.6
    assert {one.passages for one in openings} <= {passages for passages, _ in written}
    assert not [one for one in openings if (one.passages, one.question) in written]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_split_sees_the_free_statements_of_another(language):
    seen: dict[str, str] = {}
    for split in SPLITS:
        for page in free_pages(language, split):
            for line in page.lines:
                assert line.questions, line
                assert line.facts, line
                assert seen.setdefault(f"{page.name}: {line.text}", split) == split, line


def test_orders_hidden_in_passages_are_not_followed():
    injected = [example for example in everywhere() if "injection" in example.tags]
    assert len(injected) > 5
    assert all(example.forbidden for example in injected)
    for example in injected:
        payload = example.forbidden[-1]
        assert any(payload in passage for passage in example.passages)
        assert payload not in example.answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_there_in_its_share(language):
    shares = Counter(example.kind for example in drawn("train", language))
    assert 0.6 < shares["answer"] / COUNT < 0.88
    assert 0.08 < shares["refuse"] / COUNT < 0.3
    assert {"half", "ask_back"} <= {example.kind for example in everywhere()}
    tags = {tag for example in everywhere() for tag in example.tags}
    assert {"number", "negation", "comparison", "exception", "outdated", "contradiction", "follow_up", "typo"} <= tags


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_split_sees_the_templates_of_another(language):
    seen: dict[str, str] = {}
    for split in SPLITS:
        for topic in topics(language, split):
            for text in [
                *(passage.text for passage in topic.passages),
                *(question for ask in topic.asks for question in {*ask.questions, *ask.short, *ask.follow, *ask.bare}),
                *topic.unanswered,
            ]:
                assert seen.setdefault(f"{topic.name}: {text}", split) == split, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_some_topics_are_kept_for_the_test(language):
    names = {split: {topic.name for topic in topics(language, split)} for split in SPLITS}
    assert names["train"] == names["dev"]
    held_back = names["test"] - names["train"]
    assert len(held_back) / len(names["test"]) >= 0.15
    assert len(names["test"]) >= 25


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_can_be_asked_and_answered_in_every_split(split, language):
    for topic in topics(language, split):
        asked = [ask for ask in topic.asks if ask.questions and topic.stating(ask)]
        assert len(asked) >= 2, topic.name


def test_prompts_stay_short():
    for example in everywhere():
        limit = 240 if example.language == "en" else 430
        words = sum(len(passage.split()) for passage in example.passages)
        size = words if example.language == "en" else sum(len(passage) for passage in example.passages)
        assert size <= limit, example
        assert len(example.passages) <= 3


def test_nothing_is_left_unfilled():
    for example in everywhere():
        for text in (example.question, example.answer, *example.passages, *example.facts, *example.history):
            assert not set("{}<") & set(text.replace("<!--", "")), text


def test_the_words_around_have_parts_for_all_splits():
    for kind in ("openings", "closings", "stories", "injections", "and", "outdated", "tables"):
        for language in LANGUAGES:
            assert len(frames()[kind][language]) >= 6
