"""Every rule says no where it should, and yes a step before; and no rule is only on paper."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from knowledge.order_policy import (
    Area,
    CancelPolicy,
    ItemsPolicy,
    OrderPolicy,
    ReturnPolicy,
    Season,
)
from knowledge.orders import (
    RULES,
    Address,
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeCustomerAddress,
    ChangeItems,
    ChangePayment,
    ExchangeItems,
    ExchangeRequest,
    Facts,
    OrderLineView,
    Payment,
    Refusal,
    ReturnItems,
    ReturnRequest,
    check,
)
from knowledge.orders.effects import effects_of
from tests.order_shop import CHOICES, NOW, OLD_ADDRESS, POLICY, customers, order

ANN = customers()[0]
NEW = Address("2 New Road", "", "Seattle", "WA", "98101", "US")
SWAP = (("SHIRT-S", "SHIRT-L"),)
RETURNED = (ReturnRequest(("MUG",), "CARD", Decimal(20), date(2026, 11, 20)),)
EXCHANGED = (ExchangeRequest(SWAP, "CARD", Decimal(5), date(2026, 11, 20)),)


def marked(*marks: str):
    return tuple(replace(line, marks=marks) for line in order("A-1").lines)


def policy(**sections: object) -> OrderPolicy:
    return POLICY.model_copy(update=sections)


def returns(**rules: object) -> OrderPolicy:
    return policy(returns=POLICY.returns.model_copy(update=rules))


def exchanges(**rules: object) -> OrderPolicy:
    return policy(exchanges=POLICY.exchanges.model_copy(update=rules))


CANCEL = CancelOrder("C-1", "A-1")
ADDRESS = ChangeAddress("C-1", "A-1", NEW)
PAYMENT = ChangePayment("C-1", "A-1", "PAL")
ITEMS = ChangeItems("C-1", "A-1", SWAP, "CARD")
RETURN = ReturnItems("C-1", "A-1", ("MUG",), "CARD")
EXCHANGE = ExchangeItems("C-1", "A-1", SWAP, "CARD")
MOVE = ChangeCustomerAddress("C-1", NEW)

PENDING, CHANGED = order("A-1"), order("A-1", items_changed=True)
DELIVERED, SENT = order("A-1", "delivered"), order("A-1", "shipped")

REFUSED = [
    ("customer.unknown", replace(CANCEL, customer_id="C-9"), PENDING, POLICY),
    ("order.unknown", CANCEL, None, POLICY),
    ("order.unknown", CANCEL, order("A-1", customer_id="C-2"), POLICY),
    ("cancel.not_offered", CANCEL, PENDING, policy(cancel=None)),
    ("cancel.state", CANCEL, SENT, POLICY),
    ("cancel.reason", replace(CANCEL, reason="because"), PENDING, POLICY),
    ("cancel.reason", CANCEL, PENDING, policy(cancel=CancelPolicy(reasons=("mistake",)))),
    ("cancel.made_to_order", CANCEL, order("A-1", lines=marked("engraved")),
     policy(cancel=CancelPolicy(only_same_day=("engraved",)))),
    ("cancel.items_changed", CANCEL, CHANGED, POLICY),
    ("address.not_offered", ADDRESS, PENDING, policy(change_address=None)),
    ("address.state", ADDRESS, SENT, POLICY),
    ("address.items_changed", ADDRESS, CHANGED, POLICY),
    ("address.incomplete", replace(ADDRESS, address=replace(NEW, city=" ")), PENDING, POLICY),
    ("address.incomplete", replace(ADDRESS, address=replace(NEW, line2="x" * 201)), PENDING, POLICY),
    ("address.same", replace(ADDRESS, address=OLD_ADDRESS), PENDING, POLICY),
    ("address.country", replace(ADDRESS, address=replace(NEW, country="CA")), PENDING, POLICY),
    ("payment.not_offered", PAYMENT, PENDING, policy(change_payment=None)),
    ("payment.state", PAYMENT, SENT, POLICY),
    ("payment.items_changed", PAYMENT, CHANGED, POLICY),
    ("payment.unknown_method", replace(PAYMENT, payment_method_id="BO"), PENDING, POLICY),
    ("payment.same", replace(PAYMENT, payment_method_id="CARD"), PENDING, POLICY),
    ("payment.several", PAYMENT, order("A-1", payments=()), POLICY),
    ("payment.balance", replace(PAYMENT, payment_method_id="GIFT"), PENDING, POLICY),
    ("items.not_offered", ITEMS, PENDING, policy(change_items=None)),
    ("items.state", ITEMS, SENT, POLICY),
    ("items.once", ITEMS, CHANGED, POLICY),
    ("items.too_late", ITEMS, PENDING, policy(change_items=ItemsPolicy(within_minutes=60))),
    ("items.too_late", ITEMS, order("A-1", placed_at=NOW - timedelta(minutes=61)),
     policy(change_items=ItemsPolicy(within_minutes=60))),
    ("item.none", replace(ITEMS, swaps=()), PENDING, POLICY),
    ("item.not_in_order", replace(ITEMS, swaps=SWAP * 3), PENDING, POLICY),
    ("item.same", replace(ITEMS, swaps=(("SHIRT-S", "SHIRT-S"),)), PENDING, POLICY),
    ("item.other_product", replace(ITEMS, swaps=(("SHIRT-S", "MUG"),)), PENDING, POLICY),
    ("item.unavailable", replace(ITEMS, swaps=(("SHIRT-S", "SHIRT-M"),)), PENDING, POLICY),
    ("payment.unknown_method", replace(ITEMS, payment_method_id="BO"), PENDING, POLICY),
    ("return.not_offered", RETURN, DELIVERED, policy(returns=None)),
    ("return.state", RETURN, PENDING, POLICY),
    ("return.once", RETURN, replace(DELIVERED, exchanged=EXCHANGED), POLICY),
    ("return.already", RETURN, replace(DELIVERED, returned=RETURNED), returns(once=False)),
    ("return.never", RETURN, replace(DELIVERED, lines=marked("engraved")), POLICY),
    ("return.too_late", RETURN, replace(DELIVERED, delivered_on=date(2026, 10, 7)), POLICY),
    ("return.delivery_unknown", RETURN, replace(DELIVERED, delivered_on=None), POLICY),
    ("return.refund_target", replace(RETURN, payment_method_id="PAL"), DELIVERED, POLICY),
    ("item.not_in_order", replace(RETURN, item_ids=("MUG", "MUG")), DELIVERED, POLICY),
    ("exchange.not_offered", EXCHANGE, DELIVERED, policy(exchanges=None)),
    ("exchange.state", EXCHANGE, PENDING, POLICY),
    ("exchange.once", EXCHANGE, replace(DELIVERED, returned=RETURNED), POLICY),
    ("exchange.already", replace(EXCHANGE, swaps=SWAP * 2), replace(DELIVERED, exchanged=EXCHANGED),
     exchanges(once=False)),
    ("exchange.never", EXCHANGE, replace(DELIVERED, lines=marked("engraved")), exchanges(never=("engraved",))),
    ("exchange.too_late", EXCHANGE, replace(DELIVERED, delivered_on=date(2026, 10, 22)), POLICY),
    ("exchange.delivery_unknown", EXCHANGE, replace(DELIVERED, delivered_on=None), POLICY),
    ("exchange.area", EXCHANGE, DELIVERED, exchanges(area=Area(countries=("US",), except_regions=("WA",)))),
    ("exchange.area", EXCHANGE, replace(DELIVERED, address=Address()), exchanges(area=Area(countries=("US",)))),
    ("exchange.only_option", EXCHANGE, replace(DELIVERED, lines=marked("final_sale")),
     exchanges(only_option={"final_sale": "Colour"})),
    ("customer_address.not_offered", MOVE, None, policy(change_customer_address=False)),
    ("address.incomplete", replace(MOVE, address=replace(NEW, country="")), None, POLICY),
]  # fmt: skip

ALLOWED = [
    (CANCEL, PENDING, POLICY),
    (CANCEL, order("A-1", lines=marked("engraved"), placed_on=NOW.date()),
     policy(cancel=CancelPolicy(only_same_day=("engraved",)))),
    (CANCEL, CHANGED, policy(change_items=ItemsPolicy(final=False))),
    (ITEMS, CHANGED, policy(change_items=ItemsPolicy(final=False))),
    (ITEMS, order("A-1", placed_at=NOW - timedelta(minutes=60)), policy(change_items=ItemsPolicy(within_minutes=60))),
    (replace(ITEMS, swaps=SWAP * 2), PENDING, POLICY),
    (replace(ITEMS, payment_method_id="GIFT"), PENDING, POLICY),
    (ADDRESS, PENDING, POLICY),
    (PAYMENT, PENDING, POLICY),
    (RETURN, DELIVERED, POLICY),
    (RETURN, replace(DELIVERED, delivered_on=date(2026, 10, 8)), POLICY),
    (replace(RETURN, payment_method_id="GIFT"), DELIVERED, POLICY),
    (RETURN, replace(DELIVERED, exchanged=EXCHANGED), returns(once=False)),
    (EXCHANGE, DELIVERED, POLICY),
    (EXCHANGE, replace(DELIVERED, delivered_on=date(2026, 10, 23)), POLICY),
    (EXCHANGE, replace(DELIVERED, exchanged=EXCHANGED), exchanges(once=False)),
    (EXCHANGE, replace(DELIVERED, lines=marked("final_sale")), exchanges(only_option={"final_sale": "Size"})),
    (MOVE, None, POLICY),
]  # fmt: skip


def facts(change: Change, one: object, rules: OrderPolicy) -> Facts:
    customer = ANN if change.customer_id == "C-1" else None
    return Facts(rules, NOW, customer, one, CHOICES, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize(("rule", "change", "one", "rules"), REFUSED)
def test_the_rule_says_no(rule, change, one, rules):
    assert check(change, facts(change, one, rules)).rule == rule


@pytest.mark.parametrize(("change", "one", "rules"), ALLOWED)
def test_a_step_before_no_rule_does(change, one, rules):
    assert check(change, facts(change, one, rules)) is None


def test_every_rule_has_a_case():
    assert set(RULES) - {rule for rule, *_ in REFUSED} == {"order.moved_on"}  # the backends' own


def test_a_shop_without_rules_changes_nothing():
    for change in (CANCEL, ADDRESS, PAYMENT, ITEMS, RETURN, EXCHANGE, MOVE):
        assert check(change, facts(change, PENDING, OrderPolicy())).rule.endswith(".not_offered")


def test_a_refusal_names_what_its_sentence_needs():
    refusal = check(RETURN, facts(RETURN, replace(DELIVERED, delivered_on=date(2026, 10, 1)), POLICY))
    assert refusal == Refusal("return.too_late", {"until": "2026-11-15"})
    balance = replace(PAYMENT, payment_method_id="GIFT")
    assert check(balance, facts(balance, PENDING, POLICY)).values == {
        "balance": "20.00", "needed": "60.00", "currency": "USD", "method": "gift card 1",
    }  # fmt: skip


def test_a_season_reaches_into_the_next_year():
    season = Season(bought_from="11-01", bought_until="12-24", until="01-31")
    rules = ReturnPolicy(days=30, seasons=(season,))
    assert rules.last_day(date(2026, 11, 1), date(2026, 11, 5), "") == date(2027, 1, 31)
    assert rules.last_day(date(2026, 10, 31), date(2026, 11, 5), "") == date(2026, 12, 5)
    assert rules.last_day(date(2026, 12, 24), date(2027, 1, 28), "") == date(2027, 2, 27)


def test_the_last_day_is_the_shops_own_day():
    late = datetime(2026, 12, 25, 23, 30, tzinfo=UTC)
    one = replace(DELIVERED, delivered_on=date(2026, 11, 10))
    told = replace(facts(RETURN, one, POLICY), now=late)
    assert check(RETURN, told) is None
    assert check(RETURN, replace(told, now=late + timedelta(hours=1))).rule == "return.too_late"


def test_the_fee_is_taken_off_where_the_policy_says():
    to_card = effects_of(RETURN, facts(RETURN, DELIVERED, POLICY))
    assert (to_card.fee, to_card.balance) == (Decimal("5.00"), Decimal("15.00"))
    to_gift_card = replace(RETURN, payment_method_id="GIFT")
    assert effects_of(to_gift_card, facts(to_gift_card, DELIVERED, POLICY)).fee == 0
    elsewhere = returns(fee_area=Area(countries=("US",), except_regions=("WA",)))
    assert effects_of(RETURN, facts(RETURN, DELIVERED, elsewhere)).fee == 0
    cheap = replace(DELIVERED, lines=(OrderLineView("MUG", None, "Mug", 1, Decimal("3.00")),))
    assert effects_of(RETURN, facts(RETURN, cheap, POLICY)).balance == 0


def test_a_refund_is_no_more_than_was_paid():
    cheaper = replace(DELIVERED, total=Decimal("45.00"), payments=(Payment("payment", Decimal("45.00"), "CARD"),))
    everything = replace(RETURN, item_ids=("SHIRT-S", "SHIRT-S", "MUG"))
    effects = effects_of(everything, facts(everything, cheaper, returns(fee=Decimal(0))))
    assert effects.balance == Decimal("45.00")
    one = effects_of(RETURN, facts(RETURN, cheaper, returns(fee=Decimal(0))))
    assert one.balance == Decimal("15.00")


def test_a_gift_card_does_not_become_money():
    paid = (Payment("payment", Decimal(50), "GIFT"), Payment("payment", Decimal(10), "CARD"))
    mixed = replace(DELIVERED, payments=paid)
    assert check(RETURN, facts(RETURN, mixed, POLICY)).rule == "return.refund_target"
    to_gift_card = replace(RETURN, payment_method_id="GIFT")
    assert check(to_gift_card, facts(to_gift_card, mixed, returns(refund_to=("original",)))) is None


def test_nothing_goes_back_twice_to_what_paid():
    earlier = (ReturnRequest(("SHIRT-S", "SHIRT-S"), "CARD", Decimal(45), date(2026, 11, 20)),)
    rest = replace(DELIVERED, returned=earlier)
    assert check(RETURN, facts(RETURN, rest, returns(once=False))).rule == "return.refund_target"


def test_a_cancelled_order_gives_each_method_back_what_it_paid():
    paid = (Payment("payment", Decimal(40), "CARD"), Payment("payment", Decimal(20), "GIFT"),
            Payment("refund", Decimal(5), "CARD"))  # fmt: skip
    effects = effects_of(CANCEL, facts(CANCEL, order("A-1", payments=paid), POLICY))
    assert [(move.method.method_id, move.amount, move.business_days) for move in effects.moves] == [
        ("CARD", Decimal(35), 7),
        ("GIFT", Decimal(20), 0),
    ]
