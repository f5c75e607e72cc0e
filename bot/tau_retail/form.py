"""Our customers and orders in the benchmark's JSON form, to be compared with the states that it expects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from knowledge.orders.views import Address, CustomerView, OrderLineView, OrderView, PaymentMethod

Form = dict[str, Any]

_SOURCES = {"card": "credit_card", "paypal": "paypal", "gift_card": "gift_card"}
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class OptionNames:
    """The names of options as the benchmark writes them; our catalogue has its own way to write names.

    Args:
        products: of the benchmark, by id.
    """

    products: Mapping[str, Any]

    def told(self, line: OrderLineView) -> Form:
        """The line's options by the benchmark's names."""
        items = self.products[line.product_id]["variants"].values()
        names = {_plain(name): name for item in items for name in item["options"]}
        return {names.get(_plain(name), name): value for name, value in line.options.items()}


def order_form(order: OrderView, names: OptionNames) -> Form:
    """The order."""
    returned = order.returned[0] if order.returned else None
    exchanged = order.exchanged[0] if order.exchanged else None
    item_ids = [line.item_id for line in order.lines for _ in range(line.quantity)]
    return {
        "order_id": order.order_number,
        "user_id": order.customer_id,
        "address": _address(order.address),
        "items": [_item(line, names) for line in order.lines for _ in range(line.quantity)],
        "status": _status(order),
        "fulfillments": [{"tracking_id": order.tracking_number.split("; "), "item_ids": item_ids}]
        if order.tracking_number
        else [],
        "payment_history": [
            {"transaction_type": payment.kind, "amount": payment.amount, "payment_method_id": payment.method_id}
            for payment in order.payments
        ],
        "cancel_reason": order.cancel_reason or None,
        "exchange_items": sorted(old for old, _ in exchanged.swaps) if exchanged else None,
        "exchange_new_items": sorted(new for _, new in exchanged.swaps) if exchanged else None,
        "exchange_payment_method_id": exchanged.payment_method_id if exchanged else None,
        "exchange_price_difference": exchanged.difference if exchanged else None,
        "return_items": sorted(returned.item_ids) if returned else None,
        "return_payment_method_id": returned.payment_method_id if returned else None,
    }


def user_form(customer: CustomerView, order_numbers: Sequence[str]) -> Form:
    """The customer; `order_numbers` in the benchmark's order, which means nothing."""
    first, _, last = customer.name.partition(" ")
    return {
        "user_id": customer.customer_id,
        "name": {"first_name": first, "last_name": last},
        "address": _address(customer.address),
        "email": customer.email,
        "payment_methods": {method.method_id: _method(method) for method in customer.payment_methods},
        "orders": list(order_numbers),
    }


def with_slip(form: Form, new_items: Sequence[str]) -> Form:
    """The order as the benchmark's own tool leaves it when several items change at once.

    It writes the price and the options of the last new item into all of them, so that an item's id then stands beside
    another item's price; the money that it moves is right.

    Args:
        form: of the order as it should be.
        new_items: in the order of the call.
    """
    last = next(item for item in form["items"] if item["item_id"] == new_items[-1])
    same = {"price": last["price"], "options": last["options"]}
    return {**form, "items": [item | same if item["item_id"] in new_items else item for item in form["items"]]}


def comparable(value: Any) -> Any:
    """A form with every number as a Decimal of whole cents, and nothing in an order that means nothing.

    The benchmark adds prices as binary fractions, so that 5 cents are 0.04999999999999716.
    """
    if isinstance(value, Mapping):
        return {name: comparable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [comparable(inner) for inner in value]
    if isinstance(value, float | int | Decimal) and not isinstance(value, bool):
        return Decimal(str(value)).quantize(_CENT)
    return value


def _status(order: OrderView) -> str:
    if order.returned:
        return "return requested"
    if order.exchanged:
        return "exchange requested"
    return "pending (item modified)" if order.status == "pending" and order.items_changed else order.status


def _item(line: OrderLineView, names: OptionNames) -> Form:
    return {
        "name": line.title,
        "product_id": line.product_id,
        "item_id": line.item_id,
        "price": line.unit_price,
        "options": names.told(line),
    }


def _address(address: Address) -> Form:
    return {
        "address1": address.line1,
        "address2": address.line2,
        "city": address.city,
        "country": address.country,
        "state": address.region,
        "zip": address.postcode,
    }


def _method(method: PaymentMethod) -> Form:
    told: Form = {"source": _SOURCES[method.kind], "id": method.method_id}
    if method.kind == "card":
        brand, _, last_four = method.label.partition(" ")
        told |= {"brand": brand, "last_four": last_four}
    if method.balance is not None:
        told["balance"] = method.balance
    return told


def _plain(name: str) -> str:
    """A name as it is compared; our catalogue writes names as the British do, and `maker` for a variant's `brand`."""
    return name.casefold().replace("_", " ").replace("colour", "color").replace("maker", "brand")
