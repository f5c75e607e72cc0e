"""Mentions: where a message names something that the shopper has ordered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.answering.tools.orders.tokens import STOPS, is_han, tokens
from knowledge.orders import OrderLineView

HAN_AT_LEAST = 2
"""One Han character in common names nothing: 包 is in 背包, 钱包 and 包邮."""
LONG_WORD = 5
_PART_OF_A_WORD = 0.4
_HEAD = 0.5

# Words of titles that name nothing by themselves.
_EMPTY = frozenset(tokens("a an and at for from in my of on or set kit the to with x pack size new your 的 和 款 型"))
_MEASURES = frozenset(tokens("cm mm m ml liter inch foot g kg w mah gb tb oz pound piece hour cup year"))


@dataclass(frozen=True)
class Mention:
    """Products of the shopper's orders that some words name.

    Attributes:
        start, end: of the words in the message's tokens, end exclusive.
        product_ids: all that they name equally well.
    """

    start: int
    end: int
    product_ids: tuple[str, ...]


@dataclass(frozen=True)
class _Run:
    start: int
    end: int
    score: float
    product_id: str


def mentions(said: Sequence[str], lines: Iterable[OrderLineView]) -> tuple[Mention, ...]:
    """What the words name, in the order of the message.

    Args:
        said: the tokens of the message.
        lines: of all orders of the shopper's that may be meant.
    """
    titles = _titles(lines)
    common = _common(titles)
    runs = [run for product_id, ways in titles.items() for way in ways for run in _runs(said, way, product_id, common)]
    found: list[Mention] = []
    for run in sorted(runs, key=lambda run: (-run.score, run.start)):
        clash = next((one for one in found if run.start < one.end and one.start < run.end), None)
        if clash is None:
            rivals = [
                other.product_id
                for other in runs
                if other.score == run.score and other.start < run.end and run.start < other.end
            ]
            found.append(Mention(run.start, run.end, tuple(dict.fromkeys(rivals))))
    return tuple(sorted(found, key=lambda mention: mention.start))


def _titles(lines: Iterable[OrderLineView]) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """By product the words of its titles, those apart that name nothing."""
    return {
        line.product_id: tuple(
            tuple(word for word in tokens(title) if word not in STOPS) for title in (line.title, line.title_zh) if title
        )
        for line in lines
    }


def _common(titles: Mapping[str, tuple[tuple[str, ...], ...]]) -> frozenset[str]:
    """Words that stand in the titles of several products."""
    seen: dict[str, set[str]] = {}
    for product_id, ways in titles.items():
        for word in {word for way in ways for word in way}:
            seen.setdefault(word, set()).add(product_id)
    return frozenset(word for word, products in seen.items() if len(products) > 1)


def _runs(said: Sequence[str], title: Sequence[str], product_id: str, common: frozenset[str]) -> Iterable[_Run]:
    """The stretches of the message that are made of the title's words, where they are enough to name it."""
    weights = _matches(said, title)
    at = 0
    while at < len(said):
        size, weight = weights[at]
        if not size:
            at += 1
            continue
        start, score, words = at, 0.0, []
        while at < len(said) and weights[at][0]:
            size, weight = weights[at]
            words.append("".join(said[at : at + size]))
            score += weight
            at += size
        score = _score(words, score, title, common)
        if score:
            yield _Run(start, at, score, product_id)


def _matches(said: Sequence[str], title: Sequence[str]) -> list[tuple[int, float]]:
    """At each place how many tokens a word of the title takes there, and how well it fits; (0, 0) where none does."""
    own = frozenset(title)
    found: list[tuple[int, float]] = []
    for at, word in enumerate(said):
        pair = word + said[at + 1] if at + 1 < len(said) and not is_han(word) else ""
        if pair in own:
            found.append((2, 1.0))
        elif word in own:
            found.append((1, 1.0))
        elif (
            len(word) >= LONG_WORD
            and not is_han(word)
            and any(one.endswith(word) for one in own if len(one) > len(word))
        ):
            found.append((1, _PART_OF_A_WORD))
        else:
            found.append((0, 0.0))
    return found


def _score(words: Sequence[str], score: float, title: Sequence[str], common: frozenset[str]) -> float:
    """How well the words name the title; 0 where they do not."""
    telling = [word for word in words if word not in _EMPTY and not word[:1].isdigit() and word not in _MEASURES]
    if all(is_han(word) for word in telling):
        stretch = "".join(telling)
        return float(len(telling)) / 2 if len(telling) >= HAN_AT_LEAST and stretch in "".join(title) else 0.0
    head = _head(title)
    named = head is not None and any(head == word or head.endswith(word) for word in telling)
    rare = any(len(word) >= LONG_WORD and word not in common for word in telling)
    if not (named or rare or len(set(telling)) > 1):
        return 0.0
    return score + (_HEAD if named else 0.0)


def _head(title: Sequence[str]) -> str | None:
    """The word that says what kind of thing it is: the last of an English title that is no number, measure or set."""
    own = [
        word
        for word in title
        if word not in _EMPTY and word not in _MEASURES and not word[:1].isdigit() and not is_han(word)
    ]
    return own[-1] if own else None
