"""How orders, things, options, payment methods, addresses and states are named to a reader of each language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.answering.money import money
from bot.answering.turn import Turn
from knowledge.orders import Address, Choice, OrderLineView, OrderView, PaymentMethod

# Values of options that tell nothing by themselves.
_BARE = frozenset({"yes", "no", "none", "是", "否", "有", "无"})


@dataclass(frozen=True)
class Names:
    """The names of things in one turn's language.

    Attributes:
        choices: what a product can be bought as, in that language.
    """

    turn: Turn
    choices: Callable[[str], Sequence[Choice]] = lambda _product_id: ()

    def title(self, line: OrderLineView) -> str:
        """What the shop calls it."""
        return line.title_zh if self.turn.language == "zh" and line.title_zh else line.title

    def line(self, line: OrderLineView) -> str:
        """Its title and what was chosen."""
        options = self.options(self.chosen(line))
        if not options:
            return self.title(line)
        return self.turn.words.say("order_line_options", title=self.title(line), options=options)

    def chosen(self, line: OrderLineView) -> Mapping[str, str]:
        """What was chosen with a thing, in the reader's language where the shop gave it."""
        return self.item(line.product_id, line.item_id, line.options)

    def item(self, product_id: str, item_id: str, options: Mapping[str, str]) -> Mapping[str, str]:
        """The options of an item in the reader's language; as they are where the shop gave no others."""
        if self.turn.language == "en" and options:
            return options
        return next((one.options for one in self.choices(product_id) if one.item_id == item_id), options)

    def options(self, options: Mapping[str, str]) -> str:
        """Values by themselves where they tell enough, else with their name."""
        named = (
            f"{name}: {value}" if value.casefold() in _BARE or value.replace(".", "").isdigit() else value
            for name, value in options.items()
        )
        return self.turn.words.listed(tuple(named))

    def choice(self, choice: Choice) -> str:
        """What is chosen with it, else its title."""
        return self.options(choice.options) or choice.title

    def titles(self, order: OrderView) -> str:
        """What is in an order."""
        return self.turn.words.listed(tuple(dict.fromkeys(self.title(line) for line in order.lines)))

    def method(self, method: PaymentMethod) -> str:
        """A payment method as its owner knows it."""
        return self.turn.words.say(f"method_{method.kind}", label=method.label or method.method_id)

    def address(self, address: Address) -> str:
        """An address on one line, in the order of its country."""
        parts = (address.line1, address.line2, address.city, address.region, address.postcode, address.country)
        if any("㐀" <= sign <= "鿿" for sign in address.line1):
            region = "" if address.region == address.city else address.region
            street = "".join((region, address.city, address.line1, address.line2))
            return " ".join(part for part in (street, address.postcode) if part)
        return ", ".join(part for part in parts if part)

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount."""
        return money(amount, currency, self.turn.language)

    def state(self, order: OrderView) -> str:
        """The order's state in words."""
        return self.turn.words.say(f"state_{state_of(order)}")


def state_of(order: OrderView) -> str:
    """The state, or what was asked for since."""
    if order.status == "delivered" and order.returned:
        return "return_requested"
    if order.status == "delivered" and order.exchanged:
        return "exchange_requested"
    return order.status
