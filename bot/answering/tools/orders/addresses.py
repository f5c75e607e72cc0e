"""Addresses in a shopper's words: written out in English or Chinese, or meant ("my default address")."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from babel import Locale

from knowledge.orders import Address, CustomerView, OrderView

_LINE = re.compile(
    r"(?<![\w#-])(?P<line>\d{1,5}[A-Za-z]?(?:[-/]\d{1,5})?,? (?:[A-Z0-9][\w.'’-]*,? ?){1,6}.*)", re.DOTALL
)
_ANY_CASE = re.compile(r"(?<![\w#-])(?P<line>\d{1,5}[A-Za-z]? [a-z][\w.'’ -]{2,40},.*)", re.DOTALL)
_FLAT = re.compile(r"^(?:apt|apartment|suite|ste|flat|unit|room|floor|#)\.?(?: ?#?\w{1,6})?$", re.IGNORECASE)
_FLAT_INSIDE = re.compile(r"\s+((?:apt|apartment|suite|ste|flat|unit|room)\b\.? ?#?\w{1,6}|#\w{1,6})$", re.IGNORECASE)
_STATES = frozenset(
    [
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "DC",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
        "PR",
    ]
)
_STATE_NAMES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "florida": "FL", "georgia": "GA", "hawaii": "HI", "idaho": "ID",
    "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA", "maine": "ME",
    "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS", "missouri": "MO",
    "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ", "new mexico": "NM",
    "new york": "NY",
    "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA",
    "rhode island": "RI", "south carolina": "SC", "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT",
    "vermont": "VT", "virginia": "VA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip
_POSTCODE = re.compile(r"(?:^|\s)((?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})|\d{4,6}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)$")
_ENDS = re.compile(
    r"[!?;。！？；()]|\.(?:\s|$)(?!\s*(?:apt|suite|unit))|\b(?:please|thanks|thank you|instead)\b", re.IGNORECASE
)
_UNITED_STATES = frozenset({"usa", "us", "united states", "u.s.", "u.s.a", "america", "united states of america"})

_HAN = "㐀-鿿"
_CHINESE = re.compile(
    rf"(?:(?P<region>[{_HAN}]{{2,8}}?(?:省|自治区)|北京|上海|天津|重庆)市?)?(?P<city>[{_HAN}]{{2,8}}?(?:市|自治州|地区))?"
    rf"(?P<line>[{_HAN}A-Za-z0-9·\- ]{{0,30}}?(?:路|街|道|巷|弄|村|小区|花园|大厦|苑|公寓|广场)"
    rf"[{_HAN}A-Za-z0-9·\- #]{{0,40}})"
)
_LEAD_IN = re.compile(r".*(?:改成|改为|改到|换成|换到|寄到|送到|发到|寄往|地址是|地址为|地址[:：]|新地址|[:：])\s*")
_CHINESE_POSTCODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_MUNICIPAL = frozenset({"北京", "上海", "天津", "重庆"})

_DEFAULT = re.compile(
    r"\b(?:default|home|profile|account|saved|usual|billing) (?:\w+ )?(?:address|home|one)\b"
    r"|\baddress (?:on|in) (?:my )?(?:file|profile|account)\b"
    r"|\bmy (?:default|home)\b|默认地址|账户(?:里的)?地址|资料里的地址|家里?的?地址|常用地址"
)
_OTHER_ORDER = re.compile(
    r"\b(?:other|another|different|previous|last|my) orders?\b|另(?:外)?一?[个张笔]订单|上[一个]+订单"
)
_SHORT_CITIES = {
    "nyc": "new york", "big apple": "new york", "la": "los angeles", "sf": "san francisco", "dc": "washington",
    "philly": "philadelphia", "vegas": "las vegas",
}  # fmt: skip


@dataclass(frozen=True)
class MeantAddress:
    """What some words say about an address.

    Attributes:
        address: the one that is meant; None while it is not known.
        missing: parts that it lacks: `line1`, `city`, `region`, `postcode`.
        several: known ones between which the words do not tell.
    """

    address: Address | None = None
    missing: tuple[str, ...] = ()
    several: tuple[Address, ...] = ()


def meant_address(
    typed: str, customer: CustomerView, orders: Sequence[OrderView], target: OrderView | None
) -> MeantAddress:
    """The address that the words give, or mean among those of the customer.

    Args:
        typed: the words as typed; an address is masked everywhere else.
        customer: whose default address "my default address" is.
        orders: all of the customer's, whose addresses may be meant.
        target: the order that is to go there; its own address is never meant. None: the customer's own is to change.
    """
    written = _written(typed, customer)
    if written is not None:
        return MeantAddress(written, lacking(written))
    plain = unicodedata.normalize("NFKC", typed).casefold().replace("’", "'")
    current = target.address if target else customer.address
    known = [customer.address] if target else []
    known += [order.address for order in orders if target is None or order.order_number != target.order_number]
    open_to = tuple(dict.fromkeys(address for address in known if address.line1 and address != current))
    if target is not None and _DEFAULT.search(plain) and customer.address.line1:
        return MeantAddress(customer.address)
    named = tuple(address for address in open_to if _names(plain, address))
    if named:
        return MeantAddress(named[0]) if len(named) == 1 else MeantAddress(several=named)
    if _OTHER_ORDER.search(plain) and open_to:
        elsewhere = tuple(address for address in open_to if address != customer.address) or open_to
        return MeantAddress(elsewhere[0]) if len(elsewhere) == 1 else MeantAddress(several=elsewhere)
    return MeantAddress()


def written_address(typed: str) -> Address | None:
    """An address that is written out in the words; what the customer's own tells is still missing."""
    return _written(typed, CustomerView(""))


def as_of(address: Address, customer: CustomerView) -> Address:
    """The address with the country and the region where the customer's own address tells them."""
    return _filled(address, customer)


def completed(address: Address, typed: str) -> MeantAddress:
    """The address with what was missing, taken from the shopper's next words."""
    plain = typed.strip().strip(".。")
    postcode = re.search(r"\b\d{4,6}(?:-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", plain)
    for part in lacking(address):
        if part == "postcode" and postcode:
            address = replace(address, postcode=postcode.group())
        elif part == "region" and (state := _state(plain)):
            address = replace(address, region=state)
        elif part == "city" and (town := re.sub(r"[\d,].*", "", plain).strip()):
            address = replace(address, city=town)
    return MeantAddress(address, lacking(address))


def _written(typed: str, customer: CustomerView) -> Address | None:
    text = unicodedata.normalize("NFKC", typed)
    return _western(text, customer) or _chinese(text, customer)


def _western(text: str, customer: CustomerView) -> Address | None:
    found = _LINE.search(text) or _ANY_CASE.search(text)
    if not found:
        return None
    parts = [part.strip(" .") for part in re.split(r"[,\n]", _ENDS.split(found["line"])[0])]
    parts = [part for part in parts if part]
    line1, rest = parts[0], parts[1:]
    inside = _FLAT_INSIDE.search(line1)
    line2 = inside.group(1) if inside else ""
    line1 = line1[: inside.start()] if inside else line1
    city = region = postcode = country = ""
    for part in rest:
        place, code = _cut_postcode(part)
        state = _state(place, whole=True)
        postcode = postcode or code
        if not place:
            continue
        if _FLAT.match(place):
            line2 = place
        elif named := _country(place):
            country = named
        elif state and city:
            region = region or state
        elif not city:
            city, region = _city_and_state(place, region)
    if not (city or postcode) or any(sign.isdigit() for sign in city):
        return None
    return _filled(Address(line1, line2, city, region, postcode, country), customer)


def _cut_postcode(part: str) -> tuple[str, str]:
    found = _POSTCODE.search(f" {part}")
    return (f" {part}"[: found.start()].strip(), found.group(1)) if found else (part, "")


def _city_and_state(place: str, region: str) -> tuple[str, str]:
    words = place.split()
    if len(words) > 1 and words[-1].upper() in _STATES and words[-1].isupper():
        return " ".join(words[:-1]), region or words[-1]
    return place, region


def _filled(address: Address, customer: CustomerView) -> Address:
    """With the country and the region where the customer's own address tells them."""
    own = customer.address
    told = address.country or (
        "US" if address.region in _STATES and re.fullmatch(r"\d{5}(-\d{4})?", address.postcode) else ""
    )
    country = _spelled_as(told, own.country) if told else own.country
    region = address.region
    if not region and _same(address.city, own.city):
        region = own.region
    if not region and country.casefold() in _UNITED_STATES:
        # A town named like its state: New York.
        region = _STATE_NAMES.get(address.city.casefold(), "")
    return replace(address, country=country, region=region)


def lacking(address: Address) -> tuple[str, ...]:
    """The parts without which nothing can be sent there."""
    wanted = [name for name in ("line1", "city", "postcode") if not getattr(address, name)]
    if address.country.casefold() in _UNITED_STATES and not address.region:
        wanted.append("region")
    return tuple(wanted)


def _state(text: str, *, whole: bool = False) -> str:
    """The state of the US that the text names; with `whole`, only where it is nothing else."""
    plain = text.strip().casefold()
    if plain in _STATE_NAMES:
        return _STATE_NAMES[plain]
    if text.strip().upper() in _STATES and (whole or len(text.strip()) == 2):
        return text.strip().upper()
    if whole:
        return ""
    named = next((code for name, code in _STATE_NAMES.items() if re.search(rf"\b{name}\b", plain)), "")
    return named or next((word for word in re.findall(r"\b[A-Z]{2}\b", text) if word in _STATES), "")


def _country(place: str) -> str:
    plain = place.casefold()
    if plain in _UNITED_STATES:
        return "USA"
    return next((str(name) for name in _countries() if name.casefold() == plain), "")


def _spelled_as(country: str, own: str) -> str:
    """The country as the shop writes countries, told by how it writes the customer's own."""
    code, known = _code(country), _code(own)
    if code and code == known:
        return own
    return code if code and own == known else country


def _code(country: str) -> str:
    """The country's two letters; empty for one that we do not know."""
    plain = country.casefold()
    if plain in _UNITED_STATES:
        return "US"
    return next((code for code, name in _territories() if plain in (code.casefold(), name.casefold())), "")


def _countries() -> Iterable[str]:
    return (name for _, name in _territories())


@cache
def _territories() -> tuple[tuple[str, str], ...]:
    """(code, name) of each country, in both languages."""
    names = [("GB", "UK"), ("GB", "England"), ("CN", "China"), ("CN", "中国")]
    for language in ("en", "zh"):
        names += [
            (code, name) for code, name in Locale(language).territories.items() if len(code) == 2 and code.isalpha()
        ]
    return tuple(names)


def _chinese(text: str, customer: CustomerView) -> Address | None:
    text = _LEAD_IN.sub("", text, count=1)
    found = _CHINESE.search(text)
    if not found or not (found["region"] or found["city"]):
        return None
    region, city = found["region"] or "", found["city"] or ""
    line = re.split(r"[,，。；]|邮编|可以|谢谢|吧$|吗", found["line"])[0].strip()
    if region in _MUNICIPAL:
        region, city = f"{region}市", f"{region}市"
    postcode = _CHINESE_POSTCODE.search(text)
    address = Address(line, "", city, region, postcode.group() if postcode else "", "China")
    return _filled(address, customer)


def _names(plain: str, address: Address) -> bool:
    for short, city in _SHORT_CITIES.items():
        plain = re.sub(rf"\b{short}\b", city, plain)
    streets = re.sub(r"^\d+\w*\s+", "", address.line1.casefold())
    return any(
        len(part) > 2 and re.search(rf"(?<![a-z]){re.escape(part)}(?![a-z])", plain)
        for part in (address.city.casefold(), streets, _state_name(address.region))
    )


def _state_name(code: str) -> str:
    return next((name for name, short in _STATE_NAMES.items() if short == code), "")


def _same(one: str, other: str) -> bool:
    return bool(one) and one.casefold() == other.casefold()
