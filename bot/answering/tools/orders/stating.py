"""What the bot says before a change, after it, and instead of it: in full, from what the code worked out."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from bot.answering.money import day
from bot.answering.tools.orders.formatting import Names
from bot.ordering import Proposal
from knowledge.order_policy import OrderPolicy
from knowledge.orders import (
    Address,
    Applied,
    CancelOrder,
    ChangeCustomerAddress,
    ChangePayment,
    OrderView,
    Refusal,
)

_WORD = {"customer_address": "profile_address"}
_DAYS = ("until",)
_AMOUNTS = ("balance", "needed")


def kind_word(kind: str) -> str:
    """The part of a sentence's key that tells the kind of change."""
    return _WORD.get(kind, kind)


def stated(proposal: Proposal, order: OrderView | None, names: Names, policy: OrderPolicy) -> str:
    """The whole proposal and the question whether it should be done."""
    change, effects, words = proposal.change, proposal.effects, names.turn.words
    kind = kind_word(change.kind)
    values = {
        "number": order.order_number if order else "",
        "placed": day(order.placed_on, names.turn.language) if order else "",
        "titles": names.titles(order) if order else "",
        "address": names.address(effects.address) if effects.address else "",
        "method": _new_method(proposal, names),
    }
    said = [words.say(f"state_{kind}", **values), *_things(proposal, order, names)]
    if isinstance(change, CancelOrder) and change.reason:
        said.append(words.say("state_cancel_reason", reason=reason_word(change.reason, names)))
    said += _money(proposal, names)
    said += _conditions(change.kind, names, policy)
    return "\n".join([*said, "", words.say(f"confirm_{kind}")])


def done(applied: Applied, proposal: Proposal, names: Names) -> str:
    """What was written."""
    change, words = proposal.change, names.turn.words
    values = {
        "number": applied.order.order_number if applied.order else "",
        "address": names.address(applied.effects.address or Address()),
        "method": _new_method(proposal, names),
    }
    return words.join(words.say(f"done_{kind_word(change.kind)}", **values), *_money(proposal, names))


def refused(refusal: Refusal, names: Names, *, currency: str, order: OrderView | None = None) -> str:
    """Which rule of the shop says no, in words."""
    key = f"refuse_{refusal.rule.replace('.', '_')}"
    if key not in names.turn.words.names():
        key = "gone" if refusal.rule.startswith("proposal.") else "refuse_customer_unknown"
    values = _spoken(refusal.values, names, currency)
    if order is not None and not values.get("title"):
        values["title"] = names.titles(order)
    return names.turn.words.say(key, **(dict.fromkeys(_MAY_BE_MISSING, "") | values))


def reason_word(reason: str, names: Names) -> str:
    """A reason of the shop's in the reader's language, where we know it; else as the shop wrote it."""
    key = "reason_" + reason.casefold().replace(" ", "_")
    return names.turn.words.say(key) if key in names.turn.words.names() else reason


_MAY_BE_MISSING = frozenset(
    [
        "order",
        "title",
        "mark",
        "until",
        "state",
        "allowed",
        "missing",
        "method",
        "balance",
        "needed",
        "minutes",
        "country",
        "option",
        "item",
    ]
)


def _things(proposal: Proposal, order: OrderView | None, names: Names) -> list[str]:
    change, effects, words = proposal.change, proposal.effects, names.turn.words
    if effects.swapped:
        return [
            words.say(
                "state_swap",
                title=swap.title_zh if names.turn.language == "zh" and swap.title_zh else swap.title,
                old=names.options(_options(order, swap.old_item_id, swap.old_item_id, swap.old_options, names)),
                old_price=names.money(swap.old_price, effects.currency),
                new=names.options(_options(order, swap.old_item_id, swap.new_item_id, swap.new_options, names)),
                new_price=names.money(swap.new_price, effects.currency),
            )
            for swap in effects.swapped
        ]
    lines = effects.returned or (order.lines if order and isinstance(change, CancelOrder) else ())
    return [
        words.say(
            "state_line",
            quantity=line.quantity,
            title=names.line(line),
            price=names.money(line.unit_price * line.quantity, effects.currency),
        )
        for line in lines
    ]


def _options(
    order: OrderView | None, old_item_id: str, item_id: str, options: Mapping[str, str], names: Names
) -> Mapping[str, str]:
    """The options of an item of the product that the old one is of."""
    line = order.line_of(old_item_id) if order else None
    return names.item(line.product_id, item_id, options) if line else options


def _money(proposal: Proposal, names: Names) -> list[str]:
    effects, words = proposal.effects, names.turn.words
    if isinstance(proposal.change, ChangeCustomerAddress) or effects.address:
        return []
    said = [words.say("state_fee", fee=names.money(effects.fee, effects.currency))] if effects.fee else []
    for move in effects.moves:
        values = {"amount": names.money(abs(move.amount), effects.currency), "method": names.method(move.method)}
        if move.amount > 0:
            said.append(words.say("state_back", **values, when=_when(move.business_days, proposal, names)))
        elif move.amount < 0:
            said.append(words.say("state_paid" if proposal.change.kind == "payment" else "state_extra", **values))
    if not any(move.amount for move in effects.moves) and effects.swapped:
        said.append(words.say("state_even"))
    return said


def _when(days: int, proposal: Proposal, names: Names) -> str:
    if days == 0:
        return names.turn.words.say("when_at_once")
    later = proposal.change.kind in ("return", "exchange")
    return names.turn.words.say("when_days_return" if later else "when_days", days=days)


def _conditions(kind: str, names: Names, policy: OrderPolicy) -> list[str]:
    words, said = names.turn.words, []
    rule = {"return": policy.returns, "exchange": policy.exchanges}.get(kind)
    if rule is not None:
        condition = rule.condition.get(names.turn.language) or next(iter(rule.condition.values()), "")
        if condition:
            said.append(words.say("state_condition", condition=condition))
        if rule.once:
            said.append(words.say("state_once"))
    if kind == "items" and policy.items_are_final:
        said.append(words.say("state_final"))
    return said


def _new_method(proposal: Proposal, names: Names) -> str:
    if not isinstance(proposal.change, ChangePayment):
        return ""
    new = next((move.method for move in proposal.effects.moves if move.amount < 0), None)
    return names.method(new) if new else ""


def _spoken(values: Mapping[str, str], names: Names, currency: str) -> dict[str, str]:
    """What a rule gives as bare values, as people say it."""
    words, known, spoken = names.turn.words, names.turn.words.names(), dict(values)
    if names.turn.language == "zh" and values.get("title_zh"):
        spoken["title"] = values["title_zh"]
    if "mark" in values:
        spoken["mark"] = words.say(f"mark_{values['mark']}" if f"mark_{values['mark']}" in known else "mark_other")
    for name in _DAYS:
        if values.get(name):
            spoken[name] = day(date.fromisoformat(values[name]), names.turn.language)
    for name in _AMOUNTS:
        try:
            spoken[name] = names.money(Decimal(values[name]), values.get("currency") or currency)
        except (KeyError, InvalidOperation):
            continue
    for name in ("state", "allowed", "missing", "option"):
        if name in values:
            said = tuple(_one(part, names) for part in values[name].split("; ") if part)
            spoken[name] = words.say("or").join(said) if name == "allowed" else words.listed(said)
    return spoken


def _one(part: str, names: Names) -> str:
    known = names.turn.words.names()
    for key in (f"state_{part}", f"part_{part}", f"method_{part}", "reason_" + part.casefold().replace(" ", "_")):
        if key in known and not known[key]:
            return names.turn.words.say(key)
    return part
