"""Shopping conversations with what must hold of the products in each reply, judged by rows alone."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.errors import InvalidInput
from bot.reply import Reply
from knowledge.catalog import CatalogProduct, CatalogVariant

CLOSEST = "closest_products"
_MONEY = re.compile(r"(?:US)?[$¥€£]\s?(\d[\d,]*(?:\.\d+)?)")
_OPERATOR = re.compile(r"(<=|>=|!=|!~|<|>|=|~)(.*)", re.DOTALL)


@dataclass(frozen=True)
class ShoppingTurn:
    """One message, and what a right reply to it shows.

    Attributes:
        say: the message.
        fits: by column, what the row of every product shown must hold, such as `<=120` or `~wool`.
        ids: only these products may be shown.
        must: all of these are shown.
        any_of: at least one of these is.
        first: one of these comes first.
        none_of: none of these is.
        compare: these are set side by side in a table.
        dropped: nothing fits; what comes closest is shown and it is said what of the wish that misses.
        category: of what comes closest.
        says: words of the text.
    """

    say: str
    fits: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    compare: tuple[str, ...] = ()
    dropped: bool = False
    category: str = ""
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShoppingTalk:
    """One conversation."""

    id: str
    split: str
    language: str
    turns: tuple[ShoppingTurn, ...]


@dataclass(frozen=True)
class Shown:
    """What a system showed: products in order, and how the bot put it; a plain search says nothing."""

    product_ids: tuple[str, ...]
    text: str = ""
    reason: str = ""
    compared: tuple[str, ...] = ()
    prices: tuple[tuple[str, Decimal | None], ...] = ()

    @classmethod
    def of(cls, reply: Reply) -> "Shown":
        """What a reply shows."""
        table = reply.comparison
        return cls(
            tuple(card.product_id for card in reply.products),
            reply.text,
            reply.reason,
            table.product_ids if table else (),
            tuple((card.product_id, card.price) for card in reply.products),
        )


def read_shopping(path: Path, *, split: str) -> list[ShoppingTalk]:
    """The conversations of one split, in the file's order.

    Raises:
        InvalidInput: the file is absent or a line of it cannot be read.
    """
    if not path.is_file():
        raise InvalidInput(f"There is no file {str(path)!r} of shopping conversations; give the path of one.")
    talks = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            talks.append(_talk(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(f"{path}, line {number}: no shopping conversation ({error}); see its README.") from error
    return [talk for talk in talks if talk.split == split]


def right(turn: ShoppingTurn, shown: Shown, rows: Mapping[str, CatalogProduct]) -> bool:
    """Whether what was shown is right; `rows` are the English ones, by product id."""
    ids = shown.product_ids
    if not ids or any(one not in rows for one in ids):
        return False
    if turn.compare and set(shown.compared) != set(turn.compare):
        return False
    if turn.dropped and shown.reason != CLOSEST:
        return False
    allowed = not turn.ids or set(ids) <= set(turn.ids)
    named = set(turn.must) <= set(ids) and (not turn.any_of or bool(set(turn.any_of) & set(ids)))
    first = not turn.first or ids[0] in turn.first
    absent = not set(turn.none_of) & set(ids)
    category = not turn.category or all(rows[one].category == turn.category for one in ids)
    said = all(word.casefold() in shown.text.casefold() for word in turn.says)
    fitting = all(fits(rows[one], turn.fits) for one in ids)
    return allowed and named and first and absent and category and said and fitting


def first_fits(turn: ShoppingTurn, shown: Shown, rows: Mapping[str, CatalogProduct]) -> bool:
    """Whether the first product alone may be shown, whatever is said of it: what a plain search is good for."""
    first = shown.product_ids[:1]
    if not first or first[0] not in rows:
        return False
    wanted = turn.first or turn.ids or turn.must or turn.any_of or turn.compare
    category = not turn.category or rows[first[0]].category == turn.category
    allowed = (not wanted or first[0] in wanted) if not turn.fits else (not turn.ids or first[0] in turn.ids)
    return allowed and category and first[0] not in turn.none_of and fits(rows[first[0]], turn.fits)


def invented(shown: Shown, rows: Mapping[str, CatalogProduct]) -> bool:
    """Whether a product is shown that no row has, or a price on a card that is not the row's."""
    if any(one not in rows for one in shown.product_ids):
        return True
    return any(price != rows[one].price for one, price in shown.prices)


def foreign_price(said: str, shown: Shown, rows: Mapping[str, CatalogProduct]) -> bool:
    """Whether the text states a price that neither a row of the shop has nor the shopper said until then."""
    known = {price for row in rows.values() for price in _prices(row)}
    known |= {Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", said)}
    return any(Decimal(price.replace(",", "")) not in known for price in _MONEY.findall(shown.text))


def fits(row: CatalogProduct, wanted: Mapping[str, Sequence[str]]) -> bool:
    """Whether a row, and where colour or size are wanted a variant of it in stock, holds all of it."""
    options = {column: tests for column, tests in wanted.items() if column in ("colour", "size")}
    own = all(
        _holds(_value(row, column), test) for column, tests in wanted.items() if column not in options for test in tests
    )
    if not options:
        return own
    return own and any(variant.stock != 0 and _variant_fits(variant, options) for variant in row.variants)


def _variant_fits(variant: CatalogVariant, options: Mapping[str, Sequence[str]]) -> bool:
    values = {name.casefold(): value for name, value in variant.options.items()}
    return all(_holds(values.get(column, ""), test) for column, tests in options.items() for test in tests)


def _value(row: CatalogProduct, column: str) -> str:
    if column == "id":
        return row.product_id
    if column in ("title", "category", "brand", "price"):
        return str(getattr(row, column))
    return str(row.attributes.get(column, ""))


def _holds(value: str, test: str) -> bool:
    found = _OPERATOR.fullmatch(test)
    if found is None:
        raise InvalidInput(f"{test!r} is no test of a value; expected one of < <= > >= = != ~ !~ and what to compare.")
    operator, bound = found.groups()
    if operator in ("~", "!~"):
        return bool(re.search(bound, value, re.IGNORECASE)) is (operator == "~")
    if operator in ("=", "!="):
        return (value.casefold() == bound.casefold()) is (operator == "=")
    try:
        number, limit = Decimal(value), Decimal(bound)
    except ArithmeticError:
        return False
    return {"<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit}[operator]


def _prices(row: CatalogProduct) -> Iterable[Decimal]:
    return (price for price in (row.price, *(variant.price for variant in row.variants)) if price is not None)


def _talk(read: Mapping[str, Any]) -> ShoppingTalk:
    turns = tuple(_turn(turn) for turn in read["turns"])
    return ShoppingTalk(str(read["id"]), str(read["split"]), str(read["language"]), turns)


def _turn(read: Mapping[str, Any]) -> ShoppingTurn:
    def ids(name: str) -> tuple[str, ...]:
        return tuple(str(one) for one in read.get(name, ()))

    tests = {column: (test,) if isinstance(test, str) else tuple(test) for column, test in read.get("fits", {}).items()}
    return ShoppingTurn(
        say=str(read["say"]),
        fits=tests,
        ids=ids("ids"),
        must=ids("must"),
        any_of=ids("any_of"),
        first=ids("first"),
        none_of=ids("none_of"),
        compare=ids("compare"),
        dropped=bool(read.get("dropped", False)),
        category=str(read.get("category", "")),
        says=ids("says"),
    )
