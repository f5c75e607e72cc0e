"""Reading: a shopper's words to a Wish over the shop's rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.answering.quantities import normalised
from bot.answering.tools.products.aspects import FORMS, WAYS, aspects
from bot.answering.tools.products.attributes import asked_attributes, plainly
from bot.answering.tools.products.cues import choice_said, without_choice
from bot.answering.tools.products.kinds import GAP, Kind
from bot.answering.tools.products.limits import (
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
from bot.answering.tools.products.numbers import LOOKED_AT, number_limits, stated_by, with_degrees
from bot.answering.tools.products.options import Asked, asked_options
from bot.answering.tools.products.shelf import Shelf
from bot.answering.tools.products.wishes import Order, Relative, Wish
from knowledge.amounts import find_range
from knowledge.attribute_names import attribute_name
from knowledge.catalog import CatalogProduct
from knowledge.filters import SearchFilters, parse_filters
from knowledge.keywords import tokenize

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
_ANY_SIZE = {"small", "medium", "large", "extra large"}  # may just mean how big a thing is
_NEGATED = re.compile(
    r"(?:\bwithout(?: an?| any| the)?|\bno|\bnot(?: made (?:of|from))?|\bnon|\bexcept|\bother than|\banything but|"
    r"\bfree of|\bisn't|\bdon't want(?: any)?|不要|不含|不用|不带|(?<!有)没有|无|免|除了|非|别)[\s-]*$"
)
_FREE = re.compile(r"^[- ]?free\b|^以外|^除外")
_HOW = re.compile(r"(?:\bhow|\bso|\bnot that|多|多么|有多)\s*$")
# Words of wishing itself, which say nothing of what is wished for.
_SHOPPING = re.compile(
    r"\b(?:show|need|want|look(?:ing)?|buy|find|recommend|suggest|please|something|anything|good|nice|fits?|takes?|holds?|"
    r"than|more|less|least|most|get|products?|items?|things?|ones?|pairs?|kinds?|like)\b"
    r"|想要?|买|寻?找|推荐|请问?|有没有|没有|能?装下|能放进?去?|适合|[一哪那]款|一?个|哪些|那种|好用?|带|戴"
)


def read_wish(text: str, shelf: Shelf, *, about: Kind | None = None) -> Wish:
    """What a message wishes for, by itself.

    Args:
        text: in the shopper's words.
        shelf: the shop's products, whose brands, materials, colours, sizes and kinds are looked for.
        about: the kind that the talk is about, for a message that names none.
    """
    plain = with_degrees(normalised(text).replace("’", "'"))
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
    limits += number_limits(plain, span, of_kind, limits)
    limits += _attributes(plain)
    limits += _materials(plain, kind)
    limits += _brands(plain, shelf)
    limits += _values(plain, shelf, of_kind, meant, limits)
    if meant and (found := _IN_STOCK.search(plain)):
        limits.append(StockLimit(found.group()))
    order, relative = _degree(plain, of_kind)
    if foreign and order is None:
        order = Order(aspects()["price"], "less")  # no rate is known, so that the lowest prices come first
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
        values = list(dict.fromkeys(value for _, value in asked.values))
        if family and not any(family.has.search(plainly(value)) for value in values):
            # A size that is there in a colour that is not: both are wished for.
            return [OptionLimit(asked, " ".join([_found(family.asks, plain), *values]), family.has)]
        return [OptionLimit(asked, said or " ".join(values))]
    if family:
        return [OptionLimit(Asked(()), said or _found(family.asks, plain), family.has)]
    return [OptionLimit(Asked(()), said)] if said and said not in _ANY_SIZE else []


def _has(product: CatalogProduct, asked: Asked) -> bool:
    return any(asked.fits(variant) for variant in product.variants)


def _found(pattern: re.Pattern[str], plain: str) -> str:
    found = pattern.search(plain)
    return found.group() if found else ""


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
        phrase = whole if whole in plain else " ".join(_as_said(plain, held))
        place = re.search(re.escape(phrase), plain)
        wanted = place is None or not _is_negated(plain, place)
        yield ValueLimit(column, frozenset(held), label, _with_no(plain, place) if place else phrase, wanted)


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
                share = 1.0 if aspect.name == "price" else stated_by(aspect, of_kind)
                if share <= best[0]:
                    continue
                beside = form == "comparative" or (form == "plain" and "比" in plain[: found.start()])
                relative = Relative(aspect, way, found.group()) if beside else None
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
        left = without_choice(left) if isinstance(limit, OptionLimit) else left
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
