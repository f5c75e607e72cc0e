"""Advisor: products to choose from, by what a shopper wishes for and what was shown before."""

import re
from collections.abc import Sequence
from typing import Protocol

from bot.answering.tools.products.beside import Beside
from bot.answering.tools.products.choosing import choose
from bot.answering.tools.products.desk import ProductDesk
from bot.answering.tools.products.memory import on_cards, resolved, wished_before
from bot.answering.tools.products.reading import read_wish
from bot.answering.tools.products.telling import listed
from bot.answering.tools.products.wishes import Wish
from bot.answering.turn import Answer, Turn
from bot.reply import ProductCard
from knowledge.catalog import CatalogProduct

SAID_BESIDE = 3  # content words that say nothing to rows, up to which a message only refines a wish
RANKED = 20  # products that search puts in order

# Wishes that no row speaks of by name, as for gifts: search tells what is meant.
_FUZZY = re.compile(
    r"\b(?:gifts?|presents?)\b(?! ?(?:cards?|wrap\w*|vouchers?))|\b(?:something|anything) for\b"
    r"|(?:送|给|买|挑|选|推荐).{0,12}(?:礼物|礼品(?!卡))|(?:礼物|礼品(?!卡)).{0,4}(?:推荐|送)|送(?:给|妈|爸|女|男|朋|老|同|孩|小|长)"
)
_ANOTHER = re.compile(
    r"\b(?:any|anything|another|others?|else|instead|something|ones)\b|有没有|别的|其他|换|想要|要(?!多)|有.{0,6}[吗么]|呢"
)


class ProductSearch(Protocol):
    """Finds products by what a question means."""

    def __call__(self, turn: Turn, question: str, *, k: int) -> Sequence[str]:
        """Ids, best first."""
        ...


class Advisor:
    """Advises on products.

    Args:
        desk: the products.
        search: puts those in order whose rows alone do not.
        beside: answers what leans on products.
    """

    def __init__(self, desk: ProductDesk, search: ProductSearch, beside: Beside) -> None:
        self._desk, self._search, self._beside = desk, search, beside

    def warm(self, shop: str) -> None:
        """Read what recommendations are made from."""
        self._beside.warm(shop)

    def beside(
        self,
        turn: Turn,
        named: Sequence[CatalogProduct],
        shown: Sequence[ProductCard],
        *,
        chosen: Sequence[str] = (),
        fact: bool = False,
    ) -> Answer | None:
        """What is wished for beside certain products; see Beside.

        Args:
            turn: the message.
            named: the products that it names.
            shown: those that the talk was about last.
            chosen: ids of those among them that it picks out.
            fact: whether a price, stock or choice is asked for.
        """
        shelf = self._desk.shelf(turn.shop, turn.language)
        if shelf is None:
            return None
        meant = shelf.get(chosen) or on_cards(shown, shelf)
        return self._beside.answer(turn, shelf, named, meant, fact=fact)

    def wish(
        self, turn: Turn, text: str, shown: Sequence[ProductCard], *, named: bool, standing_alone: str
    ) -> tuple[Wish, bool]:
        """What the message wishes for together with those before it that it refines, and whether it refines one.

        Args:
            turn: the message.
            text: it without what only ties it to the one before.
            shown: the products that the talk was about last.
            named: whether it names products.
            standing_alone: the question that it stands for, where it leans on another.
        """
        shelf = self._desk.shelf(turn.shop, turn.language)
        if shelf is None:
            return Wish(standing_alone), False
        before = wished_before(turn, shelf) if not named and turn.earlier else None
        now = read_wish(text, shelf, about=before.kind if before else None)
        if before and _refines(now) and (len(shown) > 1 or _ANOTHER.search(turn.text.casefold())):
            return resolved(before.refined(now), on_cards(shown, shelf), shelf), True
        return (now if now.kind or text == standing_alone else read_wish(standing_alone, shelf)), False

    def listing(self, turn: Turn, wish: Wish, found: Sequence[str] = ()) -> Answer | None:
        """Products to choose from.

        Args:
            turn: the question's turn.
            wish: what they must have.
            found: ids that search is sure of, best first; for a wish that names no kind.

        Returns:
            None where nothing tells which products are meant.
        """
        shelf = self._desk.shelf(turn.shop, turn.language)
        if shelf is None:
            return None
        fuzzy = wish.kind is None and is_fuzzy(wish.text)
        ranked = self._search(turn, wish.text, k=RANKED) if fuzzy or (wish.rest and wish.kind) else ()
        found = list(dict.fromkeys(ranked if fuzzy else [*ranked, *found]))
        among = shelf.get(wish.kind.ids) if wish.kind else shelf.get(found)
        if not among:
            return None
        places = {one: place for place, one in enumerate(found)}
        choice = choose(wish, among, shelf, places=places)
        if choice.dropped and not wish.kind and not fuzzy:
            return None
        return listed(turn, choice, wish, ideas=fuzzy) if choice.products else None


def is_fuzzy(text: str) -> bool:
    """Whether a text wishes for ideas, as for a gift."""
    return bool(_FUZZY.search(text.casefold()))


def _refines(now: Wish) -> bool:
    return now.kind is None and not now.empty and len(now.rest) <= SAID_BESIDE
