"""Shelf: one version of a shop's products in one language, with what they are found by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.answering.tools.products.attributes import plainly
from bot.answering.tools.products.kinds import Kinds
from bot.answering.tools.products.names import ProductNames
from bot.answering.tools.products.options import options_of
from knowledge.catalog import CatalogProduct
from knowledge.keywords import tokenize

TEXT_CHARACTERS = 24  # of an attribute's value, up to which shoppers may wish for it by its own words


@dataclass(frozen=True)
class Shelf:
    """What is on show.

    Attributes:
        version: of the shop's knowledge.
        products: by id, in one language.
        named: the same products in every language, for what they are called.
    """

    version: int
    products: Mapping[str, CatalogProduct]
    named: Sequence[CatalogProduct]

    @cached_property
    def names(self) -> ProductNames:
        """The names they go by."""
        return ProductNames(self.named)

    @cached_property
    def kinds(self) -> Kinds:
        """The kinds of things they are."""
        return Kinds(self.named)

    @cached_property
    def categories(self) -> Sequence[str]:
        """All, in the shelf's language."""
        return sorted({product.category for product in self.products.values() if product.category})

    @cached_property
    def currencies(self) -> Sequence[str]:
        """All that prices are in."""
        return sorted({product.currency for product in self.products.values()})

    @cached_property
    def brands(self) -> Mapping[str, str]:
        """Each brand's name in lower case, and as it is written."""
        return {product.brand.casefold(): product.brand for product in self.products.values() if product.brand}

    @cached_property
    def options(self) -> Mapping[str, Mapping[str, CatalogProduct]]:
        """Each option's values, with a product that has it."""
        found: defaultdict[str, dict[str, CatalogProduct]] = defaultdict(dict)
        for product in self.products.values():
            for name, values in options_of(product).items():
                for value in values:
                    found[name].setdefault(value, product)
        return found

    @cached_property
    def with_options(self) -> Sequence[CatalogProduct]:
        """Products that have every option's value among them, each value once."""
        return list({one.product_id: one for values in self.options.values() for one in values.values()}.values())

    @cached_property
    def texts(self) -> Mapping[str, frozenset[str]]:
        """Columns of short texts, such as the roast, and the words that their values are made of."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for product in self.products.values():
            for column, value in product.attributes.items():
                if isinstance(value, str) and len(value) <= TEXT_CHARACTERS:
                    found[column].update(tokenize(value))
        return {column: frozenset(words) for column, words in found.items()}

    def warm(self) -> None:
        """Make all that the first question would wait for."""
        _ = (self.names, self.kinds, self.with_options, self.texts, self.brands, self.categories, self.currencies)
        for product in self.products.values():
            self.words(product)

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        return {}

    def words(self, product: CatalogProduct) -> frozenset[str]:
        """The words of its name, category and attributes."""
        held = self._words.get(product.product_id)
        if held is None:
            said = [product.title, product.category, product.brand, *map(str, product.attributes.values())]
            held = self._words[product.product_id] = frozenset(tokenize(" ".join(said)))
        return held

    def get(self, product_ids: Iterable[str]) -> list[CatalogProduct]:
        """Products by id, in that order, as far as they are on show."""
        return [self.products[one] for one in product_ids if one in self.products]

    def brands_in(self, text: str) -> list[str]:
        """The brands that a text names, in lower case."""
        plain = plainly(text)
        words = set(tokenize(text))
        return [brand for brand in self.brands if brand in plain and set(tokenize(brand)) <= words]
