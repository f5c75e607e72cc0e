"""What an order, a customer and a choice look like to everybody who reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

MethodKind = Literal["card", "paypal", "gift_card", "store_credit", "other"]


@dataclass(frozen=True)
class Address:
    """Where something is sent; parts that a country does not have stay empty."""

    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True)
class PaymentMethod:
    """How a customer pays.

    Attributes:
        label: what the customer knows it by, such as `visa 4242`; never a whole number.
        balance: what is left on a gift card or as store credit; None where there is no such thing.
    """

    method_id: str
    kind: MethodKind
    label: str = ""
    balance: Decimal | None = None


@dataclass(frozen=True)
class CustomerView:
    """One customer.

    Attributes:
        tier: the shop's own word for their membership; empty for none.
    """

    customer_id: str
    name: str = ""
    email: str = ""
    address: Address = Address()
    payment_methods: tuple[PaymentMethod, ...] = ()
    tier: str = ""
    language: str = ""

    def method(self, method_id: str) -> PaymentMethod | None:
        """Their payment method with that id; None when they have no such."""
        return next((method for method in self.payment_methods if method.method_id == method_id), None)


@dataclass(frozen=True)
class Choice:
    """One item that can be bought: a product in one size, colour and so on.

    Attributes:
        item_id: the variant's id, or the product's where it has no variants.
        options: what was chosen, such as {"colour": "blue"}, in the language asked for.
        price: None when the shop gave none.
    """

    item_id: str
    product_id: str
    title: str
    options: Mapping[str, str]
    price: Decimal | None
    available: bool


@dataclass(frozen=True)
class OrderLineView:
    """One item in an order, as it was sold; `title_zh` is empty when the shop gave none.

    Attributes:
        options: what was chosen, as the shop wrote it.
        marks: the shop's own words for what its rules ask about, such as `final_sale`, `engraved` or `gift_card`.
    """

    product_id: str
    variant_id: str | None
    title: str
    quantity: int
    unit_price: Decimal
    title_zh: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()

    @property
    def item_id(self) -> str:
        """The variant's id, or the product's where it has no variants."""
        return self.variant_id or self.product_id


@dataclass(frozen=True)
class Payment:
    """Money that went one way or the other for an order; `amount` is never negative."""

    kind: Literal["payment", "refund"]
    amount: Decimal
    method_id: str


@dataclass(frozen=True)
class ReturnRequest:
    """Items that the customer sends back, one id a piece; the refund goes to that payment method."""

    item_ids: tuple[str, ...]
    payment_method_id: str
    refund: Decimal
    requested_on: date


@dataclass(frozen=True)
class ExchangeRequest:
    """Items that the customer sends back for others, piece by piece.

    Attributes:
        swaps: (item, new item) of each piece.
        difference: what the customer pays when it is above zero, and gets when below.
    """

    swaps: tuple[tuple[str, str], ...]
    payment_method_id: str
    difference: Decimal
    requested_on: date


@dataclass(frozen=True)
class OrderView:
    """One order.

    Attributes:
        status: `pending`, `processed`, `shipped`, `delivered`, `cancelled` or `returned`. What was asked for since
            stands in `items_changed`, `returned` and `exchanged`, not in the status.
        carrier, tracking_number: empty until it is on its way.
        expected_on, delivered_on: None when not known.
        customer_id: whose it is.
        placed_at: the moment, where the shop gave it.
        payments: in the order they were made.
        items_changed: whether items were changed after ordering.
        revision: another text after each change, so that a change made meanwhile is noticed.
    """

    order_number: str
    customer_email: str
    customer_postcode: str
    status: str
    placed_on: date
    lines: tuple[OrderLineView, ...]
    total: Decimal
    currency: str
    carrier: str
    tracking_number: str
    expected_on: date | None
    delivered_on: date | None
    customer_id: str = ""
    address: Address = Address()
    placed_at: datetime | None = None
    payments: tuple[Payment, ...] = ()
    cancel_reason: str = ""
    items_changed: bool = False
    returned: tuple[ReturnRequest, ...] = ()
    exchanged: tuple[ExchangeRequest, ...] = ()
    revision: str = ""

    def line_of(self, item_id: str) -> OrderLineView | None:
        """The first line with that item; None when the order has no such."""
        return next((line for line in self.lines if line.item_id == item_id), None)
