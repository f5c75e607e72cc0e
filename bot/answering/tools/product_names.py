"""ProductNames: which of the shop's products a text names, typing slips forgiven."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.catalog import CatalogProduct
from knowledge.keywords import tokenize

HALF_THE_NAME = 0.5
TWO_WORDS = 2
SLIP_FROM_LETTERS = 6
FAMILY_SHARE = 0.2  # of a name's weight that its first word must carry to stand for it
RARE_IN_TITLES = 6
CLEARLY = 0.1


@dataclass(frozen=True)
class Named:
    """A product that a text names.

    Attributes:
        share: of the name's weight that the text holds, 0 to 1.
        weight: of the shared words; more where the name's beginning or its last word, the kind of thing, is there.
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
        said = [self._known(word) for word in tokenize(text)]
        words, beside = set(said) - {""}, set(pairwise(said))
        places = {place for word in words for place in self._by_word.get(word, ())}
        best: dict[str, Named] = {}
        for place in places:
            named = self._compare(place, words, beside)
            if named and (named.product_id not in best or best[named.product_id].weight < named.weight):
                best[named.product_id] = named
        return sorted(best.values(), key=lambda named: (-named.weight, -named.share))

    def _compare(self, place: int, words: set[str], beside: set[tuple[str, str]]) -> Named | None:
        """A name counts by its first two words, by a rare first one, or by half of its weight."""
        product_id, title = self._titles[place]
        shared = [word for word in title if word in words]
        begun = next((at for at, word in enumerate(title) if word not in words), len(title))
        if begun >= TWO_WORDS and (title[0], title[1]) not in beside:
            begun = 1
        family = begun > 0 and self._count[title[0]] <= RARE_IN_TITLES and _long_enough(title[0])
        whole = sum(self._rarity[word] for word in title) or 1.0
        weight = sum(self._rarity[word] for word in shared)
        if begun < TWO_WORDS and not family and (weight < HALF_THE_NAME * whole or len(shared) < TWO_WORDS):
            return None
        said = weight * (1 + (begun >= TWO_WORDS) + (title[-1] in words))
        if TWO_WORDS <= begun < len(title) and title[begun].isascii():
            said -= self._rarity[title[begun]]  # "Kitebird Air" is rather not "Kitebird Air Pro"
        return Named(product_id, weight / whole, said, frozenset(shared))

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
