"""Memory: what a shopper wished for until now, read again from what was said and shown."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.answering.tools.products.reading import read_wish
from bot.answering.tools.products.shelf import Shelf
from bot.answering.tools.products.wishes import Wish
from bot.answering.turn import Turn
from bot.reply import ProductCard
from knowledge.catalog import CatalogProduct

LOOK_BACK = 8  # messages of the shopper, of which wishes are remembered


def wished_before(turn: Turn, shelf: Shelf) -> Wish | None:
    """The wish that the earlier messages add up to; None where they wish for nothing."""
    wish: Wish | None = None
    for said, shown in _heard(turn):
        now = read_wish(said, shelf, about=wish.kind if wish else None)
        if now.kind is not None and len(now.kind.ids) == 1:
            now = replace(now, kind=shelf.kinds.of(shelf.products[now.kind.ids[0]]))  # a product was named
        if now.kind is not None or (wish is None and not now.empty):
            wish = now
        elif wish is not None and not now.empty:
            wish = resolved(wish.refined(now), on_cards(shown, shelf), shelf)
    return wish


def resolved(wish: Wish, beside: Sequence[CatalogProduct], shelf: Shelf) -> Wish:
    """The wish with what it wishes for beside certain products as a limit."""
    if wish.relative is None or not beside:
        return wish
    others = [
        one
        for one in (shelf.get(wish.kind.ids) if wish.kind else shelf.products.values())
        if all(limit.miss(one) == 0 for limit in wish.limits if limit.slot != wish.relative.aspect.name)
    ]
    limit = wish.relative.against(beside, among=others)
    return replace(wish.with_limit(limit), relative=None) if limit else wish


def on_cards(cards: Sequence[ProductCard], shelf: Shelf) -> list[CatalogProduct]:
    """The products of cards, as far as they are still on show."""
    return shelf.get(card.product_id for card in cards)


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
