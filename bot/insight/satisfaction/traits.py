"""Traits of a conversation that tell how content the shopper is: words by who says them where, moods and counts."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from bot.insight.scoring.moods import trend
from bot.insight.scoring.talk import Said, Talk
from bot.insight.sentiment.grams import grams

BITS = 17
MOST_TURNS = 7
BLOCKS = ("shopper", "shop", "shopper_last", "first", "shop_last")
BLOCK_WEIGHTS = (1.0, 0.5, 2.0, 0.5, 0.5)
"""How loud each block speaks; the shopper's last words tell most. Chosen on the held-out dialogues of stc3."""

COUNTED_WEIGHT = 0.5
COUNTED = MOST_TURNS + 3 + 5  # turns, who spoke last, how long, how often the shopper; five of the moods


def blocks(talk: Talk) -> list[np.ndarray]:
    """The different n-grams of each block, int64, each below 2 ** 17."""
    turns = _turns(talk)
    theirs = [text for by_shopper, text in turns if by_shopper]
    ours = [text for by_shopper, text in turns if not by_shopper]
    texts = ("\n".join(theirs), "\n".join(ours), _last(theirs), turns[0][1] if turns else "", _last(ours))
    return [np.unique(grams(text, bits=BITS)) if text else np.zeros(0, dtype=np.int64) for text in texts]


def counted(talk: Talk) -> np.ndarray:
    """What is counted, (15,), float32, each of the order of 1."""
    turns = _turns(talk)
    moods = [mood for _, mood in talk.moods]
    often = min(MOST_TURNS, len(turns))
    values = [float(number == often) for number in range(1, MOST_TURNS + 1)]
    values += [float(bool(turns) and turns[-1][0]), min(5.0, len(_last([text for _, text in turns])) / 100)]
    values += [min(4.0, sum(by_shopper for by_shopper, _ in turns) / 3)]
    values += [float(np.mean(moods)), moods[-1], moods[0], min(moods), trend(moods)] if moods else [0.0] * 5
    return np.array(values, dtype=np.float32)


def _turns(talk: Talk) -> list[tuple[bool, str]]:
    """Messages of one side in a row are one turn."""

    def by_shopper(one: Said) -> bool:
        return one.by_shopper

    return [(side, "\n".join(one.text for one in said)) for side, said in groupby(talk.said, key=by_shopper)]


def _last(texts: Sequence[str]) -> str:
    return texts[-1] if texts else ""
