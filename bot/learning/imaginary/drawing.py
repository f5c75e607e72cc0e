"""Draws the values of an imaginary shop: amounts, days, places, names; nothing in them can be learned by heart."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

Language = Literal["en", "zh"]

_CURRENCIES = {
    "en": (("${}", "{} dollars"), ("£{}", "{} pounds"), ("€{}", "{} euros"), ("{} USD", "{} dollars"), ("A${}", "${}")),
    "zh": (("{} 元", "{}块"), ("¥{}", "{}元"), ("{} 元", "{}元"), ("{} 美元", "{}美元"), ("{} 港元", "{}港币")),
}
_DASHES = {"en": ("–", "–", "-", " to "), "zh": ("–", "-", " 至 ", "～")}
_MONTHS_NAMED = "January February March April May June July August September October November December"
_MONTHS = _MONTHS_NAMED.split()


@dataclass(frozen=True)
class Value:
    """One drawn value.

    Attributes:
        text: as the shop writes it.
        said: as a shopper says it.
        size: of a number.
        unit: puts another number of the same sort into words, as the shop and as a shopper would.
    """

    text: str
    said: str
    size: float = 0.0
    unit: Callable[[float], tuple[str, str]] | None = None

    def __str__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return self.text


@dataclass
class Shop:
    """What all pages of one shop share: its name, its currency and its way of writing."""

    rng: random.Random
    language: Language
    name: str = ""
    currency: tuple[str, str] = ("", "")
    dash: str = ""
    tight: bool = False
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.currency = self.rng.choice(_CURRENCIES[self.language])
        self.dash = self.rng.choice(_DASHES[self.language])
        self.tight = self.rng.random() < 0.5
        self.name = _name(self.rng, self.language)

    def draw(
        self, wanted: Mapping[str, Mapping[str, Any]], kept: Mapping[str, Value] | None = None
    ) -> dict[str, Value]:
        """A value for each name; no two of one drawing read the same.

        Args:
            wanted: for each name how it is drawn: one key with its arguments, see `_KINDS`.
            kept: values not to be drawn anew.
        """
        values: dict[str, Value] = {"shop": Value(self.name, self.name), **(kept or {})}
        for name, how in wanted.items():
            if name in values:
                continue
            ((kind, arguments),) = how.items()
            for _ in range(20):
                value = _KINDS[kind](self, arguments, values)
                if all(value.text != other.text for other in values.values()) and value.text not in self.taken:
                    break
            values[name] = value
        return values


@cache
def words() -> dict[str, Any]:
    """Names of countries, towns, goods and the syllables that names are made of."""
    read: dict[str, Any] = yaml.safe_load((files("bot.learning.imaginary") / "words.yaml").read_text(encoding="utf-8"))
    return read


def _money(shop: Shop, arguments: list[float], _values: Mapping[str, Value]) -> Value:
    low, high, step = arguments
    size = low + step * shop.rng.randint(0, int((high - low) / step))
    if step < 1:
        size = int(size) + shop.rng.choice((0.0, 0.5, 0.9, 0.95, 0.99))
    return _amount(shop, size)


def _amount(shop: Shop, size: float) -> Value:
    def unit(number: float) -> tuple[str, str]:
        whole = number == int(number)
        written = f"{int(number):,}" if whole else f"{number:.2f}"
        plain = f"{int(number)}" if whole else f"{number:.2f}"
        text = shop.currency[0].format(written if shop.language == "en" else plain)
        return text, shop.currency[1].format(plain)

    return Value(*unit(size), size, unit)


def _int(shop: Shop, arguments: list[int], _values: Mapping[str, Value]) -> Value:
    low, high, *step = arguments
    size = shop.rng.randrange(low, high + 1, *step)
    return Value(*_number(size), size, _number)


def _number(size: float) -> tuple[str, str]:
    return f"{int(size)}", f"{int(size)}"


def _below(shop: Shop, base: str, values: Mapping[str, Value]) -> Value:
    top = values[base].size
    near = shop.rng.random() < 0.2
    return _like(values[base], top - shop.rng.choice((1, 2, 5)) if near else top * shop.rng.uniform(0.3, 0.92), top=top)


def _above(shop: Shop, base: str, values: Mapping[str, Value]) -> Value:
    bottom = values[base].size
    near = shop.rng.random() < 0.2
    return _like(values[base], bottom + shop.rng.choice((1, 2, 5)) if near else bottom * shop.rng.uniform(1.1, 2.2))


def _between(shop: Shop, ends: list[str], values: Mapping[str, Value]) -> Value:
    low, high = (values[end] for end in ends)
    return _like(low, shop.rng.uniform(low.size + 1, high.size - 1))


def _like(base: Value, size: float, *, top: float = 0.0) -> Value:
    """A whole number of the same sort as another value; below `top` where one is given."""
    whole = max(1, round(size))
    if top and whole >= top:
        whole = max(1, int(top) - 1)
    if not top and whole <= base.size:
        whole = int(base.size) + 1
    if base.unit is None:
        raise ValueError(f"{base.text!r} is no number to compare with")
    return Value(*base.unit(whole), whole, base.unit)


def _range(shop: Shop, arguments: list[int], _values: Mapping[str, Value]) -> Value:
    low, high = arguments
    start = shop.rng.randint(low, high - 1)
    end = start + shop.rng.randint(1, max(1, min(4, high - start)))
    return Value(f"{start}{shop.dash}{end}", f"{start}-{end}", end)


def _time(shop: Shop, arguments: list[int], _values: Mapping[str, Value]) -> Value:
    hour = shop.rng.randint(*arguments)
    half = ":30" if shop.rng.random() < 0.3 else ""
    if shop.language == "zh":
        clock = f"{hour}:{half.lstrip(':') or '00'}"
        part = "上午" if hour < 12 else "下午" if hour < 18 else "晚上"
        said = f"{part}{hour if hour <= 12 else hour - 12}点{'半' if half else ''}"
        return Value(clock, said, hour)
    twelve = f"{hour if hour <= 12 else hour - 12}{half}"
    half_day = "a.m." if hour < 12 else "p.m."
    return Value(f"{twelve} {half_day}", f"{twelve}{half_day.replace('.', '')}", hour)


def _date(shop: Shop, _arguments: object, _values: Mapping[str, Value]) -> Value:
    month, day = shop.rng.randint(1, 12), shop.rng.randint(1, 28)
    text = f"{month} 月 {day} 日" if shop.language == "zh" else f"{day} {_MONTHS[month - 1]}"
    return Value(text, text.replace(" ", "") if shop.language == "zh" else text)


def _one(shop: Shop, arguments: Mapping[str, list[str]], _values: Mapping[str, Value]) -> Value:
    chosen = shop.rng.choice(arguments[shop.language])
    text, _, said = chosen.partition("~")
    return Value(text, said or text)


def _listed(shop: Shop, name: str, _values: Mapping[str, Value]) -> Value:
    return _one(shop, words()[name], _values)


def _brand(shop: Shop, _arguments: object, _values: Mapping[str, Value]) -> Value:
    name = _name(shop.rng, shop.language)
    return Value(name, name)


def _product(shop: Shop, goods: str, _values: Mapping[str, Value]) -> Value:
    """A made-up model of a kind of goods, e.g. `Voltamar 6 headphones`."""
    noun = shop.rng.choice(words()[goods][shop.language])
    name = _name(shop.rng, shop.language)
    number = shop.rng.choice(("", "", " 2", " 3", " Pro", " Mini", f" {shop.rng.randint(10, 90) * 10}", " X", " Lite"))
    if shop.language == "zh":
        return Value(f"{name}{number} {noun}", f"{name}{number}{noun}")
    titled = " ".join(word if word[0].isupper() else word.capitalize() for word in noun.split())
    return Value(f"{name}{number} {titled}", shop.rng.choice((f"{name}{number}", f"{name}{number} {noun}".lower())))


def _name(rng: random.Random, language: Language) -> str:
    syllables = words()["syllables"][language]
    if language == "zh" and rng.random() < 0.6:
        return "".join(rng.sample(syllables, 2))
    latin = words()["syllables"]["en"]
    return "".join(str(rng.choice(latin[part])) for part in ("start", "middle", "end")).capitalize()


_KINDS: dict[str, Callable[[Shop, Any, Mapping[str, Value]], Value]] = {
    "money": _money,
    "int": _int,
    "below": _below,
    "above": _above,
    "between": _between,
    "range": _range,
    "time": _time,
    "date": _date,
    "one": _one,
    "listed": _listed,
    "brand": _brand,
    "product": _product,
}
