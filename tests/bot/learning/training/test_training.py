"""A training from end to end on a tiny model: it learns, it can be killed, and a full disk loses nothing."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.answering.tuned_text import REFUSAL
from bot.errors import InvalidInput, TrainingError
from bot.learning.examples import OPENING, Example, write_examples
from bot.learning.training import checkpoint, loop
from bot.learning.training.batching import Encoded, Span, encode_all, steps
from bot.learning.training.generator import Base, train_generator
from bot.learning.training.mixture import Mixture, mixture, read_mixture, write_mixture
from bot.learning.training.recipe import Recipe
from bot.learning.training.tuned_model import TunedModel
from tests.bot.answering.llm.tiny import byte_tokenizer, tiny_model

pytestmark = pytest.mark.full  # importing torch and transformers takes seconds

ADAPTER = Recipe(minutes=5, epochs=3, rank=4, alpha=8, layers=2, learning_rate=2e-2, batch=4, micro_batch_tokens=256)
WHOLE = replace(ADAPTER, full=True, learning_rate=5e-3)  # without the seconds that importing PEFT takes


def example(number: int, split: str = "train", **changes: Any) -> Example:
    given: dict[str, Any] = {
        "id": f"{split}-{number}",
        "split": split,
        "source": "staff",
        "language": "en",
        "kind": "answer",
        "question": f"How many {number}?",
        "passages": (f"Count: {number}",),
        "answer": "abab abab. [1]",
    }
    return Example(**{**given, **changes})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    folder = tmp_path_factory.mktemp("base")
    tiny_model().save_pretrained(folder)
    byte_tokenizer().save_pretrained(folder)
    return Base("tiny", folder)


@pytest.fixture
def examples() -> Mixture:
    return Mixture(tuple(example(one) for one in range(16)), tuple(example(one, "dev") for one in range(100, 104)))


@pytest.mark.full
def test_a_training_learns_and_leaves_adapter_curve_and_figures(base: Base, examples: Mixture, tmp_path: Path):
    folder = train_generator(base, examples, replace(ADAPTER, epochs=4), tmp_path, workers=2)

    figures = json.loads((folder / "figures.json").read_text())
    assert figures["training"]["dev_loss"] < figures["training"]["dev_loss_before"] / 2
    assert figures["training"]["ended_by"] == "epochs"
    assert figures["examples"]["by_kind"] == {"staff en answer": 16}
    assert {"adapter_model.safetensors", "adapter_config.json", "curve.png"} <= {one.name for one in folder.iterdir()}


def test_the_same_seed_and_steps_make_the_same_weights_however_long_they_take(
    base: Base, examples: Mixture, tmp_path: Path
):
    recipe = replace(ADAPTER, steps=5, minutes=0.0)

    made = [train_generator(base, examples, recipe, tmp_path / name, workers=2, command="x") for name in ("one", "two")]

    figures = [json.loads((folder / "figures.json").read_text()) for folder in made]
    assert [one["training"]["steps"] for one in figures] == [5, 5]
    assert figures[0]["training"]["ended_by"] == "steps"
    weights = [(folder / "adapter_model.safetensors").read_bytes() for folder in made]
    assert weights[0] == weights[1]


def test_of_an_opening_only_whether_it_is_refused_is_learned(base: Base):
    model = TunedModel(base.folder, replace(WHOLE, micro_batch_tokens=4096), name="tiny")
    answered = example(1, answer="abc. [1]", tags=(OPENING,))
    refused = replace(answered, kind="refuse", answer=REFUSAL["en"])

    def read(one: Example) -> list[Encoded]:
        return encode_all([one], model.tokenize, begin=model.begin, longest=500, opening=5.0)

    (whole,) = read(replace(refused, tags=()))
    start = whole.spans[0].start
    (one,), (other,) = read(answered), read(refused)
    assert one.ids[:start] == other.ids[:start] == whole.ids[:start]
    assert (one.spans[0].end, other.spans[0].end) == (start + 1, start + 1)
    assert one.weight == other.weight == 5.0
    chances = [math.exp(-model.loss(each)) for each in ([one], [other])]
    assert sum(chances) == pytest.approx(1, abs=0.01)  # of being answered, and of being refused
    together = encode_all([answered, refused], model.tokenize, begin=model.begin, longest=500, opening=5.0)
    assert model.loss(together) == pytest.approx(model.loss([one, other]), rel=0.02)


def test_questions_over_the_same_passages_are_read_together_as_if_each_stood_alone(base: Base):
    recipe = replace(WHOLE, micro_batch_tokens=4096)
    model = TunedModel(base.folder, recipe, name="tiny")
    passages = ("Count: 12 boxes", "Weight: 7 kg")
    asked = [
        example(one, passages=passages, question=f"What of {one}?", answer="ab" * one + ". [1]") for one in (1, 2, 5)
    ]
    asked += [example(9, passages=("Other: 3",))]

    together = encode_all(asked, model.tokenize, begin=model.begin, longest=500)
    apart = [one for each in asked for one in encode_all([each], model.tokenize, begin=model.begin, longest=500)]

    assert [len(one.spans) for one in together] == [3, 1]
    assert sum(len(one.ids) for one in together) < sum(len(one.ids) for one in apart)
    assert model.loss(together) == pytest.approx(model.loss(apart), rel=1e-3)
    for one, other in zip(model_gradients(model, together), model_gradients(model, apart), strict=True):
        assert float((one - other).abs().max()) <= 0.02 * float(other.abs().max()) + 1e-6


def test_the_first_token_of_an_answer_counts_as_several(base: Base):
    model = TunedModel(base.folder, WHOLE, name="tiny")
    asked = [example(1, answer="A [1]"), example(2, answer="A longer one. [1]")]

    def loss(opening: float, *, first_only: bool = False) -> float:
        read = encode_all(asked, model.tokenize, begin=model.begin, longest=500, opening=opening)
        if first_only:
            read = [
                replace(one, spans=tuple(replace(span, end=span.start + 1) for span in one.spans), opening=1.0)
                for one in read
            ]
        return model.loss(read)

    tokens = sum(one.weight for one in encode_all(asked, model.tokenize, begin=model.begin, longest=500))
    assert loss(4) * (tokens + 6) == pytest.approx(loss(1) * tokens + 3 * 2 * loss(1, first_only=True), rel=1e-3)


def test_attention_as_plain_products_reads_as_the_model_s_own(base: Base):
    model = TunedModel(base.folder, WHOLE, name="tiny")
    passages = ("Count: 12 boxes", "Weight: 7 kg")
    asked = [example(one, passages=passages) for one in (1, 2)] + [example(9, passages=("Other: 3",))]
    read = encode_all(asked, model.tokenize, begin=model.begin, longest=500)

    plain = model.loss(read)
    model.model.set_attn_implementation("sdpa")

    assert plain == pytest.approx(model.loss(read), rel=1e-3)


def model_gradients(model: TunedModel, examples: Sequence[Encoded]) -> list[Any]:
    model.gradients(examples)
    return [master.grad for master in model.masters]


def test_a_batch_leaves_none_of_two_cores_waiting():
    sheets = [Encoded(tuple(range(place)), tuple([Span(0, 1, 2)] * 9)) for place in range(2, 42)]

    batches = [batch for batch, _ in zip(steps(sheets, batch=24, seed=0), range(8), strict=False)]

    assert {len(batch) for batch in batches} == {4}


@pytest.mark.full
def test_a_training_goes_on_from_an_adapter(base: Base, examples: Mixture, tmp_path: Path):
    first = train_generator(base, examples, ADAPTER, tmp_path / "first")
    second = train_generator(base, examples, ADAPTER, tmp_path / "second", start=first)

    before, after = (json.loads((one / "figures.json").read_text()) for one in (first, second))
    assert after["training"]["dev_loss_before"] == pytest.approx(before["training"]["dev_loss"], rel=0.02)
    assert after["began_from"]["examples"] == before["examples"]["hash"]
    with pytest.raises(TrainingError, match=r"other layers or has another rank.*--from base"):
        train_generator(base, examples, replace(ADAPTER, rank=2, layers=1), tmp_path / "third", start=first)


def test_weights_between_old_and_new_are_kept_where_they_do_best(base: Base, examples: Mixture, tmp_path: Path):
    """A learning rate that is far too high goes beyond what is best, which lies on the way there."""
    first = train_generator(base, examples, replace(ADAPTER, steps=3), tmp_path / "first")

    wild = replace(ADAPTER, steps=2, learning_rate=0.3, warm_up=0.0, clip=100.0)
    figures = json.loads(
        (train_generator(base, examples, wild, tmp_path / "on", start=first) / "figures.json").read_text()
    )

    trained = figures["training"]
    assert trained["dev_loss"] <= min(point["dev_loss"] for point in trained["curve"]) + 1e-4
    model = TunedModel(base.folder, wild, name="tiny")
    model.take_up(tmp_path / "on" / "adapter")
    dev = encode_all(examples.dev, model.tokenize, begin=model.begin, longest=500, opening=wild.opening)
    assert model.loss(dev) == pytest.approx(trained["dev_loss"], rel=0.02)


def test_a_killed_training_goes_on_where_it_was(base: Base, examples: Mixture, tmp_path: Path, monkeypatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    recipe = replace(WHOLE, evaluate_minutes=0.0, patience=99)
    with monkeypatch.context() as patched:
        patched.setattr(loop, "TOLD_EVERY", 5)
        with pytest.raises(KeyboardInterrupt):
            train_generator(
                base, examples, recipe, tmp_path / "run", tell=lambda step, *_: killed() if "step 5" in step else None
            )
    folder = train_generator(base, examples, recipe, tmp_path / "run", resume=True)
    whole = train_generator(base, examples, recipe, tmp_path / "whole")

    resumed, straight = (json.loads((one / "figures.json").read_text())["training"] for one in (folder, whole))
    assert resumed["steps"] == straight["steps"] == 12
    # The learning rate falls with the minutes, so that two runs differ a little; one begun anew would differ by far.
    losses = [[point["dev_loss"] for point in one["curve"]] for one in (resumed, straight)]
    assert losses[0] == pytest.approx(losses[1], rel=0.05)


def test_a_resumed_training_tells_how_it_was_begun(base: Base, examples: Mixture, tmp_path: Path, monkeypatch):
    begun = train_generator(base, examples, WHOLE, tmp_path / "earlier", command="first")
    (begun / "adapter_config.json").write_text("{}")  # as an adapter has
    monkeypatch.setattr(TunedModel, "take_up", lambda _self, _folder: None)
    train_generator(base, examples, WHOLE, tmp_path / "on", start=begun, command="second")

    folder = train_generator(base, examples, WHOLE, tmp_path / "on", resume=True, command="second, resumed")

    figures = json.loads((folder / "figures.json").read_text())
    assert (figures["command"], figures["began_from"]["command"]) == ("second", "first")


def test_an_adapter_that_does_not_tell_its_making_is_told_before_the_training(
    base: Base, examples: Mixture, tmp_path: Path
):
    (tmp_path / "figures.json").write_text("{}")
    with pytest.raises(TrainingError, match="does not tell how the adapter was made"):
        train_generator(base, examples, WHOLE, tmp_path / "out", start=tmp_path)
    assert not (tmp_path / "out").exists()


def test_nothing_is_resumed_with_other_settings(base: Base, examples: Mixture, tmp_path: Path):
    train_generator(base, examples, WHOLE, tmp_path)

    with pytest.raises(TrainingError, match="other settings or examples"):
        train_generator(base, examples, replace(WHOLE, seed=5), tmp_path, resume=True)
    with pytest.raises(TrainingError, match="no training to resume"):
        train_generator(base, examples, WHOLE, tmp_path / "none", resume=True)


def test_a_full_disk_is_one_sentence_and_leaves_what_was_saved(
    base: Base, examples: Mixture, tmp_path: Path, monkeypatch
):
    recipe = replace(WHOLE, evaluate_minutes=0.0)
    written = 0

    def full(fresh: object, target: object) -> None:
        nonlocal written
        written += 1
        if written > 2:
            raise OSError(28, "No space left on device")
        Path(str(fresh)).rename(str(target))

    monkeypatch.setattr(checkpoint.os, "replace", full)
    with pytest.raises(TrainingError, match=r"could not be saved .*No space left.*--resume"):
        train_generator(base, examples, recipe, tmp_path)
    monkeypatch.undo()

    assert (tmp_path / "adapter" / "model.safetensors").exists()
    assert (train_generator(base, examples, recipe, tmp_path, resume=True) / "figures.json").exists()


def test_training_ends_when_dev_gets_no_better(base: Base, examples: Mixture, tmp_path: Path):
    recipe = replace(WHOLE, learning_rate=0.0, evaluate_minutes=0.0, patience=2)

    figures = json.loads((train_generator(base, examples, recipe, tmp_path) / "figures.json").read_text())

    # 12 steps in all; while the learning rate is high, no better says nothing
    assert (figures["training"]["ended_by"], figures["training"]["steps"]) == ("no better", 7)


def test_a_dev_loss_that_still_falls_ends_no_training(
    base: Base, examples: Mixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    falling = iter([0.2, *(1 - look / 100 for look in range(99))])  # above where it began, and better at each look
    monkeypatch.setattr(TunedModel, "loss", lambda _self, _examples: next(falling))
    recipe = replace(WHOLE, evaluate_minutes=0.0, patience=1)

    figures = json.loads((train_generator(base, examples, recipe, tmp_path) / "figures.json").read_text())

    assert figures["training"]["ended_by"] == "epochs"


@pytest.mark.full
def test_pages_are_read_first_with_the_perplexity_of_those_held_out(base: Base, examples: Mixture, tmp_path: Path):
    pages = [f"Returns {one}: abc abc abc abc abc abc abc abc abc" for one in range(30)]

    folder = train_generator(base, examples, ADAPTER, tmp_path, pages=pages)

    read = json.loads((folder / "figures.json").read_text())["pages"]
    assert read["kept"]
    assert read["after"] < read["before"]


def test_a_full_tuning_writes_a_whole_model(base: Base, examples: Mixture, tmp_path: Path):
    folder = train_generator(base, examples, WHOLE, tmp_path)

    assert (folder / "config.json").exists()
    assert (folder / "model.safetensors").exists()


def test_a_broken_line_is_told_with_file_and_line(tmp_path: Path):
    write_examples(tmp_path / "mine.jsonl", [example(1)])
    with (tmp_path / "mine.jsonl").open("a") as file:
        file.write("{broken\n")

    with pytest.raises(InvalidInput, match=r"mine.jsonl, line 2 is not a training example"):
        mixture(0, files=[tmp_path / "mine.jsonl"])


def test_an_empty_set_is_told(tmp_path: Path):
    (tmp_path / "empty.jsonl").write_text("")

    with pytest.raises(TrainingError, match=r"nothing to train on: empty.jsonl"):
        mixture(0, files=[tmp_path / "empty.jsonl"])


def test_examples_too_long_for_the_recipe_are_told(base: Base, examples: Mixture, tmp_path: Path):
    with pytest.raises(TrainingError, match="16 examples are longer than 10 tokens"):
        train_generator(base, examples, replace(WHOLE, longest=10), tmp_path)


def test_a_mixture_has_both_languages_once_each_and_keeps_the_test_split_out(tmp_path: Path):
    write_examples(
        tmp_path / "mine.jsonl", [example(1), replace(example(1), id="again"), example(2, "dev"), example(3, "test")]
    )

    mixed = mixture(20, files=[tmp_path / "mine.jsonl"])

    mine = [one.id for one in (*mixed.train, *mixed.dev) if one.source == "staff"]
    assert mine == ["train-1", "dev-2"]
    assert {one.language for one in mixed.train} == {"en", "zh"}
    assert {one.split for one in mixed.train} == {"train"}


def test_a_mixture_is_read_again_as_it_was_written(examples: Mixture, tmp_path: Path):
    write_mixture(examples, tmp_path)

    assert read_mixture(tmp_path) == examples
