"""Numbers: limits on what rows state in numbers, read from a shopper's words in any unit."""

import re
from collections.abc import Iterator, Sequence

from bot.answering.tools.products.aspects import Aspect, aspects
from bot.answering.tools.products.limits import NEAR, Limit, MeasureLimit, OptionLimit
from bot.answering.tools.products.measures import Measure, as_dimension, measures
from knowledge.catalog import CatalogProduct

STATED_BY = 0.15  # of a kind's products, from which a number is one of theirs
LOOKED_AT = 400  # products of a kind, among which that is counted
SIMILAR = 2

_LEAST = re.compile(
    r"(?:\bover|\babove|\bmore than|\bat least|\bminimum(?: of)?|\bmin\.?|\bfrom|\bexceeding|"
    r"\b(?:longer|bigger|larger|heavier|brighter|greater|higher|better) than|>=?|至少|大于|"
    r"超过|高于|多于|起码|最少|长于)\s*$"
)
_MOST = re.compile(
    r"(?:\bunder|\bbelow|\bless than|\bat most|\bup to|\bmax(?:imum)?\.?(?: of)?|\bwithin|"
    r"\b(?:lighter|smaller|shorter|thinner|lower) than|<=?|最多|低于|小于|"
    r"少于|轻于|不到)\s*$"
)
# "No more than" is looked for before "more than".
_NO_LESS = re.compile(
    r"(?:\b(?:no|not) (?:less|fewer|under) than|\bnot (?:under|below)|不少于|不低于|不小于|不下于)\s*$"
)
_NO_MORE = re.compile(
    r"(?:\b(?:no|not) (?:more|longer|heavier|bigger|larger) than|\bnot (?:over|above)|不超过|不大于|"
    r"不高于|不多于|别超过)\s*$"
)
_AND_MORE = re.compile(
    r"^\s*(?:or (?:more|longer|over|above|up|bigger|larger)|and (?:up|more|above|over)|plus\b|\+|及?以上|起|往上)"
)
_AND_LESS = re.compile(r"^\s*(?:or (?:less|under|below|lighter|smaller)|and under|max\b|及?以下|以内|之内|内)")
_BEYOND = re.compile(r"than|over|above|under|below|大于|超过|高于|低于|小于|轻于|不到")
_ABOUT = re.compile(r"(?:\baround|\babout|\broughly|\bapproximately|~|大概|大约|约|差不多)\s*$")
_TO = re.compile(r"\s?(?:-|~|to|and|至|到)\s?")
_OLD = re.compile(r"^[- ]?(?:years?[- ]?)?olds?\b|^\s?岁")
_SIGN = re.compile(r"(?:minus|零下|(?<!\d)-)\s?$")
_NO_MEASURE = re.compile(r"(?:\bsizes?|\bmodel|\bversion|尺码|码数|型号)\s*[:：]?\s*$")


def with_degrees(plain: str) -> str:
    """Degrees without a scale are Celsius, and so is a bare "minus 5"."""
    plain = re.sub(r"(\d)\s?(?:degrees?|°)(?!\s?(?:[cf]\b|celsius|fahrenheit))", r"\1 °c", plain)
    return re.sub(r"(?<![\d\w])(minus |零下|-)\s?(\d+)(?![\d.]*\s?(?:°|度|[a-z%]))", r"\1\2 °c", plain)


def number_limits(
    plain: str, money: str, of_kind: Sequence[CatalogProduct], known: Sequence[Limit]
) -> Iterator[MeasureLimit]:
    """Limits on numbers with units: "at least 30 hours", "20 到 30 升", "for a 13-inch laptop"."""
    text = plain.replace(money, " " * len(money), 1) if money else plain
    if any(isinstance(limit, OptionLimit) and limit.asked.values for limit in known):
        chosen = [value for limit in known if isinstance(limit, OptionLimit) for _, value in limit.asked.values]
        taken = [one for value in chosen for one in measures(value)]
    else:
        taken = []
    found = [one for one in measures(text) if not _none_of_goods(text, one, taken)]
    skip = False
    for place, measure in enumerate(found):
        if skip:
            skip = False
            continue
        after = found[place + 1] if place + 1 < len(found) else None
        ranged = after if after and _TO.fullmatch(text[measure.end : after.start]) else None
        limit = _number(text, measure, ranged, of_kind)
        skip = limit is not None and ranged is not None
        if limit:
            yield limit


def _none_of_goods(text: str, measure: Measure, taken: Sequence[Measure]) -> bool:
    if _OLD.search(text[measure.end :]) or _NO_MEASURE.search(text[: measure.start]):
        return True
    return any(one.value == measure.value and one.dimension == measure.dimension for one in taken)


def _number(
    text: str, measure: Measure, until: Measure | None, of_kind: Sequence[CatalogProduct]
) -> MeasureLimit | None:
    aspect, dimension = _aspect(text, until or measure, of_kind)
    if aspect is None:
        return None
    value = as_dimension(measure, dimension) if measure.dimension or not until else measure.value
    if value is None:
        return None
    end = until.end if until else measure.end
    sign = _SIGN.search(text[: measure.start])
    said = f"{sign.group() if sign else ''}{text[measure.start : end]}".replace(" °c", "°")
    if until and (last := as_dimension(until, dimension)) is not None:
        return MeasureLimit(aspect, min(value, last), max(value, last), dimension, said.strip())
    before, after = text[: measure.start], text[end:]
    for pattern, words, bare in (
        (_NO_MORE, before, "most"),
        (_NO_LESS, before, "least"),
        (_LEAST, before, "least"),
        (_AND_MORE, after, "least"),
        (_MOST, before, "most"),
        (_AND_LESS, after, "most"),
        (_ABOUT, before, "near"),
    ):
        if found := pattern.search(words):
            said = f"{found.group()}{said}" if words is before else f"{said}{found.group()}"
            strict = pattern in (_LEAST, _MOST) and bool(_BEYOND.search(found.group()))
            return _bounded(aspect, bare, value, dimension, said.strip(), strict=strict)
    return _bounded(aspect, aspect.bare, value, dimension, said.strip())


def _bounded(
    aspect: Aspect, bare: str, value: float, dimension: str, said: str, *, strict: bool = False
) -> MeasureLimit:
    if bare == "near":
        spread = abs(value) * NEAR
        return MeasureLimit(aspect, value - spread, value + spread, dimension, said)
    if bare == "most":
        return MeasureLimit(aspect, None, value, dimension, said, strict=strict)
    return MeasureLimit(aspect, value, None, dimension, said, strict=strict, holds=bare == "holds")


def _aspect(text: str, measure: Measure, of_kind: Sequence[CatalogProduct]) -> tuple[Aspect | None, str]:
    """The aspect that a number is of, by the words around it and by what the kind's products state."""
    best: tuple[float, Aspect | None, str] = (0.0, None, "")
    for aspect in aspects().values():
        dimension = next((one for one in aspect.dimensions if as_dimension(measure, one) is not None), None)
        if dimension is None:
            continue
        called = bool(aspect.calls.search(text))
        if not called and (not measure.dimension or aspect.name in ("screen", "warranty", "heel_drop", "waterproof")):
            continue
        share = stated_by(aspect, of_kind, dimension)
        if share < STATED_BY:
            continue
        # "a 14-inch laptop" is no size of the bag itself.
        score = share + (SIMILAR if called else 0)
        if score > best[0]:
            best = (score, aspect, dimension)
    return best[1], best[2]


def stated_by(aspect: Aspect, products: Sequence[CatalogProduct], dimension: str | None = None) -> float:
    """The share of products that state it."""
    looked = products[:: max(1, len(products) // LOOKED_AT)] if products else []
    stated = sum(
        any(dimension is None or as_dimension(one, dimension) is not None for one in aspect.values(product))
        for product in looked
    )
    return stated / len(looked) if looked else 0.0
