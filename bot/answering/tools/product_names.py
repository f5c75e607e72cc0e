"""ProductNames: which of the shop's products a text names, typing slips forgiven."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.catalog import CatalogProduct
from knowledge.keywords import tokenize

HALF_THE_NAME = 0.5
SLIP_FROM_LETTERS = 6
FAMILY_SHARE = 0.2  # of a name's weight that its first word must carry to stand for it
RARE_IN_TITLES = 6
CLEARLY = 0.1


@dataclass(frozen=True)
class Named:
    """A product that a text names.

    Attributes:
        share: of the name's weight that the text holds, 0 to 1.
        weight: of the shared words, less that of words skipped between them: "Air" is not "Air Pro".
        words: shared ones.
    """

    product_id: str
    share: float
    weight: float
    words: frozenset[str] = frozenset()


class ProductNames:
    """The names of one shop's products in all its languages.

    Args:
        products: the same products may come once for each language.
    """

    def __init__(self, products: Iterable[CatalogProduct]) -> None:
        self._titles: list[tuple[str, tuple[str, ...]]] = []
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._ids: dict[str, str] = {}
        for product in products:
            self._add(product)
        found_in = Counter(word for _, words in self._titles for word in set(words))
        size = max(1, len(self._titles))
        self._rarity = {word: math.log1p(size / count) for word, count in found_in.items()}
        self._count = found_in

    def _add(self, product: CatalogProduct) -> None:
        words = tuple(dict.fromkeys(tokenize(product.title)))
        for word in words:
            self._by_word[word].append(len(self._titles))
        self._titles.append((product.product_id, words))
        self._ids[product.product_id.casefold()] = product.product_id
        for variant in product.variants:
            self._ids[variant.variant_id.casefold()] = product.product_id

    def named_in(self, text: str) -> list[Named]:
        """The products that the text names, best first; those that share the best match come together."""
        by_id = [
            self._ids[word]
            for word in text.casefold().replace("?", " ").replace("？", " ").split()
            if word in self._ids
        ]
        if by_id:
            return [Named(product_id, 1.0, math.inf) for product_id in dict.fromkeys(by_id)]
        words = {self._known(word) for word in tokenize(text)} - {""}
        places = {place for word in words for place in self._by_word.get(word, ())}
        best: dict[str, Named] = {}
        for place in places:
            named = self._compare(place, words)
            if named and (named.product_id not in best or best[named.product_id].weight < named.weight):
                best[named.product_id] = named
        return sorted(best.values(), key=lambda named: (-named.weight, -named.share))

    def _compare(self, place: int, words: set[str]) -> Named | None:
        product_id, title = self._titles[place]
        whole = sum(self._rarity[word] for word in title) or 1.0
        shared = [word for word in title if word in words]
        weight = sum(self._rarity[word] for word in shared)
        last = max((at for at, word in enumerate(title) if word in words), default=0)
        skipped = sum(self._rarity[word] for word in title[:last] if word not in words)
        family = title[0] in words and self._count[title[0]] <= RARE_IN_TITLES and len(title[0]) > 3
        if (weight / whole >= HALF_THE_NAME and len(shared) > 1) or family:
            return Named(product_id, weight / whole, weight - skipped, frozenset(shared))
        return None

    def _known(self, word: str) -> str:
        if word in self._by_word:
            return word
        if len(word) < SLIP_FROM_LETTERS or not word.isascii() or not word.isalpha():
            return ""
        found = process.extractOne(word, self._by_word.keys(), scorer=OSA.distance, score_cutoff=1)
        return str(found[0]) if found and str(found[0])[0] == word[0] else ""


def _long_enough(word: str) -> bool:
    """Two Han characters or four letters may stand for a whole name."""
    return len(word) > 3 or (len(word) > 1 and not word.isascii())


def separate(named: Sequence[Named]) -> list[Named]:
    """Those whose words are not just a part of another's: with "Quietude 3" the other Quietudes are not named."""
    return [one for one in named if not any(one.words < other.words for other in named)]


def nearest(named: Sequence[Named]) -> list[Named]:
    """Those that no other beats: one, or several that the text fits equally well.

    Of names that share the same words with the text, the one that says least beside them is meant: "Summit GT" is not
    "Summit GT (2025 model)".
    """
    if not named:
        return []
    best = [one for one in named if one.weight >= named[0].weight * 0.98]
    fullest = max(one.share for one in best)
    return [one for one in best if one.share >= fullest - CLEARLY]
