"""Refusals: every rule that can say no to a change, by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

RULES: Mapping[str, str] = MappingProxyType(
    {
        "customer.unknown": "The shop has no such customer.",
        "order.unknown": "The customer has no order with that number; also said when it is somebody else's.",
        "order.moved_on": "Something that was confirmed (a price, an amount, an item) is no longer so.",
        "cancel.not_offered": "The shop's policy does not let orders be cancelled this way.",
        "cancel.state": "An order in that state cannot be cancelled.",
        "cancel.reason": "That is not one of the reasons an order may be cancelled for.",
        "cancel.made_to_order": "An item that is made to order can be cancelled on the day of ordering only.",
        "cancel.items_changed": "Items of this order were changed; after that it cannot be cancelled.",
        "address.not_offered": "The shop's policy does not let the address of orders change this way.",
        "address.state": "The address of an order in that state cannot change.",
        "address.items_changed": "Items of this order were changed; after that its address cannot change.",
        "address.incomplete": "The address lacks a part, or a part is too long.",
        "address.same": "That is the address it has already.",
        "address.country": "The order cannot be sent to another country than before.",
        "payment.not_offered": "The shop's policy does not let the payment of orders change this way.",
        "payment.state": "The payment of an order in that state cannot change.",
        "payment.items_changed": "Items of this order were changed; after that its payment cannot change.",
        "payment.unknown_method": "The customer has no such payment method.",
        "payment.same": "The order is paid with that payment method already.",
        "payment.several": "The order was not paid in one payment, so the payment cannot be changed as a whole.",
        "payment.balance": "What is left on it does not cover the amount.",
        "items.not_offered": "The shop's policy does not let items of orders change this way.",
        "items.state": "Items of an order in that state cannot change.",
        "items.once": "Items of this order were changed already, and that is possible only once.",
        "items.too_late": "Items can change only for a while after ordering.",
        "item.none": "No item was named.",
        "item.not_in_order": "The order does not have that item, or not so many pieces of it.",
        "item.same": "The new item is the one that it has already.",
        "item.other_product": "The new item is not a variant of the same product.",
        "item.unavailable": "The new item is not available.",
        "return.not_offered": "The shop's policy does not let items be returned this way.",
        "return.state": "Items of an order in that state cannot be returned.",
        "return.once": "A return or exchange was asked for already, and only one an order is possible.",
        "return.already": "These pieces are on their way back already.",
        "return.never": "Items of that kind cannot be returned.",
        "return.too_late": "The time for returning it is over.",
        "return.delivery_unknown": "When it was delivered is not known, nor until when it can be returned.",
        "return.refund_target": "The refund can go to what the policy names, and to what paid no more than it paid.",
        "exchange.not_offered": "The shop's policy does not let items be exchanged this way.",
        "exchange.state": "Items of an order in that state cannot be exchanged.",
        "exchange.once": "A return or exchange was asked for already, and only one an order is possible.",
        "exchange.already": "These pieces are on their way back already.",
        "exchange.never": "Items of that kind cannot be exchanged.",
        "exchange.too_late": "The time for exchanging it is over.",
        "exchange.delivery_unknown": "When it was delivered is not known, nor until when it can be exchanged.",
        "exchange.area": "Exchanges are not offered where the order was sent.",
        "exchange.only_option": "Of such an item only one option, such as the size, may be exchanged.",
        "customer_address.not_offered": "The shop's policy does not let customers' addresses change this way.",
    }
)
"""What each rule says, for who works on the shop's side; shoppers are told in their own language by the bot."""


@dataclass(frozen=True)
class Refusal:
    """A change that is not made.

    Attributes:
        rule: which rule says no; one of `RULES` (or of the bot's own, `bot.ordering.refusals`).
        values: what the sentence about it needs, as texts: numbers, days (ISO 8601), items, states.
    """

    rule: str
    values: Mapping[str, str] = field(default_factory=dict)
