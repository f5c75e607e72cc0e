"""Identification: who a shopper is, by what only the customer knows, with a limit on attempts that outlives a talk."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine, delete, func, select
from sqlmodel import Session, col

from bot.ordering.tables import IdentificationFailure
from knowledge.orders.backend import OrderBackend
from knowledge.orders.refusals import Refusal
from knowledge.orders.views import CustomerView, OrderView
from knowledge.profile import Profiles

PER_CONVERSATION = 3
PER_SUBJECT = 5
"""Wrong attempts at one order number, e-mail address or name, from whatever conversation."""

WINDOW = timedelta(hours=24)
"""For so long an attempt counts: longer would let anybody lock a customer out for good."""


@dataclass(frozen=True)
class Claim:
    """What a shopper tells about who they are; parts that they did not tell are empty.

    Attributes:
        first, last: of their name; where they cannot be told apart, all of it is `last`.
    """

    order_number: str = ""
    email: str = ""
    postcode: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class Identified:
    """Who the shopper is; `order` when they named one."""

    customer: CustomerView
    order: OrderView | None = None


class Identification:
    """Checks claims, and takes only so many wrong ones.

    An attempt is counted before it is looked at, so that many at once are not more than one after another; a right
    one is taken off again. What is refused does not tell whether there is such an order or customer.

    Args:
        engine: where attempts are counted.
        backend: who keeps the orders.
        now: the time.
    """

    def __init__(
        self, engine: Engine, backend: OrderBackend, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._backend, self._now = engine, backend, now
        self._profiles = Profiles(engine)

    def ways(self, shop: str) -> tuple[str, ...]:
        """What the shop identifies customers by: `order_email`, `order_postcode`, `name_postcode`, `email`."""
        return self._profiles.get(shop).orders.identify_by

    def identify(self, shop: str, conversation_id: str, claim: Claim) -> Identified | Refusal:
        """Who that is; or `identify.no_match`, `identify.locked`, or `identify.not_offered` for too little told.

        Raises:
            OrderBackendError: the orders cannot be read; the attempt does not count.
        """
        way = self._way(shop, claim)
        if way is None:
            return Refusal("identify.not_offered", {"allowed": "; ".join(self.ways(shop))})
        subjects = _subjects(claim, conversation_id, way)
        attempts = self._count(shop, subjects)
        try:
            if self._too_many(shop, subjects):
                self._take_off(attempts)  # or trying on would keep the customer out for longer
                return Refusal("identify.locked", {"hours": str(int(WINDOW.total_seconds() // 3600))})
            found = self._look_up(shop, claim, way)
        except BaseException:
            self._take_off(attempts)
            raise
        if found is None:
            return Refusal("identify.no_match")
        self._take_off(attempts)
        return found

    def _way(self, shop: str, claim: Claim) -> str | None:
        """The first of the shop's ways that the claim tells enough for, those by an order before others."""
        enough = {
            "order_email": claim.order_number and claim.email,
            "order_postcode": claim.order_number and claim.postcode,
            "name_postcode": claim.last and claim.postcode,
            "email": claim.email,
        }
        offered = self.ways(shop)
        return next((way for way, told in enough.items() if told and way in offered), None)

    def _look_up(self, shop: str, claim: Claim, way: str) -> Identified | None:
        if way == "email":
            customer = self._backend.customer_by_email(shop, claim.email)
            return Identified(customer) if customer else None
        if way == "name_postcode":
            customer = self._backend.customer_by_name(shop, claim.first, claim.last, claim.postcode)
            return Identified(customer) if customer else None
        order = self._backend.order(shop, claim.order_number)
        customer = self._backend.customer(shop, order.customer_id) if order else None
        if order is None or customer is None:
            return None
        if way == "order_email":
            proven = claim.email.strip().casefold() in _told(order.customer_email, customer.email)
        else:
            proven = _compact(claim.postcode) in map(_compact, _told(order.customer_postcode, order.address.postcode))
        return Identified(customer, order) if proven else None

    def _count(self, shop: str, subjects: dict[str, int]) -> list[str]:
        """Count an attempt against each; the ids of what was counted."""
        rows = [
            IdentificationFailure(id=uuid4().hex, shop=shop, subject=subject, at=self._now()) for subject in subjects
        ]
        ids = [row.id for row in rows]
        with Session(self._engine) as session:
            session.execute(delete(IdentificationFailure).where(col(IdentificationFailure.at) < self._since()))
            session.add_all(rows)
            session.commit()
        return ids

    def _take_off(self, ids: list[str]) -> None:
        with Session(self._engine) as session:
            session.execute(delete(IdentificationFailure).where(col(IdentificationFailure.id).in_(ids)))
            session.commit()

    def _too_many(self, shop: str, subjects: dict[str, int]) -> bool:
        with Session(self._engine) as session:
            counted = session.execute(
                select(col(IdentificationFailure.subject), func.count())
                .where(
                    col(IdentificationFailure.shop) == shop,
                    col(IdentificationFailure.subject).in_(subjects),
                    col(IdentificationFailure.at) >= self._since(),
                )
                .group_by(col(IdentificationFailure.subject))
            )
            return any(count > subjects[subject] for subject, count in counted)

    def _since(self) -> datetime:
        return self._now() - WINDOW


def _subjects(claim: Claim, conversation_id: str, way: str) -> dict[str, int]:
    """What the attempt counts against, and how many wrong ones each takes."""
    subjects = {_hash("conversation", conversation_id): PER_CONVERSATION}
    if way.startswith("order_"):
        subjects[_hash("order", claim.order_number.strip().removeprefix("#"))] = PER_SUBJECT
    if way in ("order_email", "email"):
        subjects[_hash("email", claim.email)] = PER_SUBJECT
    if way == "name_postcode":
        subjects[_hash("name", *sorted((claim.first, claim.last)))] = PER_SUBJECT
    return subjects


def _hash(*parts: str) -> str:
    """No personal data is kept for this: only what tells the same from another."""
    return hashlib.sha256("\0".join(map(_compact, parts)).encode()).hexdigest()


def _compact(text: str) -> str:
    return "".join(text.casefold().split())


def _told(*texts: str) -> set[str]:
    return {text.strip().casefold() for text in texts if text.strip()}
