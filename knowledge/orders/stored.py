"""Rows of customers and orders ↔ views of them, inside the caller's session."""

from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlmodel import Session, col

from knowledge.orders.views import (
    Address,
    CustomerView,
    ExchangeRequest,
    MethodKind,
    OrderLineView,
    OrderView,
    Payment,
    PaymentMethod,
    ReturnRequest,
)
from knowledge.orders.wire import from_json, to_json
from knowledge.tables import Customer, CustomerPaymentMethod, Order, OrderLine, OrderPayment

Row = dict[str, Any]
"""The values of one row, by column."""


def read_customer(session: Session, shop: str, customer_id: str) -> CustomerView | None:
    """The customer with that id; one who is known only by an order's e-mail address has that as their id."""
    row = session.get(Customer, (shop, customer_id))
    if row is not None:
        return _customer(session, row)
    guest = session.scalars(
        select(Order)
        .where(col(Order.shop) == shop, col(Order.email) == customer_id, col(Order.customer_id) == "")
        .order_by(col(Order.placed_on).desc())
    ).first()
    if guest is None or _customer_id_of(session, guest) != customer_id:
        return None
    return CustomerView(guest.email, email=guest.email, address=Address(**guest.address))


def read_customer_by_email(session: Session, shop: str, email: str) -> CustomerView | None:
    """The customer with that e-mail address; of several the one whose id sorts first."""
    wanted = email.strip().lower()
    row = session.scalars(
        select(Customer)
        .where(col(Customer.shop) == shop, col(Customer.email) == wanted)
        .order_by(col(Customer.customer_id))
    ).first()
    return _customer(session, row) if row else read_customer(session, shop, wanted)


def read_customers_at(session: Session, shop: str, postcode: str) -> list[CustomerView]:
    """Every customer with that postcode, whose spaces do not count."""
    wanted = "".join(postcode.upper().split())
    stored = func.replace(func.upper(col(Customer.postcode)), " ", "")
    rows = session.scalars(
        select(Customer).where(col(Customer.shop) == shop, stored == wanted, col(Customer.postcode) != "")
    )
    return [_customer(session, row) for row in rows]


def read_order(session: Session, shop: str, order_number: str) -> OrderView | None:
    """The order with that number."""
    row = session.scalars(
        select(Order)
        .where(col(Order.shop) == shop, same_number(order_number))
        .order_by(col(Order.order_number))
        .execution_options(populate_existing=True)  # what another process wrote while we waited for its lock
    ).first()
    return _order(session, row) if row else None


def same_number(order_number: str) -> ColumnElement[bool]:
    """Whether a row is that order, without regard to case and to a leading `#`."""
    wanted = order_number.strip().lower().removeprefix("#")
    return func.lower(col(Order.order_number)).in_([wanted, f"#{wanted}"])


def read_orders_of(session: Session, shop: str, customer: CustomerView) -> list[OrderView]:
    """Every order of the customer, the latest first."""
    theirs = or_(
        col(Order.customer_id) == customer.customer_id,
        and_(col(Order.customer_id) == "", col(Order.email) == customer.email),
    )
    rows = session.scalars(
        select(Order)
        .where(col(Order.shop) == shop, theirs)
        .order_by(col(Order.placed_on).desc(), col(Order.order_number).desc())
    )
    return [_order(session, row) for row in rows]


def write_customer(session: Session, shop: str, customer: CustomerView) -> None:
    """Bring the customer's address and balances to what the view says."""
    row = session.get(Customer, (shop, customer.customer_id))
    if row is None:  # who was known by an order's e-mail address only
        session.execute(insert(Customer), customer_columns(shop, customer))
        return
    row.address, row.postcode = asdict(customer.address), customer.address.postcode
    for method in customer.payment_methods:
        stored = session.get(CustomerPaymentMethod, (shop, customer.customer_id, method.method_id))
        if stored is not None:
            stored.balance = method.balance


def write_order(session: Session, shop: str, order: OrderView) -> None:
    """Bring the order's row, lines and payments to what the view says, and count its revision up."""
    where = (col(Order.shop) == shop, col(Order.order_number) == order.order_number)
    values = {**order_columns(shop, order), "revision": Order.revision + 1}
    session.execute(update(Order).where(*where).values(values))
    for table, rows in _parts(shop, order):
        session.execute(delete(table).where(col(table.shop) == shop, col(table.order_number) == order.order_number))
        if rows:
            session.execute(insert(table), rows)


def put_order(session: Session, shop: str, order: OrderView) -> None:
    """Write an order as the shop's own system would: new, or in place of what was known of it."""
    for table in (OrderLine, OrderPayment, Order):
        session.execute(delete(table).where(col(table.shop) == shop, col(table.order_number) == order.order_number))
    session.execute(insert(Order), [{**order_columns(shop, order), "customer_id": order.customer_id}])
    for table, rows in _parts(shop, order):
        if rows:
            session.execute(insert(table), rows)


def customer_columns(shop: str, customer: CustomerView) -> Row:
    """The values of their row."""
    return {
        "shop": shop,
        "customer_id": customer.customer_id,
        "email": customer.email,
        "name": customer.name,
        "postcode": customer.address.postcode,
        "language": customer.language,
        "tier": customer.tier,
        "address": asdict(customer.address),
    }


def method_columns(shop: str, customer: CustomerView) -> list[Row]:
    """The values of the rows of their payment methods."""
    return [
        {"shop": shop, "customer_id": customer.customer_id, "position": position, **asdict(method)}
        for position, method in enumerate(customer.payment_methods)
    ]


def order_columns(shop: str, order: OrderView) -> Row:
    """The values of its row; whose it is, and its revision, are not a view's to change."""
    return {
        "shop": shop,
        "email": order.customer_email,
        "postcode": order.customer_postcode,
        "address": asdict(order.address),
        "returned": to_json(list(order.returned), list[ReturnRequest]),
        "exchanged": to_json(list(order.exchanged), list[ExchangeRequest]),
        **{name: getattr(order, name) for name in _ORDER_FIELDS},
    }


def line_columns(shop: str, order: OrderView) -> list[Row]:
    """The values of the rows of its lines."""
    return [
        {
            "shop": shop,
            "order_number": order.order_number,
            "position": position,
            "product_id": line.product_id,
            "variant_id": line.variant_id,
            "title": line.title,
            "title_zh": line.title_zh,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "options": dict(line.options),
            "marks": list(line.marks),
        }
        for position, line in enumerate(order.lines)
    ]


def payment_columns(shop: str, order: OrderView) -> list[Row]:
    """The values of the rows of its payments."""
    return [
        {"shop": shop, "order_number": order.order_number, "position": position, **asdict(payment)}
        for position, payment in enumerate(order.payments)
    ]


def _parts(shop: str, order: OrderView) -> tuple[tuple[type[OrderLine | OrderPayment], list[Row]], ...]:
    return (OrderLine, line_columns(shop, order)), (OrderPayment, payment_columns(shop, order))


def _customer(session: Session, row: Customer) -> CustomerView:
    methods = session.scalars(
        select(CustomerPaymentMethod)
        .where(
            col(CustomerPaymentMethod.shop) == row.shop,
            col(CustomerPaymentMethod.customer_id) == row.customer_id,
        )
        .order_by(col(CustomerPaymentMethod.position))
    )
    return CustomerView(
        customer_id=row.customer_id,
        name=row.name,
        email=row.email,
        address=Address(**{"postcode": row.postcode, **row.address}),
        payment_methods=tuple(
            PaymentMethod(method.method_id, cast(MethodKind, method.kind), method.label, method.balance)
            for method in methods
        ),
        tier=row.tier,
        language=row.language,
    )


def _order(session: Session, row: Order) -> OrderView:
    lines = session.scalars(
        select(OrderLine)
        .where(col(OrderLine.shop) == row.shop, col(OrderLine.order_number) == row.order_number)
        .order_by(col(OrderLine.position))
    )
    payments = session.scalars(
        select(OrderPayment)
        .where(col(OrderPayment.shop) == row.shop, col(OrderPayment.order_number) == row.order_number)
        .order_by(col(OrderPayment.position))
    )
    values = {name: getattr(row, name) for name in _ORDER_FIELDS}
    return OrderView(
        **values,
        customer_email=row.email,
        customer_postcode=row.postcode,
        customer_id=row.customer_id or _customer_id_of(session, row),
        address=Address(**row.address),
        lines=tuple(map(_line, lines)),
        payments=tuple(
            Payment("refund" if payment.kind == "refund" else "payment", payment.amount, payment.method_id)
            for payment in payments
        ),
        returned=tuple(from_json(list[ReturnRequest], row.returned)),
        exchanged=tuple(from_json(list[ExchangeRequest], row.exchanged)),
        revision=str(row.revision),
    )


def _line(line: OrderLine) -> OrderLineView:
    return OrderLineView(
        product_id=line.product_id,
        variant_id=line.variant_id,
        title=line.title,
        quantity=line.quantity,
        unit_price=line.unit_price,
        title_zh=line.title_zh,
        options=line.options,
        marks=tuple(line.marks),
    )


def _customer_id_of(session: Session, row: Order) -> str:
    theirs = select(col(Customer.customer_id)).where(col(Customer.shop) == row.shop, col(Customer.email) == row.email)
    return session.scalars(theirs.order_by(col(Customer.customer_id))).first() or row.email


_ORDER_FIELDS = (
    "order_number", "status", "placed_on", "placed_at", "total", "currency", "carrier", "tracking_number",
    "expected_on", "delivered_on", "cancel_reason", "items_changed",
)  # fmt: skip
