"""Plain questions to shops, which feel nothing: those of imaginary shops and golden ones that are for learning."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from bot.insight.training.examples import MoodExample, part_of
from bot.learning.golden import read_golden
from bot.learning.imaginary import examples

SOURCE = "plain questions"
IMAGINARY = 1500


def plain_questions(*, imaginary: int = IMAGINARY, seed: int = 0) -> Iterator[MoodExample]:
    """Questions without feeling, in both languages, each once."""
    golden = read_golden(Path(str(files("knowledge") / "golden" / "questions.jsonl")), split="dev")
    asked = [question.question for question in golden if question.expected in ("answered", "facts")]
    asked += [example.question for example in examples(imaginary, split="train", seed=seed)]
    for text in dict.fromkeys(asked):
        yield MoodExample(text, "neutral", SOURCE, part_of(text))
