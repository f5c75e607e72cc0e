"""The release gate with engines that say what they are told to."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage

from bot.answering.adapter_shelf import AdapterShelf
from bot.answering.adapters import Adapter
from bot.answering.decoding.pieces import Limits, Piece, Prompt
from bot.answering.llm.rendering import render_examples
from bot.answering.prompting import REFUSAL
from bot.learning.answers_evaluation import Share
from bot.learning.examples import Example
from bot.learning.training.exam import Sat, shares
from bot.learning.training.gate import Release, release

RIGHT, WRONG = "It costs $5. [1]", "It costs $9. [1]"


class Says:
    """An engine with one answer to what can be answered and one to what cannot."""

    device = "cpu"

    def __init__(self, answer: str, otherwise: str, *, tuned: bool = True) -> None:
        self.name, self.tuned = "says", tuned
        self.asked: list[str] = []
        self._answer, self._otherwise = answer, otherwise

    def render(self, messages: Sequence[BaseMessage]) -> Prompt:
        return render_examples(messages)

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        assert "\n" in limits.stops
        self.asked.append(prompt.text)
        yield Piece(self._answer if "price" in prompt.varying else self._otherwise, ending="stop")


def example(number: int, kind: str = "answer") -> Example:
    question = f"What is the price of {number}?" if kind == "answer" else f"Who made {number}?"
    answer, cited = (RIGHT, (1,)) if kind == "answer" else (REFUSAL["en"], ())
    given: dict[str, Any] = {"kind": kind, "question": question, "passages": ("Cost: $5",), "answer": answer}
    return Example(str(number), "dev", "imaginary", "en", cited=cited, facts=("$5",) if cited else (), **given)


EXAMPLES = [*(example(one) for one in range(20)), *(example(one, "refuse") for one in range(20))]


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 4}))
    training = {"steps": 3, "examples_seen": 12, "seconds": 60, "tokens_per_second": 9}
    training |= {"dev_loss_before": 2, "dev_loss": 1, "best_step": 3}
    figures = {
        "base": "tiny-gemma",
        "base_fingerprint": "0",
        "command": "shopclerk train generator --seed 3",
        "recipe": {"rank": 2, "layers": 1, "minutes": 1, "seed": 0, "batch": 4},
        "examples": {"train": 4, "hash": "0123456789abcdef", "by_kind": {"imaginary en answer": 4}},
        "training": training,
        "made": {"device": "cpu", "workers": 2},
    }
    (folder / "figures.json").write_text(json.dumps(figures))
    return folder


def decided(adapter: Path, home: Path, *, old: Says, new: Says) -> Release:
    def load(with_adapter: Adapter | None) -> Says:
        return new if with_adapter and with_adapter.folder == adapter else old

    return release(adapter, EXAMPLES, base="tiny-gemma", home=home, load=load)


def test_a_better_adapter_is_adopted_with_its_results_and_card(adapter: Path, tmp_path: Path):
    decision = decided(adapter, tmp_path, old=Says(WRONG, WRONG, tuned=False), new=Says(RIGHT, REFUSAL["en"]))

    assert decision.fallen == ()
    assert decision.adopted == AdapterShelf(tmp_path, "tiny-gemma").current()
    assert decision.adopted is not None
    exam = json.loads((decision.adopted / "figures.json").read_text())["exam"]
    assert exam["tuned"]["facts right"] == {"count": 20, "of": 20}
    card = (decision.adopted / "README.md").read_text()
    assert "| unanswerable questions that were answered all the same | 20 of 20 | 0 of 20 |" in card
    assert "Gemma Terms of Use" in card


@pytest.mark.parametrize(
    ("new", "fallen"),
    [
        (Says(WRONG, REFUSAL["en"]), ("facts right",)),
        (Says(RIGHT, RIGHT), ("false answers",)),
        (Says("It costs $5. [2]", REFUSAL["en"]), ("cited rightly",)),
        (Says(REFUSAL["en"], REFUSAL["en"]), ("facts right", "false refusals", "cited rightly")),
    ],
)
def test_an_adapter_that_falls_in_a_guarded_measure_is_refused(
    adapter: Path, tmp_path: Path, new: Says, fallen: tuple[str, ...]
):
    decision = decided(adapter, tmp_path, old=Says(RIGHT, REFUSAL["en"]), new=new)

    assert (decision.fallen, decision.adopted) == (fallen, None)
    assert AdapterShelf(tmp_path, "tiny-gemma").current() is None


def test_an_adapter_with_which_the_bot_answers_golden_questions_worse_is_refused(adapter: Path, tmp_path: Path):
    old = new = Says(RIGHT, REFUSAL["en"])

    def load(with_adapter: Adapter | None) -> Says:
        return new if with_adapter and with_adapter.folder == adapter else old

    def golden(with_adapter: Path | None) -> dict[str, Share]:
        return {"golden facts right": Share(9 if with_adapter == adapter else 95, 100)}

    decision = release(adapter, EXAMPLES, base="tiny-gemma", home=tmp_path, load=load, golden=golden)

    assert (decision.fallen, decision.adopted) == (("golden facts right",), None)
    assert decision.new["golden facts right"].count == 9


def test_each_model_is_asked_in_its_own_way(adapter: Path, tmp_path: Path):
    old, new = Says(RIGHT, "", tuned=False), Says(RIGHT, "")

    decided(adapter, tmp_path, old=old, new=new)

    assert new.asked[0] == "[1] Cost: $5\nQuestion: What is the price of 0?\nAnswer:"
    assert old.asked[0].endswith(new.asked[0])
    assert len(old.asked[0]) > 2 * len(new.asked[0])


def test_a_sum_counts_a_right_fact_only_where_nothing_wrong_stands_beside_it():
    said = [Sat(example(1), RIGHT), Sat(example(1), "It is free."), Sat(example(1), f"{RIGHT} {REFUSAL['en']}")]

    assert (shares(said)["facts right"].count, shares(said)["facts right"].of) == (1, 3)
