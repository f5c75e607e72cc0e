"""ProductDesk: prices, stock and choices of products, filled in by code from rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.answering.money import money
from bot.answering.tools.product_names import ProductNames, nearest, separate
from bot.answering.tools.product_options import Asked, asked_options, options_of
from bot.answering.tools.product_wish import ProductWish
from bot.answering.turn import Answer, Turn
from bot.reply import ProductCard
from knowledge.catalog import Catalog, CatalogProduct, CatalogVariant
from knowledge.filters import SearchFilters
from knowledge.versions import KnowledgeVersions

FEW = 5  # pieces, from which on the shopper is told that only so many are left
SHOWN = 5
WELL_NAMED = 0.2  # share of a name, for it to be one of several that are compared


@dataclass(frozen=True)
class Shelf:
    """One version of one shop's products, in one language, with the names they go by in all."""

    version: int
    products: Mapping[str, CatalogProduct]
    names: ProductNames


class ProductDesk:
    """Answers what rows can answer.

    Args:
        catalog: the products as rows.
        versions: which of them are on show.
        languages: of the product names.
    """

    def __init__(
        self, catalog: Catalog, versions: KnowledgeVersions, *, languages: Sequence[str] = ("en", "zh")
    ) -> None:
        self._catalog, self._versions, self._languages = catalog, versions, languages
        self._shelves: dict[tuple[str, str], Shelf] = {}

    def shelf(self, shop: str, language: str) -> Shelf | None:
        """The shop's products now; read again when another version becomes active."""
        version = self._versions.active(shop)
        if version is None:
            return None
        held = self._shelves.get((shop, language))
        if held is None or held.version != version:
            products = {product.product_id: product for product in self._catalog.all(shop, language=language)}
            named = [product for other in self._languages for product in self._catalog.all(shop, language=other)]
            held = Shelf(version, products, ProductNames(named))
            self._shelves[shop, language] = held
        return held

    def named(self, turn: Turn, question: str) -> list[CatalogProduct]:
        """The product that the question names, or several that it fits equally well."""
        shelf = self.shelf(turn.shop, turn.language)
        if shelf is None:
            return []
        found = nearest(shelf.names.named_in(question))
        return [shelf.products[one.product_id] for one in found if one.product_id in shelf.products]

    def all_named(self, turn: Turn, question: str) -> list[CatalogProduct]:
        """Every product that the question names well enough, the best match first."""
        shelf = self.shelf(turn.shop, turn.language)
        if shelf is None:
            return []
        found = [one for one in separate(shelf.names.named_in(question)) if one.share >= WELL_NAMED]
        return [shelf.products[one.product_id] for one in found if one.product_id in shelf.products]

    def cards(self, turn: Turn, product_ids: Sequence[str]) -> tuple[ProductCard, ...]:
        """The cards of products by id."""
        return tuple(card(product) for product in self.get(turn, product_ids))

    def get(self, turn: Turn, product_ids: Sequence[str]) -> list[CatalogProduct]:
        """Products by id, in that order, as far as they are still on show."""
        shelf = self.shelf(turn.shop, turn.language)
        return (
            [shelf.products[product_id] for product_id in product_ids if product_id in shelf.products] if shelf else []
        )

    def facts(self, turn: Turn, question: str, product: CatalogProduct, wish: ProductWish) -> Answer:
        """Price, stock or choices of one product or of the variants that the question names."""
        asked = asked_options(question, [product])
        fitting = [variant for variant in product.variants if asked.values and asked.fits(variant)]
        if asked.values and not fitting:
            text = self._missing(turn, product, asked)
        elif fitting:
            text = _of_variants(turn, product, fitting, asked, wish)
        elif absent := self._known_elsewhere(turn, question, product):
            text = self._missing(turn, product, absent)
        elif wish.options:
            text = _choices(turn, product)
        else:
            text = _of_product(turn, product, wish)
        return Answer(text, "answered", "facts", "product_fact", products=(card(product),))

    def names_option(self, turn: Turn, question: str, product: CatalogProduct) -> bool:
        """Whether the question names a choice, of this product or as other products have it."""
        return bool(asked_options(question, [product]).values or self._known_elsewhere(turn, question, product))

    def listing(
        self, turn: Turn, filters: SearchFilters, wish: ProductWish, found: Sequence[str], *, many: bool
    ) -> Answer | None:
        """Products to choose from.

        Args:
            turn: the question's turn.
            filters: price range and category that the question states.
            wish: whether the cheapest or dearest is wanted.
            found: product ids as search ranked them.
            many: whether all of a category are meant, or only what search found.
        """
        shelf = self.shelf(turn.shop, turn.language)
        if shelf is None:
            return None
        fitting = [product for product in shelf.products.values() if _admits(product, filters)] if many else []
        ranked = [
            shelf.products[one] for one in found if one in shelf.products and _admits(shelf.products[one], filters)
        ]
        products = list({product.product_id: product for product in [*ranked, *fitting]}.values())
        if many:
            products = [product for product in products if product in fitting]
        if not products:
            return Answer(turn.words.say("found_none"), "refused", "facts", "no_such_product") if many else None
        if wish.cheapest or wish.dearest:
            products = sorted(
                (product for product in products if product.price is not None),
                key=lambda product: (product.price or Decimal(0)) * (-1 if wish.dearest else 1),
            )
        return _listed(turn, products, wish)

    def _missing(self, turn: Turn, product: CatalogProduct, asked: Asked) -> str:
        words = turn.words
        values = _values(turn, asked)
        return words.join(
            words.say("variant_missing", title=product.title, options=values), _choices(turn, product, brief=True)
        )

    def _known_elsewhere(self, turn: Turn, question: str, product: CatalogProduct) -> Asked | None:
        """Choices named in the question that only other products have."""
        shelf = self.shelf(turn.shop, turn.language)
        mine = options_of(product)
        if shelf is None or not mine:
            return None
        asked = asked_options(
            question, [other for other in shelf.products.values() if set(options_of(other)) & set(mine)]
        )
        values = tuple((name, value) for name, value in asked.values if name in mine and value not in mine[name])
        return Asked(values) if values else None


def card(product: CatalogProduct) -> ProductCard:
    """A product as shown beside an answer."""
    return ProductCard(
        product_id=product.product_id,
        title=product.title,
        category=product.category,
        brand=product.brand,
        price=product.price,
        currency=product.currency,
        stock=product.stock,
        url=_web(product.url),
        image_url=_web(product.image_url),
        options=options_of(product),
    )


def _web(url: str | None) -> str | None:
    return url if url and url.startswith(("http://", "https://")) else None


def _admits(product: CatalogProduct, filters: SearchFilters) -> bool:
    if filters.category and product.category.casefold() != filters.category.casefold():
        return False
    if filters.price_min is None and filters.price_max is None:
        return True
    if product.price is None or (filters.currency and product.currency != filters.currency):
        return False
    low, high = filters.price_min, filters.price_max
    return (low is None or product.price >= low) and (high is None or product.price <= high)


def _of_product(turn: Turn, product: CatalogProduct, wish: ProductWish) -> str:
    words = turn.words
    if wish.stock and not wish.price:
        return _stock_sentence(turn, "title_", product.stock, title=product.title)
    prices = sorted({variant.price for variant in product.variants if variant.price is not None})
    if len(prices) > 1:
        low, high = (money(amount, product.currency, turn.language) for amount in (prices[0], prices[-1]))
        said = words.say("price_range", title=product.title, low=low, high=high)
    elif product.price is None:
        said = words.say("price_unknown", title=product.title)
    else:
        said = words.say("price", title=product.title, price=money(product.price, product.currency, turn.language))
    return words.join(said, _stock_sentence(turn, "", product.stock))


def _of_variants(
    turn: Turn, product: CatalogProduct, variants: Sequence[CatalogVariant], asked: Asked, wish: ProductWish
) -> str:
    words, options = turn.words, _values(turn, asked)
    stocks = [variant.stock for variant in variants]
    stock = sum(one or 0 for one in stocks) if any(one is not None for one in stocks) else None
    prices = {variant.price if variant.price is not None else product.price for variant in variants}
    price = next(iter(prices)) if len(prices) == 1 else None
    if wish.price and price is not None:
        said = words.say(
            "variant_price", title=product.title, options=options, price=money(price, product.currency, turn.language)
        )
        return words.join(said, _stock_sentence(turn, "", stock))
    return _stock_sentence(turn, "variant_", stock, title=product.title, options=options)


def _choices(turn: Turn, product: CatalogProduct, *, brief: bool = False) -> str:
    words, choices = turn.words, options_of(product)
    if not choices:
        return words.say("no_options", title=product.title)
    said = [
        words.say(
            "option_values",
            title=product.title,
            name=name.lower(),
            values=words.listed(values),
        )
        for name, values in choices.items()
    ]
    gone = [words.listed(tuple(variant.options.values())) for variant in product.variants if variant.stock == 0]
    if gone and not brief and len(gone) < len(product.variants):
        said.append(words.say("option_out", values=words.listed(tuple(gone))))
    return words.join(*said)


def _values(turn: Turn, asked: Asked) -> str:
    return turn.words.listed(tuple(value for _, value in asked.values))


def _stock_sentence(turn: Turn, prefix: str, stock: int | None, **values: str) -> str:
    return turn.words.say(f"{prefix}{_stock_key(stock)}", count=stock, **values)


def _stock_key(stock: int | None) -> str:
    if stock is None:
        return "stock_unknown"
    if stock <= 0:
        return "out_of_stock"
    return "few_left" if stock <= FEW else "in_stock"


def _listed(turn: Turn, products: Sequence[CatalogProduct], wish: ProductWish) -> Answer:
    words, shown = turn.words, products[:SHOWN]
    if wish.cheapest or wish.dearest:
        first = shown[0]
        key = "found_cheapest" if wish.cheapest else "found_dearest"
        lead = words.say(key, title=first.title, price=_price(turn, first))
        return Answer(lead, "answered", "facts", key, products=tuple(card(one) for one in shown[:3]))
    if len(products) == 1:
        lead = words.say("found_one")
    elif len(products) > len(shown):
        lead = words.say("found_some", count=len(shown), total=len(products))
    else:
        lead = words.say("found_many", count=len(shown))
    lines = [
        words.say("found_line", title=product.title, price=_price(turn, product), stock=_line_stock(turn, product))
        for product in shown
    ]
    return Answer(
        "\n".join([lead, *lines]),
        "answered",
        "facts",
        "products_found",
        products=tuple(card(one) for one in shown),
    )


def _price(turn: Turn, product: CatalogProduct) -> str:
    if product.price is None:
        return turn.words.say("line_no_price")
    price = money(product.price, product.currency, turn.language)
    varies = len({variant.price for variant in product.variants if variant.price is not None}) > 1
    return turn.words.say("price_from", price=price) if varies else price


def _line_stock(turn: Turn, product: CatalogProduct) -> str:
    return turn.words.say(f"line_{_stock_key(product.stock)}", count=product.stock)
