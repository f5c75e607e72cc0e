"""Advisor: products to choose from, by what a shopper wishes for and what was shown before."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from bot.answering.followups import Asked
from bot.answering.tools.products.choosing import choose
from bot.answering.tools.products.desk import ProductDesk
from bot.answering.tools.products.limits import MeasureLimit
from bot.answering.tools.products.reading import read_wish
from bot.answering.tools.products.shelf import Shelf
from bot.answering.tools.products.telling import card, listed, speaks_of, told_of, why
from bot.answering.tools.products.wishes import Order, Wish
from bot.answering.turn import Answer, Turn
from bot.reply import ProductCard
from knowledge.catalog import CatalogProduct
from knowledge.keywords import tokenize
from knowledge.recommendations import Recommendations, Recommended

LOOK_BACK = 8  # messages of the shopper, of which wishes are remembered
SAID_BESIDE = 3  # content words that say nothing to rows, up to which a message only refines a wish
RANKED = 20  # products that search puts in order
SUGGESTED = 4
TOO_MUCH = 2  # wishes that a cheaper product would miss, from which it is none of what is wanted

_GOES_WITH = re.compile(
    r"\bgo(?:es)? (?:\w+ )?with\b|\bpair(?:s|ed)? with\b|\baccessor(?:y|ies)\b|\balso need\b|\bbought together\b"
    r"|\b(?:need|buy|get) (?:to go )?with (?:it|them|this|that)\b"
    r"|搭配|配什么|配哪|配套|配件|一起买|还(?:需要|要|该)(?:买|配|准备)?什么"
)
_LIKE = re.compile(
    r"\bsimilar\b|\b(?:something|anything|one|ones) like\b|\balternatives?\b|\bcomparable\b"
    r"|类似|相似|替代|平替|同类|差不多的"
)
_FITS = re.compile(r"\bfits?\b|\btakes?\b|\bholds?\b|\broom for\b|放得下|放得进|能放|能装|装得下|塞得下|适合")
# Wishes that no row speaks of by name, as for gifts: search tells what is meant.
_FUZZY = re.compile(
    r"\b(?:gifts?|presents?)\b|\b(?:something|anything) for\b|礼物|礼品(?!卡)|送给|送(?:妈|爸|女|男|朋|老|同|孩|小|长)"
)
_MORE = re.compile(
    r"\b(?:something|anything|what|show me|any|some) (?:else|others?|more)\b|\b(?:other|more) (?:ones|options)\b"
    r"|换一?[个款批]|还有(?:别的|其他|没有|吗)|其他的|别的"
)
_WHICH = re.compile(
    r"\bwhich\b|\bof (?:those|these|them|the two)\b|\bthe \w+er (?:one )?of\b|哪(?:个|款|双|件|种|一)|谁|其中|这几"
)
_ANOTHER = re.compile(
    r"\b(?:any|anything|another|others?|else|instead|something|ones)\b|有没有|别的|其他|换|想要|要(?!多)|有.{0,6}[吗么]|呢"
)
_POINTS = re.compile(r"\b(?:it|its|this|that|them|they)\b|它|这|那|上一?[个款双件]|刚才")


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
        recommendations: what is alike, and what goes together.
    """

    def __init__(self, desk: ProductDesk, search: ProductSearch, recommendations: Recommendations) -> None:
        self._desk, self._search, self._recommendations = desk, search, recommendations

    def warm(self, shop: str) -> None:
        """Read what recommendations are made from."""
        self._recommendations.warm(shop)

    def beside(
        self,
        turn: Turn,
        asked: Asked,
        named: Sequence[CatalogProduct],
        shown: Sequence[ProductCard],
        *,
        fact: bool = False,
    ) -> Answer | None:
        """What is wished for beside certain products: cheaper ones, similar ones, what goes with them, what fits.

        Args:
            turn: the message.
            asked: it standing alone.
            named: the products that it names.
            shown: those that the talk was about last.
            fact: whether a price, stock or choice is asked for, unless it is a cheaper one.

        Returns:
            None where the message is about none.
        """
        shelf = self._desk.shelf(turn.shop, turn.language)
        if shelf is None:
            return None
        plain = turn.text.casefold()
        meant = list(named) or self._pointed_at(turn, asked, shown)
        goes_with, like = _GOES_WITH.search(plain), _LIKE.search(plain)
        if not meant and (goes_with or like) and (kind := read_wish(turn.text, shelf).kind):
            meant = shelf.get(kind.ids)
        if not meant:
            return None
        if _MORE.search(plain) and not named and (others := self._others(turn, shelf)):
            return others
        if goes_with:
            return self._together(turn, meant[0])
        wish = read_wish(turn.text, shelf, about=shelf.kinds.of(meant[0]))
        if like:
            return self._alike(turn, wish, meant[0], shelf)
        if len(meant) == 1 and _FITS.search(plain) and (fits := self._fits(turn, wish, meant[0], shelf)):
            return fits
        if fact and wish.relative is None:
            return None
        if wish.order and len(meant) > 1 and not named and not wish.kind and _WHICH.search(plain):
            only = replace(wish, order=replace(wish.order, one=True), relative=None)
            return listed(turn, choose(only, meant, shelf), only)
        if wish.relative and (not named or wish.kind is None or _names_only(wish, named)):
            return self._relative(turn, wish, meant, shelf)
        return None

    def wish(self, turn: Turn, asked: Asked, shown: Sequence[ProductCard], *, named: bool) -> tuple[Wish, bool]:
        """What the message wishes for together with those before it that it refines, and whether it refines one."""
        shelf = self._desk.shelf(turn.shop, turn.language)
        if shelf is None:
            return Wish(asked.text), False
        before = self._before(turn, shelf) if not named and turn.earlier else None
        now = read_wish(asked.bare if asked.leaning else asked.text, shelf, about=before.kind if before else None)
        if before and _refines(now) and (len(shown) > 1 or _ANOTHER.search(turn.text.casefold())):
            return self._resolved(before.refined(now), self._cards(turn, shown), shelf), True
        return (now if now.kind or not asked.leaning else read_wish(asked.text, shelf)), False

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
        fuzzy = wish.kind is None and _FUZZY.search(wish.text.casefold())
        ranked = self._search(turn, wish.text, k=RANKED) if fuzzy or (wish.rest and wish.kind) else ()
        found = list(dict.fromkeys(ranked if fuzzy else [*ranked, *found]))
        among = shelf.get(wish.kind.ids) if wish.kind else shelf.get(found)
        if not among:
            return None
        places = {one: place for place, one in enumerate(found)}
        choice = choose(wish, among, shelf, places=places)
        if choice.dropped and not wish.kind and not fuzzy:
            return None
        return listed(turn, choice, wish, ideas=bool(fuzzy)) if choice.products else None

    def _pointed_at(self, turn: Turn, asked: Asked, shown: Sequence[ProductCard]) -> list[CatalogProduct]:
        chosen = self._desk.get(turn, asked.products) if asked.chosen else []
        return chosen or self._cards(turn, shown)

    def _cards(self, turn: Turn, shown: Sequence[ProductCard]) -> list[CatalogProduct]:
        return self._desk.get(turn, [card.product_id for card in shown])

    def _others(self, turn: Turn, shelf: Shelf) -> Answer | None:
        """What else fits the wish until now; None where the message adds to it, or nothing else fits."""
        before = self._before(turn, shelf)
        if before is None or before.kind is None or not read_wish(turn.text, shelf, about=before.kind).empty:
            return None
        seen = {card.product_id for message in turn.earlier for card in message.products}
        among = [product for product in shelf.get(before.kind.ids) if product.product_id not in seen]
        wish = replace(before, order=replace(before.order, one=False) if before.order else None)
        choice = choose(wish, among, shelf)
        return listed(turn, choice, wish) if choice.products else None

    def _together(self, turn: Turn, product: CatalogProduct) -> Answer | None:
        found = self._recommendations.together(turn.shop, product.product_id, k=SUGGESTED)
        return self._recommended(turn, product, found, "found_together")

    def _alike(self, turn: Turn, wish: Wish, product: CatalogProduct, shelf: Shelf) -> Answer | None:
        found = self._recommendations.similar(turn.shop, product.product_id, k=RANKED)
        others = shelf.get(one.product_id for one in found)
        limited = replace(wish, kind=None, order=None, relative=None)
        if wish.relative and (limit := wish.relative.against([product], among=others)):
            limited = limited.with_limit(limit)
        if not limited.limits:
            return self._recommended(turn, product, found[:SUGGESTED], "found_similar")
        places = {one.product_id: place for place, one in enumerate(found)}
        choice = choose(limited, others, shelf, places=places)
        return listed(turn, choice, limited) if choice.products else None

    def _recommended(
        self, turn: Turn, product: CatalogProduct, found: Sequence[Recommended], lead: str
    ) -> Answer | None:
        products = self._desk.get(turn, [one.product_id for one in found])
        if not products:
            return None
        said = {one.product_id: turn.words.say(f"why_{one.reason}", title=product.title) for one in found}
        name = [word for word in tokenize(product.title) if not word.isdigit()]
        reasons = [
            (speaks_of(one, name) if lead == "found_together" else "") or said[one.product_id] for one in products
        ]
        return told_of(
            turn, turn.words.say(lead, title=product.title), products, reasons, reason="products_recommended"
        )

    def _fits(self, turn: Turn, wish: Wish, product: CatalogProduct, shelf: Shelf) -> Answer | None:
        """Whether a laptop fits into a product, and what it would fit into instead."""
        limit = next(
            (one for one in wish.limits if isinstance(one, MeasureLimit) and one.aspect.name == "screen"), None
        )
        if limit is None or not limit.aspect.values(product):
            return None
        value = limit.aspect.told(product) or limit.said
        if limit.miss(product) == 0:
            said = turn.words.say("fits_yes", title=product.title, value=value)
            return told_of(turn, said, [product], [""], reason="product_fact")
        only = Wish(turn.text, limits=(limit,))
        kind = shelf.kinds.of(product)
        others = [one for one in shelf.get(kind.ids) if limit.miss(one) == 0] if kind else []
        choice = choose(only, others, shelf)
        said = turn.words.say("fits_no", title=product.title, value=value)
        if not choice.products or choice.dropped:
            return told_of(turn, said, [product], [""], reason="product_fact")
        said = turn.words.join(said, turn.words.say("fits_instead"))
        shown = choice.products[: SUGGESTED - 1]
        instead = told_of(turn, said, shown, [why(turn, one, only) for one in shown], reason="product_fact")
        return replace(instead, products=(card(product, reason=why(turn, product, only)), *instead.products))

    def _relative(self, turn: Turn, wish: Wish, meant: Sequence[CatalogProduct], shelf: Shelf) -> Answer | None:
        """Products beyond those meant: cheaper, lighter, bigger; else the one of them that is it most."""
        before = self._before(turn, shelf) if wish.kind is None else None
        base = before.refined(wish) if before and before.kind else wish
        if base.kind is None or _names_only(base, meant):
            base = replace(base, kind=shelf.kinds.of(meant[0]))
        resolved = self._resolved(base, meant, shelf)
        if resolved.relative is not None or base.kind is None or base.relative is None:
            return None
        among = shelf.get(base.kind.ids)
        beyond = next(limit for limit in resolved.limits if limit.slot == base.relative.aspect.name)
        choice = choose(resolved, [product for product in among if beyond.miss(product) == 0], shelf)
        if choice.products and len(choice.dropped) < TOO_MUCH:
            return listed(turn, choice, resolved)
        # Nothing goes beyond them: then the one of all that fit which is it most.
        rest = tuple(limit for limit in resolved.limits if limit is not beyond)
        most = Wish(turn.text, base.kind, rest, Order(base.relative.aspect, base.relative.way, one=True))
        best = choose(most, among, shelf)
        return listed(turn, replace(best, products=best.products[:1]), most)

    def _resolved(self, wish: Wish, beside: Sequence[CatalogProduct], shelf: Shelf) -> Wish:
        """The wish with its relative one as a limit."""
        if wish.relative is None or not beside:
            return wish
        others = [
            one
            for one in (shelf.get(wish.kind.ids) if wish.kind else shelf.products.values())
            if all(limit.miss(one) == 0 for limit in wish.limits if limit.slot != wish.relative.aspect.name)
        ]
        limit = wish.relative.against(beside, among=others)
        return replace(wish.with_limit(limit), relative=None) if limit else wish

    def _before(self, turn: Turn, shelf: Shelf) -> Wish | None:
        """What the shopper wished for until now."""
        wish: Wish | None = None
        for said, shown in _heard(turn):
            now = read_wish(said, shelf, about=wish.kind if wish else None)
            if now.kind is not None and len(now.kind.ids) == 1:
                now = replace(now, kind=shelf.kinds.of(shelf.products[now.kind.ids[0]]))  # a product was named
            if now.kind is not None or (wish is None and not now.empty):
                wish = now
            elif wish is not None and not now.empty:
                wish = self._resolved(wish.refined(now), self._cards(turn, shown), shelf)
        return wish


def _heard(turn: Turn) -> Iterator[tuple[str, Sequence[ProductCard]]]:
    """The shopper's earlier messages, each with the products shown before it."""
    said = [message for message in turn.earlier if message.role == "user"][-LOOK_BACK:]
    first = said[0].id if said else ""
    shown: Sequence[ProductCard] = ()
    begun = False
    for message in turn.earlier:
        begun = begun or message.id == first
        if message.role == "user" and begun:
            yield message.text, shown
        shown = message.products or shown


def _refines(now: Wish) -> bool:
    return now.kind is None and not now.empty and len(now.rest) <= SAID_BESIDE


def _names_only(wish: Wish, named: Sequence[CatalogProduct]) -> bool:
    """Whether the kind that was read is but a part of the product's name."""
    return bool(wish.kind and {one.product_id for one in named} >= set(wish.kind.ids))
