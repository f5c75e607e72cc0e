"""ProductAnswers: whether a question is one that product rows answer, and the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.answerable import SHOWN_FROM
from bot.answering.followups import Asked
from bot.answering.tools.product_wish import ProductWish, product_wish
from bot.answering.tools.products import ProductDesk
from bot.answering.turn import Answer, Turn
from bot.reply import ProductCard
from knowledge.catalog import CatalogProduct
from knowledge.documents import Passage
from knowledge.filters import SearchFilters, parse_filters
from knowledge.keywords import tokenize

SEVERAL = 6  # products with one name, up to which all are shown
COMPARED = 3
LAST_WORDS = 3  # messages, in which a product is looked for that the next one leans on
CLOSE = 0.75  # of the best product's chance, for another found product to be shown beside it
ONE_OF_THE_FIRST = 3
BESIDE_CATEGORY = 1  # content words beside a category's name, up to which the question just wants to see it


@dataclass(frozen=True)
class Meaning:
    """What a question means in terms of products.

    Attributes:
        products: that it names, or that were shown before and that it leans on; several when it fits them equally.
        named: it names them itself.
        compared: the products it wants set side by side.
    """

    wish: ProductWish
    products: tuple[CatalogProduct, ...]
    named: bool
    compared: tuple[CatalogProduct, ...]

    @property
    def about(self) -> tuple[str, ...]:
        """Ids of the products that passages should be about; none when the question is not about certain ones."""
        if self.wish.service:
            return ()
        if self.compared:
            return tuple(product.product_id for product in self.compared)
        return (self.products[0].product_id,) if len(self.products) == 1 else ()

    def beside_names(self, question: str) -> str:
        """The question without the words of the products' names: what it asks about them."""
        names = {word for product in (*self.products, *self.compared) for word in tokenize(product.title)}
        return " ".join(word for word in question.split() if not tokenize(word) or not set(tokenize(word)) <= names)


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

    def shown_before(self, turn: Turn) -> tuple[ProductCard, ...]:
        """The products that the talk was about last: those shown as cards, else those named in the last words."""
        said = turn.earlier[-LAST_WORDS:]
        for message in reversed(said):
            if message.products:
                return message.products
        for message in reversed(said):
            named = self._desk.all_named(turn, message.text)
            if named:
                return self._desk.cards(turn, [product.product_id for product in named[:SEVERAL]])
        return ()

    def meaning(self, turn: Turn, asked: Asked) -> Meaning:
        """Which products the question is about, and what it wants of them."""
        wish = product_wish(asked.bare if asked.leaning else asked.text)
        named = self._desk.named(turn, asked.bare)
        leans = asked.products and not named
        meant = self._desk.get(turn, asked.products) if leans else named
        compared = self._desk.all_named(turn, asked.bare)[:COMPARED] if wish.compare else []
        return Meaning(wish, tuple(meant), bool(named), tuple(compared) if len(compared) > 1 else ())

    def answer(self, turn: Turn, asked: Asked, meaning: Meaning, passages: Sequence[Passage]) -> Answer | None:
        """What rows say; None when the question is none for them."""
        wish, meant = meaning.wish, meaning.products
        if (wish.service and not wish.stock and not wish.options) or meaning.compared:
            return None
        if self._priced(turn, asked) and not wish.fact:
            return self._to_choose_from(turn, asked, wish, passages)
        if len(meant) == 1:
            return self._of_one(turn, asked, meaning, meant[0])
        if len(meant) > 1 and (wish.fact or (meaning.named and wish.browse)):
            return self._which(turn, meant)
        if meaning.named and not wish.browse:
            return None
        if wish.fact and not wish.browse and (found := self._found_first(turn, passages)):
            return self._desk.facts(turn, asked.bare, found, wish)
        return self._to_choose_from(turn, asked, wish, passages)

    def cards(self, turn: Turn, meaning: Meaning, answer: Answer) -> Answer:
        """The answer with the cards of the products that it is about."""
        if answer.products or answer.outcome != "answered" or not meaning.about:
            return answer
        return replace(answer, products=self._desk.cards(turn, meaning.about))

    def _of_one(self, turn: Turn, asked: Asked, meaning: Meaning, product: CatalogProduct) -> Answer | None:
        wish, words = meaning.wish, set(tokenize(asked.bare))
        title = set(tokenize(product.title)) if meaning.named else set()
        beside = words - title
        bare_title = meaning.named and not beside
        choice = self._desk.names_option(turn, asked.bare, product)
        if wish.fact or bare_title or (choice and len(beside) <= 3) or (wish.browse and len(beside) <= 1):
            return self._desk.facts(turn, asked.bare, product, wish)
        return None

    def _found_first(self, turn: Turn, passages: Sequence[Passage]) -> CatalogProduct | None:
        """The product that search is sure of, where the question describes it without its name."""
        if not passages or passages[0].chunk.kind != "product" or passages[0].score < SHOWN_FROM:
            return None
        found = self._desk.get(turn, [str(passages[0].chunk.attributes["product_id"])])
        return found[0] if found else None

    def _which(self, turn: Turn, products: Sequence[CatalogProduct]) -> Answer | None:
        found = [product.product_id for product in products[:SEVERAL]]
        listing = self._desk.listing(turn, SearchFilters(), ProductWish(), found, many=False)
        if listing is None:
            return None
        _, _, lines = listing.text.partition("\n")
        return replace(listing, text=f"{turn.words.say('which_product')}\n{lines}", reason="several_products")

    def _to_choose_from(
        self, turn: Turn, asked: Asked, wish: ProductWish, passages: Sequence[Passage]
    ) -> Answer | None:
        products = [passage for passage in passages if passage.chunk.kind == "product"]
        filters, just_category = self._filters(turn, asked.text)
        priced = filters.price_min is not None or filters.price_max is not None
        ends = wish.cheapest or wish.dearest
        if not (priced or ends or wish.browse or just_category) or not (products or filters.category):
            return None
        first_kinds = [passage.chunk.kind for passage in passages[:ONE_OF_THE_FIRST]]
        if not (priced or ends or filters.category) and first_kinds.count("product") * 2 < len(first_kinds):
            return None
        chances = [passage.score for passage in products]
        best = max(chances, default=0.0)
        if best < SHOWN_FROM and not (priced or ends or filters.category):
            return None
        found = [
            str(passage.chunk.attributes.get("product_id", ""))
            for passage, chance in zip(products, chances, strict=True)
            if chance >= best * CLOSE
        ]
        return self._desk.listing(turn, filters, wish, found, many=bool(filters.category))

    def _priced(self, turn: Turn, asked: Asked) -> bool:
        filters, _ = self._filters(turn, asked.text)
        return filters.price_min is not None or filters.price_max is not None

    def _filters(self, turn: Turn, question: str) -> tuple[SearchFilters, bool]:
        """Price range and category as the question states them, and whether it says little more than a category."""
        shelf = self._desk.shelf(turn.shop, turn.language)
        if shelf is None:
            return SearchFilters(), False
        categories = sorted({product.category for product in shelf.products.values() if product.category})
        currencies = sorted({product.currency for product in shelf.products.values()})
        filters = parse_filters(question, categories=categories, currencies=currencies)
        words = set(tokenize(question))
        named = [name for name in categories if (parts := set(tokenize(name))) and parts <= words]
        category = filters.category or (named[0] if len(named) == 1 else None)
        beside = words - set(tokenize(category)) if category else words
        return replace(filters, category=category), bool(category) and len(beside) <= BESIDE_CATEGORY
