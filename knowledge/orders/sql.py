"""SqlOrders: customers and orders in the shop's own database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Engine, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from knowledge.catalog import Catalog
from knowledge.errors import OrderBackendError
from knowledge.orders.backend import Applied
from knowledge.orders.changes import Change, ChangeCustomerAddress
from knowledge.orders.effects import Effects, effects_of
from knowledge.orders.facts import Facts
from knowledge.orders.outcome import outcome_of
from knowledge.orders.reading import choices_for, facts_of
from knowledge.orders.refusals import Refusal
from knowledge.orders.rules import check
from knowledge.orders.stored import (
    read_customer,
    read_customer_by_email,
    read_customers_at,
    read_order,
    read_orders_of,
    same_number,
    write_customer,
    write_order,
)
from knowledge.orders.views import Choice, CustomerView, OrderView
from knowledge.orders.wire import from_json, to_json
from knowledge.profile import Profiles
from knowledge.tables import AppliedChange, Customer, Order


class SqlOrders:
    """The built-in OrderBackend: every change in one transaction, which the rows' locks keep apart from others.

    Args:
        engine: SQLite or PostgreSQL.
        now: the time; rules ask for it.
    """

    def __init__(self, engine: Engine, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now
        self._catalog, self._profiles = Catalog(engine), Profiles(engine)

    def customer(self, shop: str, customer_id: str) -> CustomerView | None:
        """As of OrderBackend."""
        with Session(self._engine) as session:
            return read_customer(session, shop, customer_id)

    def customer_by_email(self, shop: str, email: str) -> CustomerView | None:
        """As of OrderBackend."""
        with Session(self._engine) as session:
            return read_customer_by_email(session, shop, email)

    def customer_by_name(self, shop: str, first: str, last: str, postcode: str) -> CustomerView | None:
        """As of OrderBackend."""
        with Session(self._engine) as session:
            there = read_customers_at(session, shop, postcode)
        wanted = {_name(first, last), _name(last, first)}
        found = [customer for customer in there if _name(customer.name) in wanted]
        return found[0] if len(found) == 1 else None

    def order(self, shop: str, order_number: str) -> OrderView | None:
        """As of OrderBackend."""
        with Session(self._engine) as session:
            return read_order(session, shop, order_number)

    def orders_of(self, shop: str, customer_id: str) -> tuple[OrderView, ...]:
        """As of OrderBackend."""
        with Session(self._engine) as session:
            customer = read_customer(session, shop, customer_id)
            return tuple(read_orders_of(session, shop, customer)) if customer else ()

    def choices(self, shop: str, product_id: str, *, language: str = "en") -> tuple[Choice, ...]:
        """As of OrderBackend."""
        products = self._catalog.get(shop, [product_id], language=language)
        return tuple(choice for product in products for choice in choices_for(product))

    def apply(self, shop: str, change: Change, *, key: str, expected: Effects | None = None) -> Applied | Refusal:
        """As of OrderBackend."""
        profile = self._profiles.get(shop)
        # Outside of the transaction, which is to be short; a product's items change by an ingest only.
        before = facts_of(self, shop, change, profile=profile, now=self._now())
        try:
            with Session(self._engine) as session:
                answer = self._apply(session, shop, change, before, key=key, expected=expected)
                if isinstance(answer, Applied):
                    session.commit()
                return answer
        except DBAPIError as error:
            raise OrderBackendError(f"The change could not be written, and nothing was: {error.orig}.") from error

    def applied(self, shop: str, key: str) -> Applied | None:
        """As of OrderBackend."""
        with Session(self._engine) as session:
            return _answered(session, shop, key)

    def _apply(
        self, session: Session, shop: str, change: Change, before: Facts, *, key: str, expected: Effects | None
    ) -> Applied | Refusal:
        _lock(session, shop, change)
        if done := _answered(session, shop, key):
            return done
        facts = replace(
            before,
            customer=read_customer(session, shop, change.customer_id),
            order=None if isinstance(change, ChangeCustomerAddress) else read_order(session, shop, change.order_number),
        )
        if refusal := check(change, facts):
            return refusal
        effects = effects_of(change, facts)
        if expected is not None and not effects.same_deal(expected):
            return Refusal("order.moved_on")
        answer = self._write(session, shop, change, facts, effects, key)
        session.add(
            AppliedChange(
                shop=shop, key=key, change=to_json(change), answer=to_json(answer), applied_at=datetime.now(UTC)
            )
        )
        session.flush()
        return answer

    def _write(self, session: Session, shop: str, change: Change, facts: Facts, effects: Effects, key: str) -> Applied:
        outcome = outcome_of(change, facts, effects)
        if outcome.customer != facts.customer:
            write_customer(session, shop, outcome.customer)
        if outcome.order is not None:
            write_order(session, shop, outcome.order)
        session.flush()
        order = read_order(session, shop, outcome.order.order_number) if outcome.order else None
        return Applied(key, effects, outcome.customer, order)


def _lock(session: Session, shop: str, change: Change) -> None:
    """Take the locks of the customer's and the order's rows, always in that order.

    By writing, because SQLite has no other way: there it is the database's one write lock.
    """
    session.execute(
        update(Customer)
        .where(col(Customer.shop) == shop, col(Customer.customer_id) == change.customer_id)
        .values(customer_id=change.customer_id)
        .execution_options(synchronize_session=False)
    )
    if isinstance(change, ChangeCustomerAddress):
        return
    session.execute(
        update(Order)
        .where(col(Order.shop) == shop, same_number(change.order_number))
        .values(revision=Order.revision)
        .execution_options(synchronize_session=False)
    )


def _answered(session: Session, shop: str, key: str) -> Applied | None:
    row = session.get(AppliedChange, (shop, key))
    return from_json(Applied, row.answer) if row else None


def _name(*parts: str) -> str:
    """A name as it is compared: case and spaces do not count."""
    return "".join("".join(parts).casefold().split())
