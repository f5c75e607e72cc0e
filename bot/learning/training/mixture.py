"""Mixture: which examples a training sees, from which sources, and what it is looked at with."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from bot.errors import TrainingError
from bot.learning.examples import Example, Split, read_examples, write_examples
from bot.learning.imaginary import examples as imaginary
from bot.learning.public_examples import public_examples
from bot.learning.training.checkpoint import saving

Language = Literal["en", "zh"]

TRAIN, DEV = "train.jsonl", "dev.jsonl"
PUBLIC_SHARE = 0.1
OPENINGS = 16
"""Questions to each sheet of an imaginary shop of which only that is learned whether they are answered. That is what a
small model learns last: it told these apart no better on shops it was trained on than on others, it had seen too few
such choices, and an opening costs a third of a written answer."""
DEV_EXAMPLES = 480
"""How many dev examples the loss is taken on: enough to see a twentieth of a nat, few enough to take seconds."""


@dataclass(frozen=True)
class Mixture:
    """Examples to train on, and others, of templates never trained on, to look with."""

    train: tuple[Example, ...]
    dev: tuple[Example, ...]

    @property
    def hash(self) -> str:
        """Names the very examples, in their order."""
        said = "\n".join(json.dumps(asdict(example), ensure_ascii=False) for example in (*self.train, *self.dev))
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are to train on, by source, language and kind."""
        named = (f"{one.source} {one.language} {one.kind}" for one in self.train)
        return dict(sorted(Counter(named).items()))


def mixture(
    count: int,
    *,
    files: Sequence[Path] = (),
    own: Iterable[Example] = (),
    data: Path | None = None,
    languages: Sequence[Language] = ("en", "zh"),
    seed: int = 0,
) -> Mixture:
    """Imaginary shops in all languages alike, a share of the public sets where they are here, and files as they are.

    Args:
        count: examples to train on beside those of the files.
        own: of the shop's own conversations.
        files: of `write_examples`; their dev split is looked at too, their test split left out.
        data: folder of the public sets.
        languages: of the imaginary shops.
        seed: draws the imaginary shops.

    Raises:
        TrainingError: there is nothing to train on.
        InvalidInput: a file has a broken line.
    """
    given = [*own, *(example for file in files for example in read_examples(file))]
    public = list(_public(data, "train", languages))
    public = random.Random(seed).sample(public, min(len(public), round(count * PUBLIC_SHARE)))
    made = _imaginary(count - len(public), "train", languages, seed, OPENINGS)
    train = _unlike([*(one for one in given if one.split == "train"), *public, *made])
    if not train:
        where = ", ".join(file.name for file in files) or "no file"
        raise TrainingError(f"There is nothing to train on: {where} given and --examples is {count}; give more of one.")
    looked = [
        *(one for one in given if one.split == "dev"),
        *_imaginary(DEV_EXAMPLES, "dev", languages, seed, OPENINGS),
    ]
    return Mixture(tuple(train), tuple(_unlike(looked)))


def exam_examples(count: int, *, languages: Sequence[Language], seed: int) -> Iterator[Example]:
    """Dev examples of imaginary shops for the release gate, other ones than the loss is looked at with."""
    yield from _imaginary(count, "dev", languages, seed + 1)


def write_mixture(mixture: Mixture, folder: Path) -> None:
    """Put the very examples beside what is trained on them, to be read, and for a training that is resumed."""
    with saving(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_examples(folder / TRAIN, mixture.train)
        write_examples(folder / DEV, mixture.dev)


def read_mixture(folder: Path) -> Mixture:
    """What `write_mixture` wrote.

    Raises:
        TrainingError: there is nothing.
    """
    if not (folder / TRAIN).is_file() or not (folder / DEV).is_file():
        raise TrainingError(f"There is no training to resume in {str(folder)!r}; leave out --resume to begin one.")
    return Mixture(tuple(read_examples(folder / TRAIN)), tuple(read_examples(folder / DEV)))


def _imaginary(
    count: int, split: Split, languages: Sequence[Language], seed: int, openings: int = 0
) -> Iterator[Example]:
    for place, language in enumerate(languages):
        share = (count + place) // len(languages)
        if share > 0:
            yield from imaginary(share, split=split, seed=seed, language=language, openings=openings)


def _public(data: Path | None, split: Split, languages: Sequence[Language]) -> Iterator[Example]:
    if data is not None and data.is_dir() and "en" in languages:
        yield from public_examples(data, split=split)


def _unlike(examples: Iterable[Example]) -> list[Example]:
    """Each question on the same passages once."""
    seen: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Example] = {}
    for example in examples:
        seen.setdefault((example.question.casefold(), example.passages, example.history), example)
    return list(seen.values())
