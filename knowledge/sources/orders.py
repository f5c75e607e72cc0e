"""Order and customer files: live rows."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar, get_args

from knowledge.order_policy import Status
from knowledge.orders.views import (
    Address,
    CustomerView,
    MethodKind,
    OrderLineView,
    OrderView,
    Payment,
    PaymentMethod,
)
from knowledge.sources.cleaning import clean_line
from knowledge.sources.content import Failure, FileContent, SourceContext
from knowledge.sources.language import as_language
from knowledge.sources.rows import Row, RowFile
from knowledge.sources.values import cell_text, parse_count, parse_currency, parse_date, parse_money

T = TypeVar("T")

ORDER_COLUMNS = ("order_number", "email", "status", "placed_on")
CUSTOMER_COLUMNS = ("email",)
STATUSES: tuple[str, ...] = get_args(Status)
METHOD_KINDS: tuple[str, ...] = get_args(MethodKind)
_ADDRESS_PARTS = tuple(part.name for part in fields(Address))


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
    """Its customers; of two rows with the same id, or the same e-mail, the later one counts."""
    customers: dict[str, CustomerView] = {}
    failures: list[Failure] = []
    for row in file.rows:
        try:
            customer = _customer(row)
        except _Bad as bad:
            failures.append(Failure(context.path, row.line, bad.column or None, bad.reason))
            continue
        customers[customer.email] = customer
    by_id = {customer.customer_id: customer for customer in customers.values()}
    return FileContent(customers=tuple(by_id.values()), failures=tuple(failures))


def _customer(row: Row) -> CustomerView:
    email = _email(row)
    return CustomerView(
        customer_id=row.text("customer_id") or email,
        name=row.text("name") or row.text("title"),  # `name` is another word for the title of products
        email=email,
        address=_address(row),
        payment_methods=tuple(map(_method, _records(row, "payment_methods"))),
        tier=row.text("tier"),
        language=as_language(row.text("language")) or "",
    )


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
        customer_postcode=row.text("postcode") or _address(row).postcode,
        status=status,
        placed_on=_needed(row, "placed_on", parse_date),
        lines=lines,
        total=_total(row, lines),
        currency=_maybe(row, "currency", parse_currency) or "",
        carrier=row.text("carrier"),
        tracking_number=row.text("tracking_number"),
        expected_on=_maybe(row, "expected_on", parse_date),
        delivered_on=_maybe(row, "delivered_on", parse_date),
        customer_id=row.text("customer_id"),
        address=_address(row),
        placed_at=_maybe(row, "placed_at", _moment),
        payments=tuple(map(_payment, _records(row, "payments"))),
        cancel_reason=row.text("cancel_reason"),
    )


def _email(row: Row) -> str:
    if row.problem:
        raise _Bad(row.problem_column or "", row.problem)
    email = row.text("email").lower()
    if "@" not in email or " " in email:
        raise _Bad("email", f"{email!r} is not an e-mail address; an order is found by its number and its e-mail")
    return email


def _address(row: Row) -> Address:
    """From `address`, or from columns of their own; `postcode` stands beside both."""
    if "address" in row.cells or "address" in row.raw:
        given = _structure(row, "address")
        if not isinstance(given, dict) or not set(given) <= set(_ADDRESS_PARTS):
            raise _Bad("address", f"the address is not made of {', '.join(_ADDRESS_PARTS)}; write {{…}} with these")
        return Address(**{"postcode": row.text("postcode"), **{part: _line_of(text) for part, text in given.items()}})
    return Address(**{part: row.text(part) for part in _ADDRESS_PARTS})


def _method(values: Mapping[str, Any]) -> PaymentMethod:
    texts = {name: _line_of(value) for name, value in values.items()}
    kind = texts.get("kind", "other")
    if not texts.get("method_id"):
        raise _Bad("payment_methods", "a payment method has no method_id; give each of a customer's its own")
    if kind not in METHOD_KINDS:
        raise _Bad("payment_methods", f"{kind!r} is no kind of payment; write one of {', '.join(METHOD_KINDS)}")
    balance = _amount_in(texts["balance"], "payment_methods") if texts.get("balance") else None
    return PaymentMethod(texts["method_id"], kind, texts.get("label", ""), balance)  # type: ignore[arg-type]  # just seen


def _payment(values: Mapping[str, Any]) -> Payment:
    texts = {name: _line_of(value) for name, value in values.items()}
    kind = texts.get("kind") or "payment"
    if kind not in ("payment", "refund"):
        raise _Bad("payments", f"{kind!r} is neither payment nor refund; write one of them")
    amount = _amount_in(texts.get("amount", ""), "payments")
    return Payment("refund" if kind == "refund" else "payment", amount, texts.get("method_id", ""))


def _total(row: Row, lines: tuple[OrderLineView, ...]) -> Decimal:
    said = _maybe(row, "total", _amount)
    return said if said is not None else sum((line.unit_price * line.quantity for line in lines), Decimal(0))


def _lines(row: Row) -> list[OrderLineView]:
    if "lines" in row.cells or "lines" in row.raw:
        return [_line(line) for line in _records(row, "lines")]
    # A line in a row of its own: `product_id` is another word for the `id` of products.
    product_id = row.text("product_id") or row.text("id")
    return [_line({**row.cells, "product_id": product_id})] if product_id else []


def _line(values: Mapping[str, Any]) -> OrderLineView:
    texts = {name: _line_of(value) for name, value in values.items() if name not in ("options", "marks")}
    options, marks = values.get("options") or {}, values.get("marks") or []
    if isinstance(marks, str):
        marks = [mark.strip() for mark in marks.split(";") if mark.strip()]
    if not isinstance(options, dict) or not isinstance(marks, list):
        raise _Bad("lines", "the options of a line are not an object, or its marks no list; write {…} and […]")
    try:
        return OrderLineView(
            product_id=texts.get("product_id", ""),
            variant_id=texts.get("variant_id") or None,
            title=texts.get("title", "") or texts.get("product_id", ""),
            quantity=parse_count(texts.get("quantity") or "1"),
            unit_price=_amount(texts.get("unit_price") or "0"),
            title_zh=texts.get("title_zh", ""),
            options={str(name): _line_of(value) for name, value in options.items()},
            marks=tuple(_line_of(mark) for mark in marks),
        )
    except ValueError as error:
        raise _Bad("lines", str(error)) from None


def _records(row: Row, column: str) -> list[Mapping[str, Any]]:
    if column not in row.cells and column not in row.raw:
        return []
    records = _structure(row, column)
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        what = "products" if column == "lines" else "records"
        raise _Bad(column, f"the {column} are not a list of {what}; write [{{…}}, {{…}}]")
    return records


def _structure(row: Row, column: str) -> Any:
    """What JSON gave there; in a CSV file, the JSON in the cell."""
    if row.raw.get(column) is not None:
        return row.raw[column]
    try:
        return json.loads(row.cells[column])
    except json.JSONDecodeError:
        raise _Bad(column, f"the {column} are not JSON; write a list of records, or an object") from None


def _line_of(value: Any) -> str:
    return clean_line(cell_text(value))


def _amount(text: str) -> Decimal:
    return parse_money(text)[0]


def _amount_in(text: str, column: str) -> Decimal:
    try:
        return _amount(text)
    except ValueError as error:
        raise _Bad(column, str(error)) from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; write it like 2026-11-22T09:30:00-08:00")
    return moment


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
