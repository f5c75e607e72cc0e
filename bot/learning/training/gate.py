"""The release gate: a new adapter sits the same exam as the one in use, and is adopted only where it is no worse."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.answering.adapter_shelf import AdapterShelf
from bot.answering.adapters import FIGURES, Adapter, current_adapter, read_adapter
from bot.answering.decoding.pieces import Limits
from bot.answering.llm.engine import TextEngine
from bot.answering.llm.torch_engine import TorchEngine
from bot.answering.prompting import Prompt, answer_prompt, tuned_prompt
from bot.learning.answers_evaluation import Share
from bot.learning.examples import Example
from bot.learning.training.card import write_card
from bot.learning.training.checkpoint import saving
from bot.learning.training.exam import Examinee, fallen, shares, sit
from knowledge.whole_file import replace_text

MAX_TOKENS = 90
SECONDS = 30.0

Load = Callable[[Adapter | None], TextEngine]
"""Loads the base with an adapter, or as it is."""


Golden = Callable[[Path | None], Mapping[str, Share]]
"""Measures the whole bot with the adapter of a folder."""


@dataclass(frozen=True)
class Release:
    """What the gate decided.

    Attributes:
        old, new: the measures of the model in use and of the new one.
        fallen: guarded measures in which the new one is worse beyond the interval.
        adopted: where the new adapter lies now; None where it was refused.
    """

    old: Mapping[str, Share]
    new: Mapping[str, Share]
    fallen: tuple[str, ...]
    adopted: Path | None


def release(
    new: Path,
    examples: Sequence[Example],
    *,
    base: str,
    home: Path,
    load: Load,
    golden: Golden = lambda _adapter: {},
    tell: Callable[[str, int, int], None] = lambda _step, _done, _total: None,
) -> Release:
    """Compare a new adapter with what is in use for its base, and adopt it if nothing guarded falls.

    Args:
        new: folder of the new adapter.
        examples: never trained on.
        base: what settings call the base model.
        home: where adopted adapters lie.
        load: loads a model; one at a time is held.
        golden: what the whole bot makes of golden questions with the adapter of a folder, or with the bare base; by
            the names of `GUARDED`.
        tell: told of the progress.
    """
    used = current_adapter(base, home)
    before = dict(_measured(load(read_adapter(used) if used else None), examples, "the model in use", tell))
    after = dict(_measured(load(read_adapter(new)), examples, "the new model", tell))
    before.update(golden(used))
    after.update(golden(new))
    worse = fallen(before, after)
    _record(new, before, after)
    if worse:
        return Release(before, after, tuple(worse), None)
    with saving(home):
        return Release(before, after, (), AdapterShelf(home, base).adopt(new))


def _record(adapter: Path, before: Mapping[str, Share], after: Mapping[str, Share]) -> None:
    """Put both results into the new adapter's figures."""
    path = adapter / FIGURES
    figures = json.loads(path.read_text(encoding="utf-8"))
    named = {"in_use_before": before, "tuned": after}
    figures["exam"] = {name: {one: asdict(share) for one, share in result.items()} for name, result in named.items()}
    with saving(adapter):
        replace_text(path, json.dumps(figures, indent=1) + "\n")
        write_card(adapter)


def base_loader(weights: Path, *, name: str, device: str) -> Load:
    """Loads from a folder of weights."""
    return lambda adapter: TorchEngine.load(str(weights), name=name, device=device, adapter=adapter)


def examinee(engine: TextEngine) -> Examinee:
    """An engine as it is asked when it answers: a tuned one its own way, another one with instructions and examples."""

    def asked(example: Example) -> Prompt:
        question, passages, language = example.question, example.passages, example.language
        if engine.tuned:
            return tuned_prompt(question, passages, language=language, history=example.history)
        return answer_prompt(question, passages, language=language)

    def write(example: Example) -> str:
        prompt = engine.render(asked(example).messages)
        limits = Limits(max_tokens=MAX_TOKENS, seconds=SECONDS, stops=(*prompt.stops, "\n"))
        return "".join(piece.text for piece in engine.stream(prompt, limits))

    return write


def _measured(
    engine: TextEngine, examples: Sequence[Example], name: str, tell: Callable[[str, int, int], None]
) -> Mapping[str, Share]:
    sat = []
    for one in sit(examples, examinee(engine)):
        sat.append(one)
        tell(f"{name} answers", len(sat), len(examples))
    return shares(sat)
