"""ProductAnswers: whether a question is one that product rows answer, and the answer."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.followups import Asked
from bot.answering.tools.product_wish import ProductWish, product_wish
from bot.answering.tools.products import ProductDesk
from bot.answering.turn import Answer, Turn
from knowledge.catalog import CatalogProduct
from knowledge.documents import Passage
from knowledge.filters import SearchFilters, parse_filters
from knowledge.keywords import tokenize

SEVERAL = 6  # products with one name, up to which all are shown
CLOSE = 0.6  # of the best product's score, for another found product to be shown beside it
ONE_OF_THE_FIRST = 3


class ProductAnswers:
    """Chooses between facts of one product, a list to choose from, and leaving it to the passages.

    Args:
        desk: answers from rows.
    """

    def __init__(self, desk: ProductDesk) -> None:
        self._desk = desk

    def warm(self, shop: str, language: str) -> None:
        """Read the shop's product names."""
        self._desk.shelf(shop, language)

    def answer(self, turn: Turn, asked: Asked, passages: Sequence[Passage]) -> Answer | None:
        """What rows say; None when the question is none for them."""
        wish = product_wish(asked.bare if asked.leaning else asked.text)
        filters = self._filters(turn, asked.text)
        named = [] if asked.leaning and asked.products else self._desk.named(turn, asked.bare)
        meant = named or self._desk.get(turn, asked.products)
        if wish.service and not wish.stock and not wish.options:
            return None
        if len(meant) == 1:
            return self._of_one(turn, asked, wish, meant[0], named=bool(named))
        if len(meant) > 1 and (wish.fact or (named and wish.browse)):
            return self._which(turn, meant)
        if named and len(named) > 1 and not wish.browse:
            return None
        return self._to_choose_from(turn, wish, filters, passages)

    def _of_one(
        self, turn: Turn, asked: Asked, wish: ProductWish, product: CatalogProduct, *, named: bool
    ) -> Answer | None:
        bare_title = named and set(tokenize(asked.bare)) <= set(tokenize(product.title))
        choice = self._desk.names_option(turn, asked.bare, product)
        short = len(tokenize(asked.bare)) <= len(tokenize(product.title)) * named + 2
        if wish.fact or bare_title or (choice and (wish.browse or short or asked.leaning)) or (wish.browse and short):
            return self._desk.facts(turn, asked.bare, product, wish)
        return None

    def _which(self, turn: Turn, products: Sequence[CatalogProduct]) -> Answer | None:
        found = [product.product_id for product in products[:SEVERAL]]
        listing = self._desk.listing(turn, SearchFilters(), ProductWish(), found, many=False)
        if listing is None:
            return None
        _, _, lines = listing.text.partition("\n")
        return replace(listing, text=f"{turn.words.say('which_product')}\n{lines}", reason="several_products")

    def _to_choose_from(
        self, turn: Turn, wish: ProductWish, filters: SearchFilters, passages: Sequence[Passage]
    ) -> Answer | None:
        products = [passage for passage in passages if passage.chunk.kind == "product"]
        priced = filters.price_min is not None or filters.price_max is not None
        ends = wish.cheapest or wish.dearest
        if not (priced or ends or wish.browse or filters.category) or not products:
            return None
        first_kinds = [passage.chunk.kind for passage in passages[:ONE_OF_THE_FIRST]]
        if not priced and not ends and first_kinds.count("product") * 2 < len(first_kinds):
            return None
        best = products[0].score
        found = [
            str(passage.chunk.attributes.get("product_id", "")) for passage in products if passage.score >= best * CLOSE
        ]
        return self._desk.listing(turn, filters, wish, found, many=bool(filters.category))

    def _filters(self, turn: Turn, question: str) -> SearchFilters:
        """Price range and category as the question states them."""
        shelf = self._desk.shelf(turn.shop, turn.language)
        if shelf is None:
            return SearchFilters()
        categories = sorted({product.category for product in shelf.products.values() if product.category})
        currencies = sorted({product.currency for product in shelf.products.values()})
        filters = parse_filters(question, categories=categories, currencies=currencies)
        words = set(tokenize(question))
        named = [name for name in categories if (parts := set(tokenize(name))) and parts <= words]
        return replace(filters, category=filters.category or (named[0] if len(named) == 1 else None))
