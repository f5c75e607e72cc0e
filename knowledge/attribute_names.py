"""What the columns of a catalogue are called in front of shoppers, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True)
class AttributeName:
    """A label such as `Weight`, and the unit that its numbers have, or an empty one."""

    label: str
    unit: str = ""

    def value(self, value: object) -> str:
        """The value with its unit: `248 g`."""
        return f"{value} {self.unit}" if self.unit else str(value)


def attribute_name(column: str, language: str) -> AttributeName:
    """The name of a catalogue's column for shoppers: `weight_g` is Weight in g, `电池续航` stays as it is."""
    names, units = _known()
    if column in names:
        return AttributeName(names[column][language])
    stem, _, ending = column.rpartition("_")
    unit = units[ending][language] if stem and ending in units else ""
    stem = stem if unit else column
    label = names[stem][language] if stem in names else stem.replace("_", " ").strip().capitalize()
    return AttributeName(label, unit)


@cache
def _known() -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]]:
    content = yaml.safe_load(files("knowledge").joinpath("attribute_names.yaml").read_text(encoding="utf-8"))
    return content["names"], content["units"]
