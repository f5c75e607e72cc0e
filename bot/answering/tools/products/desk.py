"""ProductDesk: prices, stock and choices of products, filled in by code from rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bot.answering.money import money
from bot.answering.tools.products.attributes import Attribute, plainly
from bot.answering.tools.products.names import ProductNames, nearest, separate
from bot.answering.tools.products.options import Asked, asked_options, options_of
from bot.answering.tools.products.cues import ProductWish, choice_said
from bot.answering.turn import Answer, Turn
from bot.reply import ProductCard
from knowledge.catalog import Catalog, CatalogProduct, CatalogVariant
from knowledge.filters import SearchFilters
from knowledge.keywords import tokenize
from knowledge.versions import KnowledgeVersions

FEW = 5  # pieces, from which on the shopper is told that only so many are left
SHOWN = 5
WELL_NAMED = 0.2  # share of a name, for it to be one of several that are compared
_YEAR = re.compile(r"[(（]?(?:19|20)\d\d ?(?:model|款)?[)）]?")
_MEASURE = re.compile(r"(?:\s[\d.×% ]*\d[\d.×% ]*(?:ml|l|m|mm|cm|w|inch|毫升|升|米|毫米|厘米|瓦|寸)?)+$", re.IGNORECASE)
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


@dataclass(frozen=True)
class Shelf:
    """One version of one shop's products, in one language, with the names they go by in all."""

    version: int
    products: Mapping[str, CatalogProduct]
    names: ProductNames


@dataclass(frozen=True)
class Wanted:
    """What products to choose from must have.

    Attributes:
        question: whose words order them.
        filters: price range and category.
        among: all of the kind that the question names; none: whatever search found.
        attributes: that each must have.
        options: colours and sizes, one of which must be in stock; None where none is named.
        by_price: order by price alone, lowest first.
        kids: whether they are to be for children.
        age: in years, that they must suit; None where none is said.
    """

    question: str
    filters: SearchFilters = field(default_factory=SearchFilters)
    among: tuple[CatalogProduct, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    cheapest: bool = False
    dearest: bool = False
    by_price: bool = False
    options: Asked | None = None
    kids: bool = False
    age: int | None = None

    def fits(self, product: CatalogProduct) -> bool:
        """Whether a product has all of it, and in stock where a colour or size is asked for."""
        return (
            _admits(product, self.filters)
            and all(attribute.had_by(product) for attribute in self.attributes)
            and (not self.kids or _for_kids(product))
            and (self.age is None or _from_age(product) <= self.age)
            and (
                self.options is None
                or any(
                    self.options.values and self.options.fits(variant) and variant.stock != 0
                    for variant in product.variants
                )
            )
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
            held = Shelf(version, products, ProductNames(named))
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

    def kind(self, turn: Turn, question: str) -> list[CatalogProduct]:
        """All products of the kind of thing that the question names, such as tents; none where it names none.

        A kind is what a product's name ends in.
        """
        shelf = self.shelf(turn.shop, turn.language)
        if shelf is None:
            return []
        words = {word for word in tokenize(question) if len(word) > 1}
        ends = {product.product_id: _end(product.title) for product in shelf.products.values()}
        kinds = {word for word in words if any(_is_kind(word, end) for end in ends.values())}
        return [
            product
            for product in shelf.products.values()
            if any(_is_kind(word, ends[product.product_id]) for word in kinds)
        ]

    def only_accessories(self, turn: Turn, word: str) -> bool:
        """Whether the products with a word in their names only go with what it names, as a phone case does."""
        shelf = self.shelf(turn.shop, turn.language)
        if shelf is None:
            return False
        ends = [_end(product.title) for product in shelf.products.values()]
        theirs = [end for end in ends if (word in tokenize(end) if word.isascii() else word in end)]
        return bool(theirs) and all(_ACCESSORY.search(end) for end in theirs)

    def none_found(self, turn: Turn) -> Answer:
        """Says that nothing on show fits."""
        return Answer(turn.words.say("found_none"), "refused", "none", "no_such_product")

    def choices(self, turn: Turn, question: str, products: Sequence[CatalogProduct]) -> Asked | None:
        """The colours and sizes that the question names, of these products or of the shop's others.

        Returns:
            None where it names none; without values where the shop has nothing in what it names.
        """
        shelf = self.shelf(turn.shop, turn.language)
        if shelf is None:
            return None
        named = asked_options(question, products)
        if named.values:
            return named
        if not choice_said(question):
            return None
        return asked_options(question, list(shelf.products.values()))

    def listing(self, turn: Turn, wanted: Wanted, found: Sequence[str]) -> Answer | None:
        """Products to choose from, those that the question's words fit best first.

        Args:
            turn: the question's turn.
            wanted: what each must have.
            found: product ids as search ranked them.

        Returns:
            None where nothing tells which products are meant.
        """
        shelf = self.shelf(turn.shop, turn.language)
        if shelf is None:
            return None
        ranked = [shelf.products[one] for one in dict.fromkeys(found) if one in shelf.products]
        meant = list(wanted.among) or ranked
        places = {product.product_id: place for place, product in enumerate(ranked)}
        products = [product for product in meant if wanted.fits(product)]
        if not products:
            return self.none_found(turn) if wanted.among else None
        words = set() if wanted.by_price else set(tokenize(wanted.question))
        products.sort(
            key=lambda product: (
                (product.price is None, product.price or Decimal(0)) if wanted.by_price else (False, Decimal(0)),
                -len(words & _words_of(product)),
                places.get(product.product_id, len(places)),
                product.price or Decimal(0),
            )
        )
        if wanted.cheapest or wanted.dearest:
            products = sorted(
                (product for product in products if product.price is not None),
                key=lambda product: (product.price or Decimal(0)) * (-1 if wanted.dearest else 1),
            )
        return _listed(turn, products, wanted) if products else None

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


_KIDS = re.compile(r"\b(?:kids?|child|children|junior|baby|toddler)\b|儿童|宝宝|童|小孩")


def _for_kids(product: CatalogProduct) -> bool:
    said = " ".join([product.title, *(str(value) for value in product.attributes.values())])
    return bool(_KIDS.search(plainly(said).replace("'s", ""))) or "age_from" in product.attributes


def _from_age(product: CatalogProduct) -> float:
    """The age it is made for; above every child's where it is not for children."""
    stated = str(product.attributes.get("age_from", ""))
    return float(stated) if stated.replace(".", "", 1).isdigit() else 99.0


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
    return turn.words.say(f"{prefix}{_stock_key(stock)}", count=stock, **values)


def _stock_key(stock: int | None) -> str:
    if stock is None:
        return "stock_unknown"
    if stock <= 0:
        return "out_of_stock"
    return "few_left" if stock <= FEW else "in_stock"


def _listed(turn: Turn, products: Sequence[CatalogProduct], wanted: Wanted) -> Answer:
    words, shown = turn.words, products[:SHOWN]
    if wanted.cheapest or wanted.dearest:
        first = shown[0]
        key = "found_cheapest" if wanted.cheapest else "found_dearest"
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
        + _stated_beside(turn, product, wanted.attributes)
        for product in shown
    ]
    return Answer(
        "\n".join([lead, *lines]),
        "answered",
        "facts",
        "products_found",
        products=tuple(card(one) for one in shown),
    )


def _stated_beside(turn: Turn, product: CatalogProduct, attributes: Sequence[Attribute]) -> str:
    stated = [value for attribute in attributes for value in attribute.values(product)]
    return "".join(turn.words.say("found_attribute", name=_within(name), value=value) for name, value in stated)


def _end(title: str) -> str:
    """A name without what stands after the kind of thing: `Fjord 2 Tent (2025 model)` ends in `Tent`."""
    return _MEASURE.sub("", re.sub(r"[(（].*|,.*", "", title).strip()).strip()


def _is_kind(word: str, end: str) -> bool:
    if word.isascii():
        return bool(last := tokenize(end)[-1:]) and last[0] == word
    return end.endswith(word)


def _words_of(product: CatalogProduct) -> set[str]:
    said = [product.title, product.category, *(str(value) for value in product.attributes.values())]
    return set(tokenize(" ".join(said)))


def _price(turn: Turn, product: CatalogProduct) -> str:
    if product.price is None:
        return turn.words.say("line_no_price")
    price = money(product.price, product.currency, turn.language)
    varies = len({variant.price for variant in product.variants if variant.price is not None}) > 1
    return turn.words.say("price_from", price=price) if varies else price


def _line_stock(turn: Turn, product: CatalogProduct) -> str:
    return turn.words.say(f"line_{_stock_key(product.stock)}", count=product.stock)
