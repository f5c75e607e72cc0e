"""Public sets as examples: what is taken, what is left out, and what is refused."""

import csv

import pytest

from bot.errors import InvalidInput
from bot.learning.public_examples import public_examples

HET = ("ASIN", "question", "candidate", "answer", "source")
RANKING = ("qid", "ASIN", "question", "candidate", "label", "source")
EPQA = ("qid", "question", "candidate", "source", "label", "answer")


def write(path, heads, rows, delimiter="\t"):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([heads, *rows])


@pytest.fixture
def data(tmp_path):
    het = [
        (
            "A1",
            "is it made of wood?",
            "the box is made of solid oak wood",
            "yes, it is made of solid oak wood.",
            "bullet",
        ),
        ("A1", "how many pieces are there?", "you get 24 pieces in a tin", "there are 24 pieces in a tin", "Desc"),
        (
            "A2",
            "how heavy is the hammer?",
            "item_weight:  { unit:pounds, value:3.5 }",
            "the weight is 3.5 pounds.",
            "attribute",
        ),
        ("A3", "does it need batteries?", "my son loves the green one a lot", "it needs 4 batteries.", "review"),
        ("A4", "can it get wet?", "it can get wet in the rain", "i'm not sure if it can get wet.", "CQA"),
    ]
    for split in ("train", "dev"):
        write(tmp_path / "cpqa/hetPQA/answer_generation" / f"{split}.csv", HET, het)
        rows = [("includes_remote: { value:false }", "This doesn't include a remote.")]
        write(tmp_path / "cpqa/semiPQA/data-to-text" / f"{split}.csv", ("data", "text"), rows)
    ranking = [
        ("7", "A1", "is it loud when running?", "it ships in a brown cardboard box", "0", "bullet"),
        ("7", "A1", "is it loud when running?", "it is very quiet when running", "1", "bullet"),
    ]
    write(tmp_path / "cpqa/hetPQA/evidence_ranking/dev.csv", RANKING, ranking)
    epqa = [
        (
            "1",
            "does it fit a canon camera?",
            "fits every canon camera made since 1999",
            "bullet",
            "2",
            "Yes, it fits every Canon camera.",
        ),
        ("1", "does it fit a canon camera?", "what a lovely colour it has", "review", "0", ""),
    ]
    write(tmp_path / "epqa/epqa_dev_dev.csv", EPQA, epqa, ",")
    return tmp_path


def test_answers_are_taken_with_their_evidence_and_a_mark(data):
    found = {example.question: example for example in public_examples(data, split="train") if example.kind == "answer"}
    wood = found["is it made of wood?"]
    assert wood.answer.startswith("Yes, it is made of solid oak wood. [")
    assert wood.passages[wood.cited[0] - 1] == "About this item: The box is made of solid oak wood."
    assert found["how heavy is the hammer?"].passages == ("Specifications: Item weight: 3.5 pounds",)
    assert found["Does it include remote?"].answer == "This doesn't include a remote. [1]"


def test_what_the_evidence_does_not_hold_and_what_is_unsure_is_left_out(data):
    questions = {example.question for example in public_examples(data, split="train")}
    assert "does it need batteries?" not in questions
    assert "can it get wet?" not in questions


def test_dev_refuses_what_people_labelled_unanswered(data):
    refused = {
        example.question: example.passages for example in public_examples(data, split="dev") if example.kind == "refuse"
    }
    assert refused["is it loud when running?"] == ("About this item: It ships in a brown cardboard box.",)
    assert refused["does it fit a canon camera?"] == ("Customer review: What a lovely colour it has.",)


def test_epqa_is_for_dev_only(data):
    assert not any(example.source == "epqa" for example in public_examples(data, split="train"))
    assert {example.split for example in public_examples(data, split="dev")} == {"dev"}


def test_an_absent_set_is_named(tmp_path):
    with pytest.raises(InvalidInput, match="There is no file"):
        list(public_examples(tmp_path, split="train"))


def test_there_is_no_test_part(data):
    with pytest.raises(InvalidInput, match="no part for 'test'"):
        list(public_examples(data, split="test"))


def test_a_question_is_never_refused_over_evidence_for_a_like_question(data):
    path = data / "cpqa/hetPQA/answer_generation/train.csv"
    rows = [
        ("A1", f"what is part {number} made of?", f"made of nylon number {number}", "it is made of nylon.", "bullet")
        for number in range(40)
    ]
    rows += [
        (
            "A1",
            f"how heavy is piece {number}?",
            f"each weighs {number} full pounds",
            "each weighs full pounds.",
            "bullet",
        )
        for number in range(40)
    ]
    write(path, HET, rows)
    refused = [one for one in public_examples(data, split="train") if one.source == "hetpqa" and one.kind == "refuse"]
    assert refused
    assert not any("made" in one.question and "nylon" in passage for one in refused for passage in one.passages)
