"""Effects: what a change does to the order, the customer and the money, before anybody writes it."""

from dataclasses import dataclass
from decimal import Decimal

from knowledge.orders.views import Address, OrderLineView, PaymentMethod


@dataclass(frozen=True)
class MoneyMove:
    """Money that the change moves.

    Attributes:
        amount: above zero the customer gets it, below zero they pay it.
        business_days: until it has arrived, at most; 0 means at once.
    """

    method: PaymentMethod
    amount: Decimal
    business_days: int = 0


@dataclass(frozen=True)
class SwappedItem:
    """One piece that becomes another."""

    title: str
    title_zh: str
    old_item_id: str
    old_options: dict[str, str]
    old_price: Decimal
    new_item_id: str
    new_options: dict[str, str]
    new_price: Decimal


@dataclass(frozen=True)
class Effects:
    """What a change does, for the words that ask the shopper to confirm it.

    Attributes:
        currency: of every amount.
        moves: of money, at once or later.
        fee: taken off the refund; already in `moves`.
        swapped: of a change or exchange of items.
        returned: the lines that go back, with the quantity that goes back.
        address: the new one; None when it stays.
    """

    currency: str
    moves: tuple[MoneyMove, ...] = ()
    fee: Decimal = Decimal(0)
    swapped: tuple[SwappedItem, ...] = ()
    returned: tuple[OrderLineView, ...] = ()
    address: Address | None = None

    @property
    def balance(self) -> Decimal:
        """What the customer gets in all (above zero) or pays (below zero)."""
        return sum((move.amount for move in self.moves), Decimal(0))
