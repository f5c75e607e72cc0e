"""Reading: a shopper's words to a Wish over the shop's rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.answering.quantities import normalised
from bot.answering.tools.products.aspects import FORMS, WAYS, Aspect, aspects
from bot.answering.tools.products.attributes import asked_attributes
from bot.answering.tools.products.cues import choice_said
from bot.answering.tools.products.kinds import GAP, Kind
from bot.answering.tools.products.limits import (
    NEAR,
    AgeLimit,
    BrandLimit,
    HasLimit,
    Limit,
    MadeOfLimit,
    MeasureLimit,
    OptionLimit,
    PriceLimit,
    StockLimit,
    ValueLimit,
    colours,
    materials,
)
from bot.answering.tools.products.measures import Measure, as_dimension, measures
from bot.answering.tools.products.options import Asked, asked_options
from bot.answering.tools.products.shelf import Shelf
from bot.answering.tools.products.wishes import Order, Relative, Wish
from knowledge.amounts import find_range
from knowledge.attribute_names import attribute_name
from knowledge.catalog import CatalogProduct
from knowledge.filters import SearchFilters, parse_filters
from knowledge.keywords import tokenize

STATED_BY = 0.15  # of a kind's products, from which a number is one of theirs
LOOKED_AT = 400  # products of a kind, among which that is counted
SIMILAR = 2

_BETWEEN = re.compile(r"(?<!在)(\d+\s*(?:到|至|-|~)\s*\d+\s*(?:美元|美金|元|块)?\s*之间)")
_YUAN = re.compile(r"\d\s*(?:元|块)")
_NUMBERS = "two|three|four|five|six|seven|eight|nine|ten"
_AGE = re.compile(
    rf"\b(\d{{1,2}}|{_NUMBERS})[- ]?years?[- ]?olds?\b"
    r"|([\d一两二三四五六七八九十]{1,2}) ?岁",
    re.IGNORECASE,
)
_YEARS = {word: at for at, word in enumerate(_NUMBERS.split("|"), start=2)}
_YEARS |= {digit: at for at, digit in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_FOR_KIDS = re.compile(
    r"\b(?:kids?|child|children|children's|toddlers?|my (?:son|daughter))\b|儿童|小孩|孩子|宝宝|小朋友"
)
_IN_STOCK = re.compile(r"\b(?:in stock|available (?:now|today))\b|有货的|现货|有现货")
_NEGATED = re.compile(
    r"(?:\bwithout(?: an?| any| the)?|\bno|\bnot(?: made (?:of|from))?|\bnon|\bexcept|\bother than|\banything but|"
    r"\bfree of|\bisn't|\bdon't want(?: any)?|不要|不含|不用|不带|(?<!有)没有|无|免|除了|非|别)[\s-]*$"
)
_FREE = re.compile(r"^[- ]?free\b|^以外|^除外")
_LEAST = re.compile(
    r"(?:\bover|\babove|\bmore than|\bat least|\b(?:no|not) less than|\bminimum(?: of)?|\bmin\.?|\bfrom|\bexceeding|"
    r"\b(?:longer|bigger|larger|heavier|brighter|greater|higher|better) than|>=?|至少|不少于|不低于|"
    r"不小于|大于|超过|高于|多于|起码|最少|长于)\s*$"
)
_MOST = re.compile(
    r"(?:\bunder|\bbelow|\bless than|\b(?:no|not) more than|\bat most|\bup to|\bmax(?:imum)?\.?(?: of)?|\bwithin|"
    r"\bnot over|\b(?:lighter|smaller|shorter|thinner|lower) than|<=?|不超过|最多|低于|小于|"
    r"少于|轻于|不到|不大于|不高于)\s*$"
)
_AND_MORE = re.compile(
    r"^\s*(?:or (?:more|longer|over|above|up|bigger|larger)|and (?:up|more|above|over)|plus\b|\+|及?以上|起|往上)"
)
_AND_LESS = re.compile(r"^\s*(?:or (?:less|under|below|lighter|smaller)|and under|max\b|及?以下|以内|之内|内)")
_ABOUT = re.compile(r"(?:\baround|\babout|\broughly|\bapproximately|~|大概|大约|约|差不多)\s*$")
_TO = re.compile(r"\s?(?:-|~|to|and|至|到)\s?")
_OLD = re.compile(r"^[- ]?(?:years?[- ]?)?olds?\b|^\s?岁")
_SIGN = re.compile(r"(?:minus|零下|(?<!\d)-)\s?$")
_HOW = re.compile(r"(?:\bhow|\bso|\bnot that|多|多么|有多)\s*$")
# Words of wishing itself, which say nothing of what is wished for.
_SHOPPING = re.compile(
    r"\b(?:show|need|want|look(?:ing)?|buy|find|recommend|suggest|please|something|anything|good|nice|fits?|takes?|holds?|"
    r"than|more|less|least|most|get|products?|items?|things?|ones?|pairs?|kinds?|like)\b"
    r"|想要?|买|寻?找|推荐|请问?|有没有|没有|能?装下|能放进?去?|适合|[一哪那]款|一?个|哪些|那种|好用?|带|戴"
)
_NO_MEASURE = re.compile(r"(?:\bsizes?|\bmodel|\bversion|尺码|码数|型号)\s*[:：]?\s*$")


def read_wish(text: str, shelf: Shelf, *, about: Kind | None = None) -> Wish:
    """What a message wishes for, by itself.

    Args:
        text: in the shopper's words.
        shelf: the shop's products, whose brands, materials, colours, sizes and kinds are looked for.
        about: the kind that the talk is about, for a message that names none.
    """
    plain = _with_degrees(normalised(text).replace("’", "'"))
    kind = shelf.kinds.named(text)
    meant = kind or about
    of_kind = shelf.get(meant.ids) if meant else list(shelf.products.values())
    filters, span = _money(text, shelf)
    foreign = _foreign(text, filters)
    limits: list[Limit] = []
    if not foreign and (filters.price_min is not None or filters.price_max is not None):
        limits.append(PriceLimit(filters.price_min, filters.price_max, filters.currency, span.strip()))
    limits += _ages(plain)
    limits += _options(text, plain, shelf, of_kind, kind)
    limits += _numbers(plain, span, of_kind, limits)
    limits += _attributes(plain)
    limits += _materials(plain, kind)
    limits += _brands(plain, shelf)
    limits += _values(plain, shelf, of_kind, meant, limits)
    if meant and (found := _IN_STOCK.search(plain)):
        limits.append(StockLimit(found.group()))
    order, relative = _degree(plain, of_kind)
    wish = Wish(text, kind, tuple(limits), order, relative, foreign)
    left = _left(plain, wish)
    if kind:
        wish = replace(wish, kind=shelf.kinds.narrowed(kind, left))
    return replace(wish, rest=_rest(left, wish))


def price_named(text: str, shelf: Shelf) -> tuple[SearchFilters, bool]:
    """The price range that a text states, and whether it is in a currency that the shop does not use."""
    filters, _ = _money(text, shelf)
    return filters, _foreign(text, filters)


def _money(text: str, shelf: Shelf) -> tuple[SearchFilters, str]:
    """The price range, and the words that state it."""
    stated = _BETWEEN.sub(r"在\1", text)
    filters = parse_filters(stated, categories=shelf.categories, currencies=shelf.currencies)
    found = find_range(normalised(stated))
    words = normalised(stated)[found.start : found.end] if found and not filters.empty else ""
    return filters, words.removeprefix("在")


def _foreign(text: str, filters: SearchFilters) -> bool:
    """Whether a price is stated that is not in the shop's own currency, or not certainly."""
    if filters.price_min is not None or filters.price_max is not None:
        return filters.currency is None and bool(_YUAN.search(text))
    stated = find_range(text.casefold())
    return stated is not None and stated.currency is not None and not parse_filters(text, currencies=()).empty


def _ages(plain: str) -> list[Limit]:
    if found := _AGE.search(plain):
        said = (found.group(1) or found.group(2)).lower()
        years = int(said) if said.isdigit() else _YEARS.get(said, 10)
        return [AgeLimit(years, found.group())]
    found = _FOR_KIDS.search(plain)
    return [AgeLimit(None, found.group())] if found else []


def _options(text: str, plain: str, shelf: Shelf, of_kind: Sequence[CatalogProduct], kind: Kind | None) -> list[Limit]:
    """The colours and sizes named, as the kind's products have them, or else the shop's others."""
    said = choice_said(text)
    if kind and said and set(tokenize(said)) <= kind.words:
        return []  # a "face cream" is of no colour
    family = next((one for one in colours() if one.asks.search(plain)), None)
    among = of_kind if len(of_kind) <= LOOKED_AT else shelf.with_options
    asked = asked_options(text, among)
    if not asked.values and (said or family):
        asked = asked_options(text, shelf.with_options)
        asked = asked if any(_has(one, asked) for one in of_kind) else Asked(())
    if asked.values:
        values = " ".join(dict.fromkeys(value for _, value in asked.values))
        return [OptionLimit(asked, said or values)]
    if family:
        return [OptionLimit(Asked(()), said or _found(family.asks, plain), family.has)]
    return [OptionLimit(Asked(()), said)] if said else []


def _has(product: CatalogProduct, asked: Asked) -> bool:
    return any(asked.fits(variant) for variant in product.variants)


def _found(pattern: re.Pattern[str], plain: str) -> str:
    found = pattern.search(plain)
    return found.group() if found else ""


def _numbers(
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
    for pattern, words in ((_LEAST, before), (_AND_MORE, after), (_MOST, before), (_AND_LESS, after), (_ABOUT, before)):
        if found := pattern.search(words):
            said = f"{found.group()}{said}" if words is before else f"{said}{found.group()}"
            least, most = pattern in (_LEAST, _AND_MORE), pattern in (_MOST, _AND_LESS)
            bare = "least" if least else "most" if most else "near"
            strict = bool(re.search(r"than|over|above|under|below|大于|超过|高于|低于|小于|轻于|不到", found.group()))
            strict = strict and not re.search(r"\b(?:no|not)\b|不超过|不低于|不大于|不小于", found.group())
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
        share = _stated_by(aspect, of_kind, dimension)
        if share < STATED_BY:
            continue
        # "a 14-inch laptop" is no size of the bag itself.
        score = share + (SIMILAR if called else 0)
        if score > best[0]:
            best = (score, aspect, dimension)
    return best[1], best[2]


def _stated_by(aspect: Aspect, products: Sequence[CatalogProduct], dimension: str | None = None) -> float:
    """The share of products that state it."""
    looked = products[:: max(1, len(products) // LOOKED_AT)] if products else []
    stated = sum(
        any(dimension is None or as_dimension(one, dimension) is not None for one in aspect.values(product))
        for product in looked
    )
    return stated / len(looked) if looked else 0.0


def _attributes(plain: str) -> Iterator[HasLimit]:
    for attribute in asked_attributes(plain):
        if attribute.limits:
            found = attribute.found(plain)
            wanted = not (attribute.unwanted(plain) or _is_negated(plain, found))
            yield HasLimit(attribute, wanted, _with_no(plain, found))


def _is_negated(plain: str, found: re.Match[str]) -> bool:
    return bool(_NEGATED.search(plain[: found.start()]) or _FREE.search(plain[found.end() :]))


def _with_no(plain: str, found: re.Match[str]) -> str:
    before, after = _NEGATED.search(plain[: found.start()]), _FREE.search(plain[found.end() :])
    return f"{before.group() if before else ''}{found.group()}{after.group() if after else ''}".strip()


def _materials(plain: str, kind: Kind | None) -> Iterator[MadeOfLimit]:
    for one in materials():
        found = one.asks.search(plain)
        if found and not (kind and set(tokenize(found.group())) <= kind.words):
            wanted = not (one.never or _is_negated(plain, found))
            yield MadeOfLimit(one.name, one.has, wanted, _with_no(plain, found))


def _brands(plain: str, shelf: Shelf) -> list[Limit]:
    found = shelf.brands_in(plain)
    if not found:
        return []
    first = re.search(re.escape(found[0]), plain)
    negated = first is not None and _is_negated(plain, first)
    names = " ".join(shelf.brands[one] for one in found)
    said = _with_no(plain, first).replace(found[0], names) if first else names
    return [BrandLimit(frozenset(found), not negated, said)]


def _values(
    plain: str, shelf: Shelf, of_kind: Sequence[CatalogProduct], kind: Kind | None, known: Sequence[Limit]
) -> Iterator[ValueLimit]:
    """Values of other columns by their own words, such as "dark" of the roast, for a kind whose products state them."""
    if kind is None:
        return
    slots = {limit.slot for limit in known}
    said = [word for word in tokenize(plain) if word not in kind.words and not word.isdigit()]
    for column, words in shelf.texts.items():
        held = [word for word in dict.fromkeys(said) if word in words]
        if not held or column in slots or any(aspect.has_column(column) for aspect in aspects().values()):
            continue
        if _TAKEN.search(column) or not any(set(held) & shelf.words(one) for one in of_kind[:LOOKED_AT]):
            continue
        stated = [one for one in of_kind[:LOOKED_AT] if column in one.attributes]
        values = [str(one.attributes[column]) for one in stated]
        whole = next((value for value in values if set(held) <= set(tokenize(value))), "")
        if len(stated) < 2 or not whole:
            continue
        label = attribute_name(column, stated[0].language).label
        yield ValueLimit(column, frozenset(held), label, whole if whole in plain else " ".join(_as_said(plain, held)))


def _as_said(plain: str, words: Sequence[str]) -> list[str]:
    """The words as the shopper wrote them, not as they are looked up."""
    runs = re.findall(r"[a-z]+", plain)
    return [run for run in runs if set(tokenize(run)) & set(words)] or list(words)


_TAKEN = re.compile(r"material|waterproof|noise|connectivity|fragrance|induction|age|voltage|材质|防水")


def _degree(plain: str, of_kind: Sequence[CatalogProduct]) -> tuple[Order | None, Relative | None]:
    """What is to come first, and what is wished for beside what was shown."""
    best: tuple[float, Order | None, Relative | None] = (0.0, None, None)
    for form in FORMS:
        for aspect in aspects().values():
            for way in WAYS:
                pattern = aspect.degrees.get((way, form))
                found = pattern.search(plain) if pattern else None
                if not found or _HOW.search(plain[: found.start()]):
                    continue
                share = 1.0 if aspect.name == "price" else _stated_by(aspect, of_kind)
                if share <= best[0]:
                    continue
                relative = Relative(aspect, way, found.group()) if form == "comparative" else None
                best = (share, Order(aspect, way, one=form == "superlative"), relative)
        if best[1] is not None:
            break
    return best[1], best[2]


def _left(plain: str, wish: Wish) -> str:
    """The message with gaps where limits, and what is to come first, were read from it."""
    left = plain
    for limit in wish.limits:
        left = left.replace(limit.said.lower(), GAP) if limit.said else left
        left = limit.aspect.calls.sub(" ", left) if isinstance(limit, MeasureLimit) else left
    if wish.order:
        for form in FORMS:
            pattern = wish.order.aspect.degrees.get((wish.order.way, form))
            left = pattern.sub(GAP, left) if pattern else left
        left = wish.order.aspect.calls.sub(" ", left)
    return left


def _rest(left: str, wish: Wish) -> tuple[str, ...]:
    """Content words that no part of the wish was read from."""
    taken = wish.kind.words if wish.kind else frozenset()
    words = tokenize(_SHOPPING.sub(" ", left.replace(GAP, " ")))
    return tuple(word for word in dict.fromkeys(words) if word not in taken and not word.isdigit())


def _with_degrees(plain: str) -> str:
    """Degrees without a scale are Celsius, and so is a bare "minus 5"."""
    plain = re.sub(r"(\d)\s?(?:degrees?|°)(?!\s?(?:[cf]\b|celsius|fahrenheit))", r"\1 °c", plain)
    return re.sub(r"(?<![\d\w])(minus |零下|-)\s?(\d+)(?![\d.]*\s?(?:°|度|[a-z%]))", r"\1\2 °c", plain)
