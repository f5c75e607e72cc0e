"""`shopclerk sentiment`, `reviews`, `train sentiment`: what cannot be used gets one sentence and exit code 1 or 2."""

import json

import pytest
from typer.testing import CliRunner

from scripts.cli import app


def run(*words, stdin=None):
    return CliRunner().invoke(app, list(words), input=stdin)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "holds no text"),
        (" \n\n", "holds no text"),
        ('{"text": "fine"}\n{"words": "x"}\n', "line 2: no JSON object with `text`"),
        ('{"text": 5}\n', "`text` is 5; expected words in quotes"),
    ],
)
def test_a_file_without_texts_gets_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "texts.txt"
    path.write_text(content, encoding="utf-8")
    done = run("sentiment", str(path))
    assert done.exit_code == 1
    assert sentence in done.output


def test_a_file_that_is_not_there_gets_one_sentence(tmp_path):
    done = run("sentiment", str(tmp_path / "none.txt"))
    assert (done.exit_code, "cannot be opened" in done.output) == (1, True)


def test_a_picture_is_no_text(tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG\x00\x00\x00")
    done = run("sentiment", str(tmp_path / "a.png"))
    assert (done.exit_code, "no text file" in done.output) == (1, True)


def test_training_refuses_labels_outside_the_set(tmp_path):
    (tmp_path / "mine.csv").write_text("text,label\nfine,happy\n", encoding="utf-8")
    done = run("train", "sentiment", "--csv", str(tmp_path / "mine.csv"))
    assert done.exit_code == 1
    assert "the label is 'happy'; expected one of negative, neutral, positive" in done.output


def test_an_unknown_set_is_wrong_use():
    assert run("evaluate", "sentiment", "movies").exit_code == 2


@pytest.mark.full
def test_texts_are_told_in_order_with_the_real_model(home_with_models, monkeypatch, tmp_path):
    monkeypatch.setenv("SHOPCLERK_HOME", str(home_with_models))
    texts = [
        "I love this jacket, best buy ever",
        "拉链第二天就坏了,太失望了",
        "How long does delivery take?",
        "😡",
        "x" * 10_000,
    ]
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    done = run("sentiment", str(path), "--json")
    told = json.loads(done.stdout)
    assert [one["label"] for one in told[:4]] == ["positive", "negative", "neutral", "negative"]
    assert [one["language"] for one in told[:3]] == ["en", "zh", "en"]
    assert told[1]["aspects"]["quality"]["label"] == "negative"
    assert all(abs(sum(one["scores"].values()) - 1) < 0.01 for one in told)
