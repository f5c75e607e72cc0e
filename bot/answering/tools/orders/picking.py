"""Which of a shopper's ordered things a wish is about, and which of its words tell of the new item."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.tools.orders.mentions import Mention, mentions
from bot.answering.tools.orders.requests import cues, plain
from bot.answering.tools.orders.talk import Piece, Place
from bot.answering.tools.orders.tokens import CLAUSE_ENDS, STOPS, tokens
from knowledge.orders import OrderLineView, OrderView
from knowledge.orders.facts import pieces_left

_JOINS = frozenset({"and", ",", ";", ".", "then", "also", "another", "plus", "和", "与", "跟", "及"})
_TO = frozenset({"to", "for", "into", "换", "改", "成"})
_SAME_AGAIN = frozenset({"another", "second", "other", "另", "再"})
_WORDS_BEFORE = 6
_DEAR = re.compile(r"\b(?:more expensive|most expensive|pricier|dearer)\b|更 贵|最 贵|贵 的")
_CHEAP = re.compile(r"\b(?:less expensive|least expensive|cheaper|cheapest)\b|更 便 宜|最 便 宜|便 宜 的")
_ALL = re.compile(r"\b(?:all|both|every|each)\b|\b[2-9]\b|所 有|全 部|都|[两三四] [个件双把台]")
_SINGLE = re.compile(r"\b(?:1|a|an|single|just) (?:of|piece|unit)\b|\bone of\b|一 [个件双把台]|其 中")


@dataclass(frozen=True)
class Owned:
    """One line of an order of the shopper's."""

    order: OrderView
    line: OrderLineView

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.order.order_number, self.line.item_id)


def owned(orders: Sequence[OrderView]) -> tuple[Owned, ...]:
    """Every line of the orders."""
    return tuple(Owned(order, line) for order in orders for line in order.lines)


def picked(text: str, things: Sequence[Owned], *, states: Sequence[str], swap: bool) -> tuple[Piece, ...]:
    """The pieces that the words are about; empty where they name none.

    Args:
        text: the shopper's words.
        things: what may be meant.
        states: of orders in which it can be done; things in others are meant only where nothing else can be.
        swap: whether words behind a thing tell of the new item.
    """
    said = tokens(text)
    in_state = [thing for thing in things if thing.order.status in states]
    for among in (in_state, list(things)):
        if cues().everything.search(plain(text)):
            return _everything(said, text, among, swap=swap)
        found = _named(said, among, swap=swap)
        if found:
            return found
    return ()


def answered(text: str, piece: Piece, things: Sequence[Owned]) -> tuple[Place, ...]:
    """Which of the candidates the answer to "which of these?" means; several where it does not tell."""
    said = tokens(text)
    among = [thing for thing in things if thing.place in piece.candidates]
    if _ALL.search(" ".join(said)):
        return piece.candidates
    place = re.search(r"\b(first|second|third|last|1st|2nd|3rd)\b|第 ([一二三1-3])|最后", " ".join(said))
    if place:
        word = (place.group(1) or place.group(2) or "last").casefold()
        order = {"first": 0, "1st": 0, "一": 0, "1": 0, "second": 1, "2nd": 1, "二": 1, "2": 1, "third": 2, "3rd": 2}
        at = order.get(word, 2 if word in {"三", "3"} else len(piece.candidates) - 1)
        return piece.candidates[at : at + 1] or piece.candidates
    return tuple(thing.place for thing in _told_apart(said, among))


def _named(said: Sequence[str], things: Sequence[Owned], *, swap: bool) -> tuple[Piece, ...]:
    """The things that are named, each with the words that belong to it."""
    lines = [thing.line for thing in things]
    cut = next((at for at, word in enumerate(said) if _starts_exception(said, at)), len(said))
    found = _without_new_items(mentions(said[:cut], lines), said, swap=swap)
    pieces: list[Piece] = []
    for place, mention in enumerate(found):
        begin = _boundary(said, found[place - 1].end if place else 0, mention.start)
        end = _boundary(said, mention.end, found[place + 1].start) if place + 1 < len(found) else cut
        old, wish = _old_and_new(said[begin:end], mention.start - begin, mention.end - begin, swap=swap)
        pieces += _pieces_of(mention, old, wish, things)
    return _shared_wishes(pieces) if swap else _merged(pieces)


def _starts_exception(said: Sequence[str], at: int) -> bool:
    return at > 0 and bool(
        re.match(r"(?:but nothing|except|but not|apart from|instead of|rather than)\b", " ".join(said[at : at + 2]))
    )


def _without_new_items(found: Sequence[Mention], said: Sequence[str], *, swap: bool) -> list[Mention]:
    """Without those that name the new item: "the jacket for a red jacket"."""
    kept: list[Mention] = []
    for mention in found:
        between = said[kept[-1].end : mention.start] if kept else ()
        again = kept and set(mention.product_ids) & set(kept[-1].product_ids)
        if (
            again
            and not (_SAME_AGAIN & set(between[-2:]))
            and (not swap or _TO & set(between) or CLAUSE_ENDS & set(between))
        ):
            continue
        kept.append(mention)
    return kept


def _boundary(said: Sequence[str], start: int, end: int) -> int:
    """Where the words of the next thing begin: behind the last "and" or comma before it, unless that is far off."""
    joins = [at for at in range(start, end) if said[at] in _JOINS]
    return (
        joins[-1]
        if joins and end - joins[-1] <= _WORDS_BEFORE
        else max(start, end - _WORDS_BEFORE if start == 0 else end)
    )


def _old_and_new(words: Sequence[str], start: int, end: int, *, swap: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that describe the thing itself, and those for what it is to become."""
    before, after = tuple(words[max(0, start - _WORDS_BEFORE) : start]), tuple(words[end:])
    if not swap:
        return (*before, *after), ()
    turn = next((at for at, word in enumerate(after) if word in _TO), None)
    if turn is None:
        return before, after
    return (*before, *after[:turn]), after[turn:]


def _pieces_of(mention: Mention, old: tuple[str, ...], wish: tuple[str, ...], things: Sequence[Owned]) -> list[Piece]:
    among = [thing for thing in things if thing.line.product_id in mention.product_ids and _left(thing)]
    among = among or [thing for thing in things if thing.line.product_id in mention.product_ids]
    fitting, line = _told_apart(old, among), " ".join(old)
    if len(fitting) > 1 and _ALL.search(line) and not _SINGLE.search(line):
        return [Piece((thing.place,), " ".join(wish)) for thing in fitting]
    count = 1 if _SINGLE.search(line) else 0
    return [Piece(tuple(dict.fromkeys(thing.place for thing in fitting)), " ".join(wish), count=count)]


def _left(thing: Owned) -> bool:
    return pieces_left(thing.order)[thing.line.item_id] > 0


def _told_apart(said: Sequence[str], among: Sequence[Owned]) -> list[Owned]:
    """Those that the words describe best: by order number, by their options, by their price."""
    fitting = list(among)
    numbers = [thing for thing in fitting if set(tokens(thing.order.order_number.lstrip("#"))) <= set(said)]
    fitting = numbers or fitting
    scores = [_described(said, thing, fitting) for thing in fitting]
    best = max(scores, default=0)
    fitting = [thing for thing, score in zip(fitting, scores, strict=True) if score == best] if best else fitting
    line = " ".join(said)
    if len(fitting) > 1 and (_DEAR.search(line) or _CHEAP.search(line)):
        prices = [thing.line.unit_price for thing in fitting]
        wanted = (
            max(prices)
            if _DEAR.search(line) and not re.search(r"\bless expensive\b|\bleast expensive\b", line)
            else min(prices)
        )
        fitting = [thing for thing in fitting if thing.line.unit_price == wanted]
    return fitting


def _described(said: Sequence[str], thing: Owned, among: Sequence[Owned]) -> int:
    """How many of its option values the words hold that not all of the others have too."""
    words = set(said)
    count = 0
    for name, value in thing.line.options.items():
        shared = all(other.line.options.get(name) == value for other in among)
        value_words = set(tokens(value)) - STOPS
        if (
            value_words
            and not shared
            and (value_words <= words or (len(value_words) > 1 and _telling(value_words) & words))
        ):
            count += 1
    return count


def _telling(words: set[str]) -> set[str]:
    return {word for word in words if len(word) > 3 and word.isalpha()}


def _everything(said: Sequence[str], text: str, things: Sequence[Owned], *, swap: bool) -> tuple[Piece, ...]:
    """All things but those that are excepted."""
    split = cues().except_.search(plain(text))
    kept = mentions(tokens(text[split.end() :]), [thing.line for thing in things]) if split else ()
    excepted = {product for mention in kept for product in mention.product_ids}
    wish = " ".join(said[next((at for at, word in enumerate(said) if word in _TO), len(said)) :]) if swap else ""
    return tuple(
        Piece((thing.place,), wish) for thing in things if thing.line.product_id not in excepted and _left(thing)
    )


def _shared_wishes(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """With the wish behind the last of several for all before it without their own: "the bed and the chair to …"."""
    shared: list[Piece] = []
    wish = ""
    with_wish = {piece.candidates for piece in pieces if _tells(piece.wish)}
    # Named first and wished for later: "exchange the bottle and the lamp; the bottle to a bigger one".
    named = [piece for piece in pieces if _tells(piece.wish) or piece.candidates not in with_wish]
    for piece in reversed(named):
        wish = piece.wish if _tells(piece.wish) else wish
        shared.append(Piece(piece.candidates, piece.wish if _tells(piece.wish) else wish, count=piece.count))
    return tuple(reversed(shared))


def _tells(wish: str) -> bool:
    return len([word for word in wish.split() if word not in STOPS and word not in _JOINS]) > 1


def _merged(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Each thing once."""
    seen: dict[tuple[Place, ...], Piece] = {}
    for piece in pieces:
        seen.setdefault(piece.candidates, piece)
    return tuple(seen.values())
