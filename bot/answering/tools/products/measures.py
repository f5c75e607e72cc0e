"""Measures: numbers in one unit a dimension, so that inches meet centimetres and ounces grams."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.answering.quantities import Quantity, normalised, quantities

# Unit of a Quantity → its dimension, and how many of the dimension's unit it is: g, mm, l, minutes, mAh, W, lm, °C.
_DIMENSIONS: Mapping[str, tuple[str, float]] = {
    "gram": ("mass", 1.0),
    "pound": ("mass", 453.59237),
    "ounce": ("mass", 28.349523),
    "metre": ("length", 1000.0),
    "inch": ("length", 25.4),
    "foot": ("length", 304.8),
    "litre": ("volume", 1.0),
    "second": ("time", 1 / 60),
    "minute": ("time", 1.0),
    "day": ("time", 1440.0),
    "month": ("time", 43_830.0),
    "mah": ("charge", 1.0),
    "watt": ("power", 1.0),
    "lumen": ("light", 1.0),
    "celsius": ("temperature", 1.0),
    "fahrenheit": ("temperature", 1.0),
    "person": ("persons", 1.0),
    "": ("", 1.0),
}
FLUID_OUNCES = 0.0295735 / 28.349523
"""Litres for each gram that "ounces" were taken for, where what is measured is a volume."""

_BELOW_ZERO = re.compile(r"(?:(?<!\d)-|minus|零下)\s*$")


@dataclass(frozen=True)
class Measure:
    """A number of one dimension.

    Attributes:
        value: in the dimension's unit.
        dimension: empty for a bare count.
        unit: as Quantity names it.
        start, end: where it stands in the normalised text.
    """

    value: float
    dimension: str
    start: int = 0
    end: int = 0
    unit: str = ""


def measures(text: str) -> list[Measure]:
    """Every number of a known dimension in a text, in order."""
    plain = normalised(text)
    return [
        Measure(_signed(one, plain), _DIMENSIONS[one.unit][0], one.start, one.end, one.unit)
        for one in quantities(text)
        if one.unit in _DIMENSIONS
    ]


@lru_cache(maxsize=200_000)  # a catalogue says the same in many products
def stated(text: str) -> tuple[Measure, ...]:
    """The same of a short text that comes again and again, such as an attribute's value."""
    return tuple(measures(text))


def as_dimension(measure: Measure, dimension: str) -> float | None:
    """Its value as of another dimension; None where it cannot be one.

    Ounces may be of weight or fluid, and a bare count may be of persons.
    """
    if measure.dimension == dimension:
        return measure.value
    if measure.unit == "ounce" and dimension == "volume":
        return measure.value * FLUID_OUNCES
    return measure.value if not measure.dimension and dimension == "persons" else None


def _signed(quantity: Quantity, plain: str) -> float:
    value = float(quantity.value) * _DIMENSIONS[quantity.unit][1]
    if _DIMENSIONS[quantity.unit][0] == "temperature":
        value = -value if _BELOW_ZERO.search(plain[: quantity.start]) else value
        return (value - 32) / 1.8 if quantity.unit == "fahrenheit" else value
    return value
