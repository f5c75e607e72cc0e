"""Beside: what is wished for beside certain products: cheaper ones, similar ones, what goes with them, what fits."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answering.tools.products.choosing import choose
from bot.answering.tools.products.limits import MeasureLimit
from bot.answering.tools.products.memory import resolved, wished_before
from bot.answering.tools.products.reading import read_wish
from bot.answering.tools.products.shelf import Shelf
from bot.answering.tools.products.telling import card, listed, speaks_of, told_of, why
from bot.answering.tools.products.wishes import Order, Wish
from bot.answering.turn import Answer, Turn
from knowledge.catalog import CatalogProduct
from knowledge.keywords import tokenize
from knowledge.recommendations import Recommendations, Recommended

RANKED = 20  # similar products, among which limits choose
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
_MORE = re.compile(
    r"\b(?:something|anything|what|show me|any|some) (?:else|others?|more)\b|\b(?:other|more) (?:ones|options)\b"
    r"|换一?[个款批]|还有(?:别的|其他|没有|吗)|其他的|别的"
)
_THAN = re.compile(r"\bthan\b|比")
_WHICH = re.compile(
    r"\bwhich\b|\bof (?:those|these|them|the two)\b|\bthe \w+er (?:one )?of\b|哪(?:个|款|双|件|种|一)|谁|其中|这几"
)


class Beside:
    """Answers wishes that lean on products.

    Args:
        recommendations: what is alike, and what goes together.
    """

    def __init__(self, recommendations: Recommendations) -> None:
        self._recommendations = recommendations

    def warm(self, shop: str) -> None:
        """Read what recommendations are made from."""
        self._recommendations.warm(shop)

    def answer(
        self,
        turn: Turn,
        shelf: Shelf,
        named: Sequence[CatalogProduct],
        shown: Sequence[CatalogProduct],
        *,
        fact: bool = False,
    ) -> Answer | None:
        """What is wished for beside products.

        Args:
            turn: the message.
            shelf: the shop's products.
            named: those that the message names.
            shown: those that the talk was about last.
            fact: whether a price, stock or choice is asked for; then only a cheaper one, say, is wished for.

        Returns:
            None where the message is about none.
        """
        plain = turn.text.casefold()
        meant = list(named or shown) or _of_kind(plain, turn, shelf)
        if not meant:
            return None
        if shown and not named and _MORE.search(plain) and (others := _others(turn, shelf)):
            return others
        if _GOES_WITH.search(plain):
            return self._together(turn, meant[0], shelf)
        wish = read_wish(turn.text, shelf, about=shelf.kinds.of(meant[0]))
        if _LIKE.search(plain):
            return self._alike(turn, wish, meant[0], shelf)
        if len(meant) == 1 and _FITS.search(plain) and (fits := _fits(turn, wish, meant[0], shelf)):
            return fits
        if fact and wish.relative is None:
            return None
        if not named and (best := _best_of(turn, wish, meant, shelf)):
            return best
        if wish.relative and (not named or _THAN.search(plain) or wish.kind is None or _names_only(wish, named)):
            return _relative(turn, wish, meant, shelf)
        return None

    def _together(self, turn: Turn, product: CatalogProduct, shelf: Shelf) -> Answer | None:
        found = self._recommendations.together(turn.shop, product.product_id, k=SUGGESTED)
        return _recommended(turn, product, found, shelf, "found_together")

    def _alike(self, turn: Turn, wish: Wish, product: CatalogProduct, shelf: Shelf) -> Answer | None:
        found = self._recommendations.similar(turn.shop, product.product_id, k=RANKED)
        others = shelf.get(one.product_id for one in found)
        limited = replace(wish, kind=None, order=None, relative=None)
        if wish.relative and (limit := wish.relative.against([product], among=others)):
            limited = limited.with_limit(limit)
        if not limited.limits:
            return _recommended(turn, product, found[:SUGGESTED], shelf, "found_similar")
        places = {one.product_id: place for place, one in enumerate(found)}
        choice = choose(limited, others, shelf, places=places)
        return listed(turn, choice, limited) if choice.products else None


def _of_kind(plain: str, turn: Turn, shelf: Shelf) -> list[CatalogProduct]:
    """Products of the kind for which something similar or to go with it is looked for: "what goes with a tent?"."""
    if not (_GOES_WITH.search(plain) or _LIKE.search(plain)):
        return []
    kind = read_wish(turn.text, shelf).kind
    return shelf.get(kind.ids) if kind else []


def _best_of(turn: Turn, wish: Wish, meant: Sequence[CatalogProduct], shelf: Shelf) -> Answer | None:
    """Which of several shown is the lightest; None where that is not asked."""
    if wish.order is None or wish.kind or len(meant) < 2 or not _WHICH.search(turn.text.casefold()):
        return None
    only = replace(wish, order=replace(wish.order, one=True), relative=None)
    return listed(turn, choose(only, meant, shelf), only)


def _others(turn: Turn, shelf: Shelf) -> Answer | None:
    """What else fits the wish until now; None where the message adds to it."""
    before = wished_before(turn, shelf)
    if before is None or before.kind is None or not read_wish(turn.text, shelf, about=before.kind).empty:
        return None
    seen = {card.product_id for message in turn.earlier for card in message.products}
    among = [product for product in shelf.get(before.kind.ids) if product.product_id not in seen]
    wish = replace(before, order=replace(before.order, one=False) if before.order else None)
    choice = choose(wish, among, shelf)
    if not choice.products:
        return Answer(turn.words.say("found_no_more"), "answered", "facts", "no_more_products")
    return listed(turn, choice, wish)


def _recommended(
    turn: Turn, product: CatalogProduct, found: Sequence[Recommended], shelf: Shelf, lead: str
) -> Answer | None:
    products = shelf.get(one.product_id for one in found)
    if not products:
        return None
    said = {one.product_id: turn.words.say(f"why_{one.reason}", title=product.title) for one in found}
    name = [word for word in tokenize(product.title) if not word.isdigit()]
    reasons = [(speaks_of(one, name) if lead == "found_together" else "") or said[one.product_id] for one in products]
    return told_of(turn, turn.words.say(lead, title=product.title), products, reasons, reason="products_recommended")


def _fits(turn: Turn, wish: Wish, product: CatalogProduct, shelf: Shelf) -> Answer | None:
    """Whether a laptop fits into a product, and what it would fit into instead."""
    limit = next((one for one in wish.limits if isinstance(one, MeasureLimit) and one.aspect.name == "screen"), None)
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


def _relative(turn: Turn, wish: Wish, meant: Sequence[CatalogProduct], shelf: Shelf) -> Answer | None:
    """Products beyond those meant: cheaper, lighter, bigger; else the one of them that is it most."""
    before = wished_before(turn, shelf) if wish.kind is None else None
    base = before.refined(wish) if before and before.kind else wish
    if base.kind is None or _names_only(base, meant):
        base = replace(base, kind=shelf.kinds.of(meant[0]))
    beside = resolved(base, meant, shelf)
    if beside.relative is not None or base.kind is None or base.relative is None:
        return None
    among = shelf.get(base.kind.ids)
    beyond = next(limit for limit in beside.limits if limit.slot == base.relative.aspect.name)
    choice = choose(beside, [product for product in among if beyond.miss(product) == 0], shelf)
    if choice.products and len(choice.dropped) < TOO_MUCH:
        return listed(turn, choice, beside)
    # Nothing goes beyond them: then the one of all that fit which is it most.
    rest = tuple(limit for limit in beside.limits if limit is not beyond)
    most = Wish(turn.text, base.kind, rest, Order(base.relative.aspect, base.relative.way, one=True))
    best = choose(most, among, shelf)
    return listed(turn, replace(best, products=best.products[:1]), most)


def _names_only(wish: Wish, named: Sequence[CatalogProduct]) -> bool:
    """Whether the kind that was read is but a part of the product's name."""
    return bool(wish.kind and {one.product_id for one in named} >= set(wish.kind.ids))
