"""Rivals: products that fit a question as well as the one whose line would be quoted, and say something else."""

from collections.abc import Sequence

import numpy as np

from bot.answering.evidence import Unit
from bot.answering.traits import Inquiry, Stretch
from knowledge.keywords import tokenize

NAMES_MORE = 1e-6  # of the question's weight
SAYS_THE_SAME_FROM = 0.3  # of the best chance, from which a line without a name in front counts as an answer too


def rivals(inquiry: Inquiry, stretches: Sequence[Stretch], each: np.ndarray) -> tuple[str, ...]:
    """Ids of the products that may be meant, the likeliest first; none where the question tells which.

    Where several products state the same attribute differently and the question fits the name of one as well as that
    of another ("the mat"), none of their values answers it.

    Args:
        inquiry: the question, about no certain product.
        stretches: what could be shown.
        each: the chance that each answers, (n_stretches,).
    """
    order = [int(row) for row in np.argsort(-each, kind="stable")]
    first = stretches[order[0]]
    if inquiry.read[first.passage][0].chunk.kind != "product":
        return ()
    line, named, chance = _line(inquiry, first), _named(inquiry, first), float(each[order[0]])
    found = {_product(inquiry, first): line.text}
    for row in order[1:]:
        other = stretches[row]
        chunk = inquiry.read[other.passage][0].chunk
        theirs = _line(inquiry, other)
        if chunk.kind != "product" or chunk.language != inquiry.language or theirs.text == line.text:
            continue
        states = _key(theirs) == _key(line) if _key(line) else each[row] >= SAYS_THE_SAME_FROM * chance
        if states and _named(inquiry, other) >= named - NAMES_MORE:
            found.setdefault(_product(inquiry, other), theirs.text)
    return tuple(found) if len(found) > 1 else ()


def _line(inquiry: Inquiry, stretch: Stretch) -> Unit:
    return inquiry.read[stretch.passage][1][stretch.best]


def _named(inquiry: Inquiry, stretch: Stretch) -> float:
    """The share of the question that the product's name holds."""
    return inquiry.coverage.of(set(tokenize(inquiry.read[stretch.passage][0].chunk.title)))


def _product(inquiry: Inquiry, stretch: Stretch) -> str:
    return str(inquiry.read[stretch.passage][0].chunk.attributes.get("product_id", ""))


def _key(line: Unit) -> str:
    """The name of the attribute that a line states; empty for a sentence."""
    key, colon, _ = line.text.replace("：", ":").partition(":")
    return key.strip().casefold() if colon and len(tokenize(key)) <= 3 else ""
