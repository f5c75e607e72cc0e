"""ProductDesk: prices, stock and choices of products, filled in by code from rows."""

import re
from collections.abc import Sequence

from bot.answering.money import money
from bot.answering.tools.products.attributes import Attribute, plainly
from bot.answering.tools.products.cues import ProductWish, choice_said
from bot.answering.tools.products.kinds import end_of
from bot.answering.tools.products.names import nearest, separate
from bot.answering.tools.products.options import Asked, asked_options, options_of
from bot.answering.tools.products.shelf import Shelf
from bot.answering.tools.products.telling import card, stock_key
from bot.answering.turn import Answer, Turn
from bot.reply import ProductCard
from knowledge.catalog import Catalog, CatalogProduct, CatalogVariant
from knowledge.keywords import tokenize
from knowledge.versions import KnowledgeVersions

WELL_NAMED = 0.2  # share of a name, for it to be one of several that are compared
_YEAR = re.compile(r"[(（]?(?:19|20)\d\d ?(?:model|款)?[)）]?")
# What a name ends in that only goes with the thing named before it.
_ACCESSORY = re.compile(
    r"\b(?:bag|briefcase|cable|case|charger|cleaner|cover|filter|holder|mount|pouch|sleeve|stand|strap|trolley)s?$"
    r"|(?:包|壳|套|架|箱|线|膜|袋|罩|座|充电器|挂绳|清洁剂|滤芯)$",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\blast year'?s?\b|\b(?:older|previous|earlier|former|old) (?:version|model|one)\b|去年|旧款|上一代|老款"
)
_PRESENT = re.compile(
    r"\b(?:this year'?s?|current|latest|newest|new|newer) (?:version|model|one)\b|今年|新款|现款|最新款|新一代"
)


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
            held = Shelf(version, products, named)
            self._shelves[shop, language] = held
        return held

    def named(self, turn: Turn, question: str) -> list[CatalogProduct]:
        """The product that the question names, or several that it fits equally well."""
        shelf = self.shelf(turn.shop, turn.language)
        if shelf is None:
            return []
        matches = [one for one in shelf.names.named_in(question) if one.product_id in shelf.products]
        if _EARLIER.search(plainly(question)):
            earlier = [one for one in matches if _YEAR.search(shelf.products[one.product_id].title)]
            matches = earlier[:1] or matches
        elif _PRESENT.search(plainly(question)):
            present = [one for one in matches if not _YEAR.search(shelf.products[one.product_id].title)]
            matches = present or matches
        return [shelf.products[one.product_id] for one in nearest(matches)]

    def models_named(self, turn: Turn, question: str) -> bool:
        """Whether the question says the whole name of a model, such as "Summit GT"."""
        shelf = self.shelf(turn.shop, turn.language)
        return shelf is not None and any(one.model for one in shelf.names.named_in(question))

    def rarely_named(self, turn: Turn, question: str) -> list[CatalogProduct]:
        """The product that a long word names, as no other has it; none where such words name several."""
        shelf = self.shelf(turn.shop, turn.language)
        found = shelf.names.rarely_named_in(question) if shelf else []
        return self.get(turn, found) if len(found) == 1 else []

    def all_named(self, turn: Turn, question: str) -> list[CatalogProduct]:
        """Every product that the question names well enough, the best match first."""
        shelf = self.shelf(turn.shop, turn.language)
        if shelf is None:
            return []
        matches = separate(shelf.names.named_in(question, exact=False))
        found = [one for one in matches if one.share >= WELL_NAMED and one.product_id in shelf.products]
        products = [shelf.products[one.product_id] for one in found]
        if _YEAR.search(question) or _EARLIER.search(plainly(question)):
            return products
        present = {_YEAR.sub("", product.title).strip() for product in products if not _YEAR.search(product.title)}
        return [
            product
            for product in products
            if not _YEAR.search(product.title) or _YEAR.sub("", product.title).strip() not in present
        ]

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
        elif wish.choice and options_of(product):
            text = self._missing(turn, product, Asked((("", choice_said(question)),)))
        elif wish.options:
            text = _choices(turn, product)
        else:
            text = _of_product(turn, product, wish)
        return Answer(text, "answered", "facts", "product_fact", products=(card(product),))

    def attributes(
        self, turn: Turn, products: Sequence[CatalogProduct], attributes: Sequence[Attribute]
    ) -> Answer | None:
        """What the rows of these products state of the attributes, and what their own descriptions say of them.

        Returns:
            None where neither says anything of any of the products.
        """
        said = {product.product_id: _attribute_sentences(turn, product, attributes) for product in products}
        if not any(said.values()):
            return None
        lines = [
            turn.words.join(*said[product.product_id]) or _not_stated(turn, product, attributes) for product in products
        ]
        text = lines[0] if len(lines) == 1 else "\n".join(f"- {line}" for line in lines)
        cards = tuple(card(product) for product in products)
        return Answer(text, "answered", "facts", "product_attribute", products=cards)

    def not_stated(self, turn: Turn, product: CatalogProduct, attributes: Sequence[Attribute]) -> Answer:
        """Says that the shop's information on the product does not tell."""
        return Answer(_not_stated(turn, product, attributes), "refused", "none", "not_stated")

    def described(self, turn: Turn, product: CatalogProduct) -> Answer | None:
        """The product's own description; None where it has none."""
        if not product.description:
            return None
        text = turn.words.say("described", title=product.title, description=product.description)
        return Answer(text, "answered", "facts", "product_described", products=(card(product),))

    def names_option(self, turn: Turn, question: str, product: CatalogProduct) -> bool:
        """Whether the question names a choice, of this product or as other products have it."""
        return bool(asked_options(question, [product]).values or self._known_elsewhere(turn, question, product))

    def only_accessories(self, turn: Turn, word: str) -> bool:
        """Whether the products with a word in their names only go with what it names, as a phone case does."""
        shelf = self.shelf(turn.shop, turn.language)
        if shelf is None:
            return False
        ends = (end_of(product.title) for product in shelf.products.values() if word[:4] in product.title.casefold())
        theirs = [end for end in ends if (word in tokenize(end) if word.isascii() else word in end)]
        return bool(theirs) and all(_ACCESSORY.search(end) for end in theirs)

    def none_found(self, turn: Turn) -> Answer:
        """Says that nothing on show fits."""
        return Answer(turn.words.say("found_none"), "refused", "none", "no_such_product")

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
        asked = asked_options(question, [other for name in mine for other in shelf.options.get(name, {}).values()])
        values = tuple((name, value) for name, value in asked.values if name in mine and value not in mine[name])
        return Asked(values) if values else None


def _attribute_sentences(turn: Turn, product: CatalogProduct, attributes: Sequence[Attribute]) -> list[str]:
    words, sentences = turn.words, []
    for attribute in attributes:
        values = attribute.values(product)
        told = attribute.told(product)
        sentences += [_attribute_sentence(turn, product, name, value) for name, value in values]
        if told and told not in sentences:
            sentences.append(told if sentences else words.say("described", title=product.title, description=told))
    return sentences


def _attribute_sentence(turn: Turn, product: CatalogProduct, name: str, value: str) -> str:
    """The value under its name; "Waterproof: waterproof" is said as the yes that it is."""
    if value.casefold() == name.casefold():
        return turn.words.say("attribute_has", title=product.title, value=value.lower())
    return turn.words.say("attribute", title=product.title, name=name, value=value)


def _not_stated(turn: Turn, product: CatalogProduct, attributes: Sequence[Attribute]) -> str:
    names = turn.words.listed([_within(attribute.label(turn.language)) for attribute in attributes])
    return turn.words.say("attribute_unknown", title=product.title, name=names)


def _within(label: str) -> str:
    """A label inside a sentence: `Weight` as `weight`, `R-value` as it is."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


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
    return turn.words.say(f"{prefix}{stock_key(stock)}", count=stock, **values)
