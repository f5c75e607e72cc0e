"""Order and customer files: live rows."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from knowledge.orders import OrderLineView, OrderView
from knowledge.sources.cleaning import clean_line
from knowledge.sources.content import CustomerRecord, Failure, FileContent, SourceContext
from knowledge.sources.language import as_language
from knowledge.sources.rows import Row, RowFile
from knowledge.sources.values import cell_text, parse_count, parse_currency, parse_date, parse_money

T = TypeVar("T")

ORDER_COLUMNS = ("order_number", "email", "status", "placed_on")
CUSTOMER_COLUMNS = ("email",)
STATUSES = ("pending", "processed", "shipped", "delivered", "cancelled", "returned")


class _Bad(Exception):
    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(reason)


def read_orders(file: RowFile, context: SourceContext) -> FileContent:
    """Its orders. `lines` is a list of products; in a CSV file each line of an order may have a row of its own."""
    orders: dict[str, OrderView] = {}
    failures: list[Failure] = []
    for row in file.rows:
        try:
            order = _order(row)
        except _Bad as bad:
            failures.append(Failure(context.path, row.line, bad.column or None, bad.reason))
            continue
        known = orders.get(order.order_number)
        if known is None:
            orders[order.order_number] = order
        elif "lines" not in file.columns and known.customer_email == order.customer_email:
            lines = known.lines + order.lines
            orders[order.order_number] = replace(known, lines=lines, total=_total(row, lines))
        else:
            reason = f"the order {order.order_number!r} stands in the file already; give each order one row"
            failures.append(Failure(context.path, row.line, "order_number", reason))
    return FileContent(orders=tuple(orders.values()), failures=tuple(failures))


def read_customers(file: RowFile, context: SourceContext) -> FileContent:
    """Its customers; of two rows with the same e-mail the later one counts."""
    customers: dict[str, CustomerRecord] = {}
    failures: list[Failure] = []
    for row in file.rows:
        try:
            customer = CustomerRecord(
                email=_email(row),
                name=row.text("name"),
                postcode=row.text("postcode"),
                language=as_language(row.text("language")) or "",
            )
        except _Bad as bad:
            failures.append(Failure(context.path, row.line, bad.column or None, bad.reason))
            continue
        customers[customer.email] = customer
    return FileContent(customers=tuple(customers.values()), failures=tuple(failures))


def _order(row: Row) -> OrderView:
    email = _email(row)
    number = _needed(row, "order_number", clean_line)
    status = _needed(row, "status", str.lower)
    if status not in STATUSES:
        raise _Bad("status", f"{status!r} is not a state of an order; write one of {', '.join(STATUSES)}")
    lines = tuple(_lines(row))
    return OrderView(
        order_number=number,
        customer_email=email,
        customer_postcode=row.text("postcode"),
        status=status,
        placed_on=_needed(row, "placed_on", parse_date),
        lines=lines,
        total=_total(row, lines),
        currency=_maybe(row, "currency", parse_currency) or "",
        carrier=row.text("carrier"),
        tracking_number=row.text("tracking_number"),
        expected_on=_maybe(row, "expected_on", parse_date),
        delivered_on=_maybe(row, "delivered_on", parse_date),
    )


def _email(row: Row) -> str:
    if row.problem:
        raise _Bad(row.problem_column or "", row.problem)
    email = row.text("email").lower()
    if "@" not in email or " " in email:
        raise _Bad("email", f"{email!r} is not an e-mail address; an order is found by its number and its e-mail")
    return email


def _total(row: Row, lines: tuple[OrderLineView, ...]) -> Decimal:
    said = _maybe(row, "total", _amount)
    return said if said is not None else sum((line.unit_price * line.quantity for line in lines), Decimal(0))


def _lines(row: Row) -> list[OrderLineView]:
    if "lines" not in row.cells and "lines" not in row.raw:
        return [_line(dict(row.cells))] if row.text("product_id") else []
    lines = row.raw.get("lines")
    if lines is None:
        try:
            lines = json.loads(row.cells["lines"])
        except json.JSONDecodeError:
            raise _Bad("lines", "the lines are not JSON; write a list of products") from None
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise _Bad("lines", "the lines are not a list of products; write [{…}, {…}]")
    return [_line(line) for line in lines]


def _line(values: Mapping[str, Any]) -> OrderLineView:
    texts = {name: clean_line(cell_text(value)) for name, value in values.items()}
    try:
        return OrderLineView(
            product_id=texts.get("product_id", ""),
            variant_id=texts.get("variant_id") or None,
            title=texts.get("title", "") or texts.get("product_id", ""),
            quantity=parse_count(texts.get("quantity") or "1"),
            unit_price=_amount(texts.get("unit_price") or "0"),
            title_zh=texts.get("title_zh", ""),
        )
    except ValueError as error:
        raise _Bad("lines", str(error)) from None


def _amount(text: str) -> Decimal:
    return parse_money(text)[0]


def _needed(row: Row, column: str, parse: Callable[[str], T]) -> T:
    value = _maybe(row, column, parse)
    if value is None:
        raise _Bad(column, f"the {column} is empty; an order needs one")
    return value


def _maybe(row: Row, column: str, parse: Callable[[str], T]) -> T | None:
    try:
        return parse(row.text(column)) if row.text(column) else None
    except ValueError as error:
        raise _Bad(column, str(error)) from None
