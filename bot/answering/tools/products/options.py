"""Which of a product's variants a question asks for: "in blue", "size M", "42 码"."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.quantities import quantities
from knowledge.catalog import CatalogProduct, CatalogVariant

_WORD = re.compile(r"[a-z0-9]+(?:[./-][a-z0-9]+)*")
_SIZE_BEFORE = re.compile(r"(?:\bsizes?|\bin(?: an?| the)?|尺码|尺寸|码数|号码|eu|us)\s*[:：]?\s*$")
_SIZE_AFTER = re.compile(r"^\s*(?:码|号|size)")


@dataclass(frozen=True)
class Asked:
    """The option values that a question names: option name and value as the shop writes them."""

    values: tuple[tuple[str, str], ...]

    def fits(self, variant: CatalogVariant) -> bool:
        """Whether the variant has all of them; of several values of one option, any."""
        wanted: dict[str, set[str]] = {}
        for name, value in self.values:
            wanted.setdefault(name, set()).add(value)
        return all(variant.options.get(name) in values for name, values in wanted.items())


def options_of(product: CatalogProduct) -> dict[str, tuple[str, ...]]:
    """The choices a product offers, in the order of its variants."""
    choices: dict[str, dict[str, None]] = {}
    for variant in product.variants:
        for name, value in variant.options.items():
            choices.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in choices.items()}


def asked_options(question: str, products: Sequence[CatalogProduct]) -> Asked:
    """The option values of these products that the question names."""
    text = unicodedata.normalize("NFKC", question).casefold()
    found: dict[tuple[str, str], None] = {}
    for product in products:
        for name, values in options_of(product).items():
            for value in values:
                if _names(text, question, value):
                    found[name, value] = None
    longest = [
        (name, value)
        for name, value in found
        if not any(value != other and value.casefold() in other.casefold() for _, other in found)
    ]
    return Asked(tuple(longest))


def _names(text: str, typed: str, value: str) -> bool:
    folded = unicodedata.normalize("NFKC", value).casefold()
    measures = [quantity for quantity in quantities(value) if quantity.unit]
    if measures:
        return all(any(one.same(other) for other in quantities(text)) for one in measures)
    if not folded.isascii():
        return folded in text or (len(folded) > 2 and folded.endswith("色") and folded[:-1] in text)
    for match in re.finditer(rf"(?<![a-z0-9.]){re.escape(folded)}(?![a-z0-9])", text):
        if len(folded) > 2 and not folded.replace(".", "").isdigit():
            return True
        beside = _SIZE_BEFORE.search(text[: match.start()]) or _SIZE_AFTER.search(text[match.end() :])
        upper = folded.isalpha() and re.search(rf"(?<![A-Za-z0-9']){re.escape(value)}(?![A-Za-z0-9'])", typed)
        alone = text.strip(" ?？.!") == folded
        if beside or (upper and value.isupper()) or alone:
            return True
    return False
