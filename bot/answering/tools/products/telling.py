"""Telling: products to choose from as text and cards, each with the reason why it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.answering.evidence import sentences
from bot.answering.money import money
from bot.answering.tools.products.choosing import Choice
from bot.answering.tools.products.comparing import compared, told
from bot.answering.tools.products.limits import PriceLimit, aspect_told
from bot.answering.tools.products.options import options_of
from bot.answering.tools.products.wishes import Order, Wish
from bot.answering.turn import Answer, Turn
from bot.reply import ProductCard, comparison
from knowledge.catalog import CatalogProduct
from knowledge.keywords import tokenize

FEW = 5  # pieces, from which on the shopper is told that only so many are left
SHOWN = 5
BEST = 3  # cards beside "the lightest is …"
REASONS = 3
SENTENCE = 110  # characters of a description, up to which one of its sentences is a reason


def card(product: CatalogProduct, *, reason: str = "", beside: Mapping[str, str] | None = None) -> ProductCard:
    """A product as shown beside an answer.

    Args:
        product: its row.
        reason: why it is shown.
        beside: what it is compared by with others.
    """
    return ProductCard(
        product_id=product.product_id,
        title=product.title,
        category=product.category,
        brand=product.brand,
        price=product.price,
        currency=product.currency,
        stock=product.stock,
        url=_web(product.url),
        image_url=_web(product.image_url),
        options=options_of(product),
        reason=reason,
        compared=beside or {},
    )


def listed(turn: Turn, choice: Choice, wish: Wish, *, ideas: bool = False) -> Answer:
    """Products that fit, or those that come closest and what of the wish they miss.

    Args:
        turn: whose language it is in.
        choice: the products.
        wish: what they are shown for.
        ideas: search alone tells that they suit, no row does.
    """
    if wish.order and wish.order.one and not choice.dropped:
        return _best(turn, choice.products, wish, wish.order)
    shown = choice.products[:SHOWN]
    if choice.dropped:
        missed = turn.words.listed(tuple(limit.said for limit in choice.dropped))
        lead, reason = turn.words.say("found_closest", dropped=missed), "closest_products"
    else:
        found = turn.words.say("found_ideas") if ideas else _lead(turn, len(shown), len(choice.products))
        lead, reason = found, "products_found"
    return told_of(turn, lead, shown, [why(turn, one, wish) for one in shown], reason=reason)


def told_of(
    turn: Turn, lead: str, products: Sequence[CatalogProduct], reasons: Sequence[str], *, reason: str
) -> Answer:
    """A lead and a line for each product, with their cards."""
    lines = [line(turn, product, why_it) for product, why_it in zip(products, reasons, strict=True)]
    cards = tuple(card(product, reason=why_it) for product, why_it in zip(products, reasons, strict=True))
    return Answer("\n".join([lead, *lines]), "answered", "facts", reason, products=cards)


def side_by_side(turn: Turn, products: Sequence[CatalogProduct]) -> Answer:
    """Products compared by all that their rows state."""
    cards = _compared_cards(turn, products)
    table = comparison(cards)
    text = told(table, turn.words) if table else ""
    return Answer(text, "answered", "facts", "products_compared", products=cards)


def with_table(turn: Turn, answer: Answer, products: Sequence[CatalogProduct]) -> Answer:
    """An answer on several products, with the table of what sets them apart."""
    return replace(answer, products=_compared_cards(turn, products))


def why(turn: Turn, product: CatalogProduct, wish: Wish) -> str:
    """Why a product is shown, from its row; empty where nothing was wished for that it tells of.

    That the price is within its limit goes without saying, where there is anything else to say.
    """
    told = [limit for limit in wish.limits if not isinstance(limit, PriceLimit) or limit.miss(product) > 0]
    said = [_ordered_by(turn, product, wish.order), *(limit.reason(product, turn.words) for limit in told)]
    if not told and wish.rest:
        said.insert(0, speaks_of(product, wish.rest, any_of_it=wish.kind is None))
    reasons = [one for one in said if one] or [limit.reason(product, turn.words) for limit in wish.limits]
    return turn.words.say("reason_separator").join(list(dict.fromkeys(one for one in reasons if one))[:REASONS])


def speaks_of(product: CatalogProduct, words: Sequence[str], *, any_of_it: bool = False) -> str:
    """The first short sentence of the description that shares most with these words.

    Args:
        product: whose.
        words: as `tokenize` gives them.
        any_of_it: give the first sentence where none shares any word; else nothing.
    """
    said = [one for one in sentences(product.description) if len(one) <= SENTENCE]
    best = max(said, key=lambda one: len(set(words) & set(tokenize(one))), default="")
    return best.rstrip(".。") if any_of_it or set(words) & set(tokenize(best)) else ""


def line(turn: Turn, product: CatalogProduct, reason: str = "") -> str:
    """One product in a list."""
    said = turn.words.say("found_line", title=product.title, price=price(turn, product), stock=_stock(turn, product))
    return turn.words.say("reason_separator").join([said, reason]) if reason else said


def price(turn: Turn, product: CatalogProduct) -> str:
    """The price, or from which price on."""
    if product.price is None:
        return turn.words.say("line_no_price")
    said = money(product.price, product.currency, turn.language)
    varies = len({variant.price for variant in product.variants if variant.price is not None}) > 1
    return turn.words.say("price_from", price=said) if varies else said


def stock_key(stock: int | None) -> str:
    """How a number of pieces is put."""
    if stock is None:
        return "stock_unknown"
    if stock <= 0:
        return "out_of_stock"
    return "few_left" if stock <= FEW else "in_stock"


def _best(turn: Turn, products: Sequence[CatalogProduct], wish: Wish, order: Order) -> Answer:
    shown = products[:BEST]
    first = shown[0]
    most = order.aspect.most(order.way, turn.language)
    if order.aspect.name == "price":
        key = "found_cheapest" if order.way == "less" else "found_dearest"
        lead = turn.words.say(key, title=first.title, price=price(turn, first))
    else:
        lead = turn.words.say(
            "found_best",
            most=most[:1].upper() + most[1:],
            title=first.title,
            value=order.aspect.told(first),
            price=price(turn, first),
        )
        key = "products_found"
    reasons = [why(turn, one, wish) for one in shown]
    if len(products) > 1:
        first_of = turn.words.say("why_most", most=most, count=len(products))
        reasons[0] = turn.words.say("reason_separator").join([one for one in (first_of, reasons[0]) if one])
    cards = tuple(card(product, reason=reason) for product, reason in zip(shown, reasons, strict=True))
    return Answer(lead, "answered", "facts", key, products=cards)


def _ordered_by(turn: Turn, product: CatalogProduct, order: Order | None) -> str:
    return aspect_told(order.aspect, product, turn.words) if order else ""


def _lead(turn: Turn, shown: int, found: int) -> str:
    if found == 1:
        return turn.words.say("found_one")
    if found > shown:
        return turn.words.say("found_some", count=shown, total=found)
    return turn.words.say("found_many", count=shown)


def _compared_cards(turn: Turn, products: Sequence[CatalogProduct]) -> tuple[ProductCard, ...]:
    rows = compared(turn, products)
    return tuple(card(product, beside=beside) for product, beside in zip(products, rows, strict=True))


def _stock(turn: Turn, product: CatalogProduct) -> str:
    return turn.words.say(f"line_{stock_key(product.stock)}", count=product.stock)


def _web(url: str | None) -> str | None:
    return url if url and url.startswith(("http://", "https://")) else None
