"""Fits what tells smuggled sentences from a shop's own, and measures it on sentences it was not fitted on.

`shopclerk train smuggled` runs it, on the sentences of `smuggled.yaml`, on pages of imaginary shops, and on what real
shops and their customers wrote of products (the train parts of the public sets).
"""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import yaml

from bot.answering.evidence import units
from bot.answering.smuggled import LIKELY, SURELY, SmuggledWeights
from bot.answering.traits import in_context
from bot.learning.answering_systems import chunk_of
from bot.learning.examples import Example, Split
from bot.learning.imaginary import examples
from bot.learning.public_examples import public_examples
from knowledge.documents import Passage
from knowledge.embedding import mostly_han
from knowledge.whole_file import replace_text

SENTENCES = Path(__file__).parent / "smuggled.yaml"

SEED = 20261123
FOLDS = 5
HELD_BACK = 1.0  # ridge; with 1/30 ten times as many of shops' own sentences are lost
TITLES = 2  # under which each sentence of the list is learned, beside alone
PUBLIC = 2_200  # sentences; without them one in twenty that customers wrote is taken for smuggled

Embed = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class Sentences:
    """What is learned from, as it is compared: under a title, or alone.

    Attributes:
        smuggled, shop: of the list, in each way.
        pages: of imaginary and real shops.
    """

    smuggled: tuple[tuple[str, ...], ...]
    shop: tuple[tuple[str, ...], ...]
    pages: tuple[str, ...]


@dataclass(frozen=True)
class SmuggledFigures:
    """At a chance, on sentences that were left out.

    Attributes:
        found: smuggled sentences, of `smuggled`.
        shop_lost: sentences of the list that a shop may say, of `shop`.
        pages_lost: sentences of dev pages, of `pages`.
    """

    chance: float
    found: int
    smuggled: int
    shop_lost: int
    shop: int
    pages_lost: int
    pages: int


def sentences(count: int, *, data: Path | None = None) -> Sentences:
    """The list, and the sentences of pages.

    Args:
        count: of imaginary train examples from whose passages they are.
        data: folder of the public sets; None: imaginary pages only.
    """
    pages = tuple(page_sentences(count, "train", data=data))
    titles: dict[str, list[str]] = {"en": [], "zh": []}
    for title, colon, _ in (one.partition(": ") for one in pages):
        if colon:
            titles["zh" if mostly_han(title) else "en"].append(title)
    rng = random.Random(SEED)
    read = yaml.safe_load(SENTENCES.read_text("utf-8"))

    def ways(kind: str) -> tuple[tuple[str, ...], ...]:
        listed = [(one, titles[language]) for language, kinds in read.items() for one in kinds[kind]]
        return tuple((one, *(f"{title}: {one}" for title in rng.sample(known, TITLES))) for one, known in listed)

    return Sentences(ways("smuggled"), ways("shop"), pages)


def page_sentences(count: int, split: Split, *, data: Path | None = None) -> Iterator[str]:
    """Each sentence of the passages of so many imaginary examples once, under its title, and some of the public sets'.

    Args:
        count: of imaginary examples; those with an injected sentence are left out.
        split: of both.
        data: folder of the public sets; None: none of these.
    """
    honest = (one for one in examples(count, split=split, seed=SEED) if "injection" not in one.tags)
    yield from _unlike(honest)
    if data is not None:
        public = list(public_examples(data, split=split))
        random.Random(SEED).shuffle(public)
        yield from islice(_unlike(public), PUBLIC)


def _unlike(listed: Iterable[Example]) -> Iterator[str]:
    """Each sentence of the examples' passages once."""
    seen: set[str] = set()
    for example in listed:
        for number in range(1, len(example.passages) + 1):
            chunk = chunk_of(example, number)
            passage = Passage(chunk=chunk, rank=1, score=0.0, found_by=())
            for text in (in_context(passage, unit) for unit in units(chunk)):
                if text not in seen:
                    seen.add(text)
                    yield text


def fit(known: Sentences, embed: Embed, *, embedder: str) -> SmuggledWeights:
    """The weights under which the sentences are likeliest what they are."""
    from sklearn.linear_model import LogisticRegression

    positive = [text for ways in known.smuggled for text in ways]
    listed = [text for ways in known.shop for text in ways]
    vectors = embed([*positive, *listed, *known.pages])
    wanted = np.array([1] * len(positive) + [0] * (len(listed) + len(known.pages)))
    model = LogisticRegression(C=1 / HELD_BACK, max_iter=1000).fit(vectors, wanted)
    return SmuggledWeights(embedder, float(model.intercept_[0]), np.asarray(model.coef_[0]))


def measured(
    known: Sentences, dev_pages: Sequence[str], embed: Embed, *, embedder: str
) -> tuple[SmuggledFigures, SmuggledFigures]:
    """Figures at both chances: of the list by weights fitted without the sentence, of dev pages by those of all."""
    rng = np.random.default_rng(SEED)
    folds = [rng.permutation(len(listed)) % FOLDS for listed in (known.smuggled, known.shop)]
    chances: list[list[float]] = [[], []]
    for fold in range(FOLDS):
        lists = tuple(zip((known.smuggled, known.shop), folds, strict=True))
        kept = [tuple(one for one, mine in zip(*each, strict=True) if mine != fold) for each in lists]
        weights = fit(Sentences(kept[0], kept[1], known.pages), embed, embedder=embedder)
        for found, (listed, drawn) in zip(chances, lists, strict=True):
            under_a_title = [ways[-1] for ways, mine in zip(listed, drawn, strict=True) if mine == fold]
            found.extend(weights.chances(embed(under_a_title), embedder=embedder))
    on_pages = fit(known, embed, embedder=embedder).chances(embed(dev_pages), embedder=embedder)
    smuggled, shop = (np.array(each) for each in chances)

    def figures(chance: float) -> SmuggledFigures:
        found, lost, also = (int((each >= chance).sum()) for each in (smuggled, shop, on_pages))
        return SmuggledFigures(chance, found, len(smuggled), lost, len(shop), also, len(on_pages))

    return figures(SURELY), figures(LIKELY)


def write(weights: SmuggledWeights, figures: Sequence[SmuggledFigures], path: Path) -> None:
    """Keep the weights with how they were made."""
    made = {"by": "shopclerk train smuggled", "left_out": [vars(one) for one in figures]}
    kept = {"embedder": weights.embedder, "constant": round(weights.constant, 3)}
    rounded = [round(float(one), 2) for one in weights.weights]
    replace_text(path, f"{json.dumps({'made': made, **kept, 'weights': rounded})}\n")
