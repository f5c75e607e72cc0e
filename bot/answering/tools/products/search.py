"""SearchedProducts: products found by what a question means."""

from collections.abc import Callable, Sequence
from datetime import date

from bot.answering.turn import Turn
from knowledge.filters import SearchFilters
from knowledge.search import Searcher


class SearchedProducts:
    """The shop's search, over its products alone.

    Args:
        searcher: of the shop's knowledge.
        today: the day that validity is checked against.
    """

    def __init__(self, searcher: Searcher, *, today: Callable[[], date]) -> None:
        self._searcher, self._today = searcher, today

    def __call__(self, turn: Turn, question: str, *, k: int) -> Sequence[str]:
        """Ids, best first."""
        only = SearchFilters(kinds=("product",))
        found = self._searcher.search(
            question, shop=turn.shop, k=k, language=turn.language, filters=only, today=self._today()
        )
        return list(dict.fromkeys(str(passage.chunk.attributes.get("product_id", "")) for passage in found))
