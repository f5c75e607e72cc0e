"""Comparing: what sets several products apart, as a table of what their rows state."""

from collections.abc import Sequence

from bot.answering.money import money
from bot.answering.tools.products.options import options_of
from bot.answering.turn import Turn
from bot.answering.wording import Wording
from bot.reply import Comparison
from knowledge.attribute_names import attribute_name
from knowledge.catalog import CatalogProduct

NOTHING = "–"
TOLD = 12  # rows, up to which the text tells them all


def compared(turn: Turn, products: Sequence[CatalogProduct]) -> list[dict[str, str]]:
    """What each product is compared by; what differs comes first, and what none of their rows states stays out.

    Args:
        turn: whose language it is in.
        products: two or more.
    """
    words = turn.words
    rows: dict[str, list[str]] = {words.say("compare_price"): [_price(product, words) for product in products]}
    for column in dict.fromkeys(column for product in products for column in product.attributes):
        name = attribute_name(column, turn.language)
        rows[name.label] = [
            attribute_name(column, one.language).value(one.attributes[column]) if column in one.attributes else NOTHING
            for one in products
        ]
    for option in dict.fromkeys(option for product in products for option in options_of(product)):
        rows[option] = [words.listed(options_of(one).get(option, ())) or NOTHING for one in products]
    rows[words.say("compare_stock")] = [_stock(product, words) for product in products]
    names = sorted(rows, key=lambda name: len(set(rows[name])) == 1)
    return [{name: rows[name][place] for name in names} for place in range(len(products))]


def told(table: Comparison, words: Wording) -> str:
    """The table as text for who cannot see it: a line a row, the values in the order of the names in the first line."""
    lines = [
        words.say(
            "compare_line",
            name=row.name,
            values=words.say("compare_separator").join(row.values),
        )
        for row in table.rows[:TOLD]
        if row.differs
    ]
    same = [words.say("compare_same", name=row.name, value=row.values[0]) for row in table.rows if not row.differs]
    return "\n".join([words.say("compare_lead", titles=words.listed(table.titles)), *lines, *same[: TOLD - len(lines)]])


def _price(product: CatalogProduct, words: Wording) -> str:
    if product.price is None:
        return words.say("line_no_price")
    price = money(product.price, product.currency, words.language)
    varies = len({variant.price for variant in product.variants if variant.price is not None}) > 1
    return words.say("price_from", price=price) if varies else price


def _stock(product: CatalogProduct, words: Wording) -> str:
    if product.stock is None:
        return words.say("line_stock_unknown")
    return words.say("line_in_stock" if product.stock > 0 else "line_out_of_stock")
