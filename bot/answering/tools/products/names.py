"""ProductNames: which of the shop's products a text names, typing slips forgiven."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.catalog import CatalogProduct
from knowledge.keywords import tokenize

HALF_THE_NAME = 0.5
TWO_WORDS = 2
SLIP_FROM_LETTERS = 6
RARE_IN_TITLES = 6
CLEARLY = 0.1
HAN_OF_ITS_OWN = 3  # characters, from which one word may stand for a name


@dataclass(frozen=True)
class Named:
    """A product that a text names.

    Attributes:
        share: of the name's weight that the text holds, 0 to 1.
        weight: of the shared words; more where the name's beginning or its last word, the kind of thing, is there.
        words: shared ones.
        model: whether the text says the whole name of its model, as far as that is known.
    """

    product_id: str
    share: float
    weight: float
    words: frozenset[str] = frozenset()
    model: bool = False


class ProductNames:
    """The names of one shop's products in all its languages.

    Args:
        products: the same products may come once for each language.
    """

    def __init__(self, products: Iterable[CatalogProduct]) -> None:
        self._titles: list[tuple[str, tuple[str, ...]]] = []
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._ids: dict[str, str] = {}
        self._models: dict[str, tuple[str, ...]] = {}
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
        begun = self._models.get(product.product_id)
        if begun is None:
            self._models[product.product_id] = words
        elif begun != words:
            same = next((at for at, pair in enumerate(zip(begun, words, strict=False)) if pair[0] != pair[1]), None)
            self._models[product.product_id] = words[: min(len(begun), len(words)) if same is None else same]
        self._ids[product.product_id.casefold()] = product.product_id
        for variant in product.variants:
            self._ids[variant.variant_id.casefold()] = product.product_id

    def named_in(self, text: str, *, exact: bool = True) -> list[Named]:
        """The products that the text names, best first; those that share the best match come together.

        Args:
            text: in the shopper's words.
            exact: leave out products whose model is more or less than the text says; not for texts that name several.
        """
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
        found = self._exact(list(best.values()), beside, words) if exact else list(best.values())
        return sorted(found, key=lambda named: (-named.weight, -named.share))

    def rarely_named_in(self, text: str) -> list[str]:
        """Products that a long word of the text names because no other product has it in its name."""
        found = {
            self._titles[places[0]][0]: None
            for word in tokenize(text)
            if len(word) >= (SLIP_FROM_LETTERS if word.isascii() else HAN_OF_ITS_OWN)
            and (places := self._by_word.get(word, ()))
            and len({self._titles[place][0] for place in places}) == 1
        }
        return list(found)

    def _exact(self, named: list[Named], beside: set[tuple[str, str]], words: set[str]) -> list[Named]:
        """Without those whose model is not the one that the text says in whole.

        The model is what a name begins with in every language: "Kitebird Air" is said by "kitebird air buds", and
        "Kitebird Air Pro" is not, unless further words of its name are;
        where "Kitebird Air Pro" is said, "Kitebird Air" is not meant.
        """

        def said(model: tuple[str, ...]) -> bool:
            return bool(model) and model[0] in words and all(pair in beside for pair in pairwise(model))

        models = {one.product_id: self._models.get(one.product_id, ()) for one in named}
        whole = {model for model in models.values() if said(model)}
        whole -= {
            model for model in whole if any(len(other) > len(model) and other[: len(model)] == model for other in whole)
        }
        kept = []
        for one in named:
            model = models[one.product_id]
            related = [
                other
                for other in whole
                if other != model and (other[: len(model)] == model or model[: len(other)] == other)
            ]
            theirs = {word for other in named if models[other.product_id] in related for word in other.words}
            if not related or not model or (one.words - theirs and all(len(other) < len(model) for other in related)):
                kept.append(replace(one, model=model in whole))
        return kept

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
