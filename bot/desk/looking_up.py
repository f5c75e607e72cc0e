"""LookUp: what an agent can put beside their words: products and stored sources, found by search."""

from collections.abc import Callable, Sequence
from datetime import date

from bot.answering.tools.products.telling import card
from bot.reply import Citation, ProductCard
from knowledge.catalog import Catalog
from knowledge.documents import Chunk
from knowledge.filters import SearchFilters
from knowledge.search import Searcher

FOUND = 8


class LookUp:
    """Finds products and pages of a shop.

    Args:
        searcher: finds passages.
        catalog: the products' rows.
        passage: a shop's stored passage by its id.
        today: the day that validity is checked against.
    """

    def __init__(
        self,
        searcher: Searcher,
        catalog: Catalog,
        passage: Callable[[str, str], Chunk | None],
        today: Callable[[], date],
    ) -> None:
        self._searcher, self._catalog, self._passage, self._today = searcher, catalog, passage, today

    def products(self, shop: str, words: str, *, language: str) -> list[ProductCard]:
        """The products that fit best, as the shopper would see them."""
        found = self._searcher.search(
            words, shop=shop, k=2 * FOUND, filters=SearchFilters(kinds=("product",)), today=self._today()
        )
        ids = dict.fromkeys(str(passage.chunk.attributes.get("product_id", "")) for passage in found)
        return self.cards(shop, [product_id for product_id in ids if product_id][:FOUND], language=language)

    def cards(self, shop: str, product_ids: Sequence[str], *, language: str) -> list[ProductCard]:
        """These products, from their rows; unknown ids are left out."""
        return [card(product) for product in self._catalog.get(shop, product_ids, language=language)]

    def sources(self, shop: str, words: str, *, language: str) -> list[Citation]:
        """The passages of pages and FAQ entries that fit best, numbered as found."""
        found = self._searcher.search(words, shop=shop, k=3 * FOUND, language=language, today=self._today())
        pages = [passage for passage in found if passage.chunk.kind != "product"][:FOUND]
        return [
            _citation(number, passage.chunk, passage.chunk.text, passage.score)
            for number, passage in enumerate(pages, start=1)
        ]

    def source(self, shop: str, index: int, chunk_id: str, quote: str = "") -> Citation | None:
        """A stored source as a citation; its words and its link come from the store, whatever the page sent.

        Args:
            shop: whose.
            index: the number it has in the message.
            chunk_id: of the passage.
            quote: the words that matter; the whole passage where they are not in it.
        """
        chunk = self._passage(shop, chunk_id)
        if chunk is None:
            return None
        return _citation(index, chunk, quote if quote and quote in chunk.text else chunk.text, 1.0)


def _citation(index: int, chunk: Chunk, quote: str, score: float) -> Citation:
    return Citation(
        index=index,
        source=chunk.source,
        title=chunk.title,
        quote=quote,
        url=chunk.url if chunk.url and chunk.url.startswith(("http://", "https://")) else None,
        score=score,
        chunk_id=chunk.id,
        passage=chunk.text,
    )
