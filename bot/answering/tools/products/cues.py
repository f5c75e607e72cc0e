"""ProductWish: which facts about products a question asks for, read from cues kept in `product_cues.yaml`."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True)
class ProductWish:
    """What a question wants of products; several may be true.

    Attributes:
        price, stock, options: of a product that is named or was just shown.
        browse: products to choose from.
        cheapest, dearest: the one at that end of the price.
        compare: what sets several apart.
        choice: a colour or size is named.
        about: what the product is like as a whole.
        service: it is rather about delivery, returns and the like.
    """

    price: bool = False
    stock: bool = False
    options: bool = False
    browse: bool = False
    cheapest: bool = False
    dearest: bool = False
    compare: bool = False
    choice: bool = False
    about: bool = False
    service: bool = False

    @property
    def fact(self) -> bool:
        """Whether a fact of a row is asked."""
        return self.price or self.stock or self.options


def product_wish(question: str) -> ProductWish:
    """What the question asks of products."""
    plain = unicodedata.normalize("NFKC", question).casefold().replace("’", "'")
    return ProductWish(**{name: bool(pattern.search(plain)) for name, pattern in _cues().items()})


def choice_said(question: str) -> str:
    """The colour or size that the question names, as it is put there; empty where it names none."""
    found = _cues()["choice"].search(unicodedata.normalize("NFKC", question).casefold())
    return found.group().strip(" 的") if found else ""


def without_choice(question: str) -> str:
    """The question without colours and sizes."""
    return _cues()["choice"].sub(" ", unicodedata.normalize("NFKC", question).casefold())


@cache
def _cues() -> dict[str, re.Pattern[str]]:
    read = yaml.safe_load((files("bot.answering") / "product_cues.yaml").read_text(encoding="utf-8"))
    return {name: re.compile(str(cues).replace("\n", "").replace(" |", "|").strip()) for name, cues in read.items()}
