"""Changes: what a shopper may ask to have done to an order of theirs, or to their address."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from knowledge.orders.views import Address

Swaps = tuple[tuple[str, str], ...]
"""(item, new item), one pair a piece: two pieces of one item are two pairs."""


@dataclass(frozen=True)
class CancelOrder:
    """Cancel the whole order; `reason` is one of the policy's, empty where it asks for none."""

    customer_id: str
    order_number: str
    reason: str = ""
    kind: Literal["cancel"] = "cancel"


@dataclass(frozen=True)
class ChangeAddress:
    """Send the order elsewhere."""

    customer_id: str
    order_number: str
    address: Address
    kind: Literal["address"] = "address"


@dataclass(frozen=True)
class ChangePayment:
    """Pay the order with another payment method."""

    customer_id: str
    order_number: str
    payment_method_id: str
    kind: Literal["payment"] = "payment"


@dataclass(frozen=True)
class ChangeItems:
    """Other items of the same products in an order that was not sent yet."""

    customer_id: str
    order_number: str
    swaps: Swaps
    payment_method_id: str
    kind: Literal["items"] = "items"


@dataclass(frozen=True)
class ReturnItems:
    """Send delivered items back; `item_ids` names one id a piece."""

    customer_id: str
    order_number: str
    item_ids: tuple[str, ...]
    payment_method_id: str
    kind: Literal["return"] = "return"


@dataclass(frozen=True)
class ExchangeItems:
    """Send delivered items back for other items of the same products."""

    customer_id: str
    order_number: str
    swaps: Swaps
    payment_method_id: str
    kind: Literal["exchange"] = "exchange"


@dataclass(frozen=True)
class ChangeCustomerAddress:
    """Another address for the customer's next orders."""

    customer_id: str
    address: Address
    kind: Literal["customer_address"] = "customer_address"


OrderChange = CancelOrder | ChangeAddress | ChangePayment | ChangeItems | ReturnItems | ExchangeItems
"""What concerns one order."""

Change = Annotated[OrderChange | ChangeCustomerAddress, Field(discriminator="kind")]
"""Any of them; `kind` tells which, also in JSON."""
