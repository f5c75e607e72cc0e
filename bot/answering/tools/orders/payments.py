"""Which of a customer's payment methods is meant: by kind, by brand or last digits, "the original one"."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.orders import CustomerView, OrderView, PaymentMethod

_GIFT = r"gift ?-?cards?|\bgc\b|礼品卡|礼券"
_KINDS: tuple[tuple[str, str], ...] = (
    ("gift_card", _GIFT),
    ("paypal", r"pay ?pal|贝宝"),
    ("store_credit", r"store credit|shop credit|店铺余额|购物金|店内余额"),
    (
        "card",
        r"(?<!gift )(?<!gift-)(?<!gift)(?<!id )(?<!礼品)(?:credit ?cards?|debit ?cards?|\bcards?\b|visa"
        r"|master ?card|amex|american express|信用卡|银行卡|借记卡|[原那这]张卡)",
    ),
)
_ORIGINAL = re.compile(
    r"\boriginal(?:ly)?\b|\bsame (?:payment|card|method|account|way)|\b(?:way|how) i paid\b|\bpaid with\b"
    r"|原路|原(?:来的?)?(?:支付|付款|卡|账户|方式)|付款时用的"
)
_OTHER = re.compile(
    r"\b(?:other|different|another|second) (?:credit |debit )?(?:card|one|method|payment)|另(?:外)?[一]?[张个种]"
)
_BRANDS = {"amex": "american express", "master card": "mastercard"}
_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")
_NOT = re.compile(r"(?:\bnot?\b|\bwithout\b|n't|instead of|rather than|\bfrom\b|不要?用?|别用?)[^,.;，。；]{0,16}$")


@dataclass(frozen=True)
class MeantMethods:
    """What some words say about payment.

    Attributes:
        said: whether they say anything about it.
        methods: the customer's own that fit, the first said first; none: they have no such.
    """

    said: bool
    methods: tuple[PaymentMethod, ...] = ()

    @property
    def settled(self) -> PaymentMethod | None:
        """The one that is meant, where only one can be."""
        return self.methods[0] if len(self.methods) == 1 else None


def meant_methods(text: str, customer: CustomerView, order: OrderView | None) -> MeantMethods:
    """The payment methods that the words mean.

    Args:
        text: the shopper's words.
        customer: whose methods they are.
        order: whose original payment method "the original one" is.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    for brand, name in _BRANDS.items():
        plain = plain.replace(brand, name)
    original = original_method(customer, order)
    found = [(at, methods) for at, methods in _said(plain, customer.payment_methods) if not _NOT.search(plain[:at])]
    if found:
        _, methods = min(found, key=lambda one: one[0])
        if _OTHER.search(plain):
            methods = [method for method in methods if method != original] or methods
        elif len(methods) > 1 and _ORIGINAL.search(plain) and original in methods:
            methods = [original]
        return MeantMethods(True, tuple(methods))
    if _ORIGINAL.search(plain):
        return MeantMethods(True, (original,) if original else ())
    if _OTHER.search(plain):
        return MeantMethods(True, tuple(method for method in customer.payment_methods if method != original))
    return MeantMethods(False)


def original_method(customer: CustomerView, order: OrderView | None) -> PaymentMethod | None:
    """What the order was paid with, where the customer still has it."""
    paid = next((payment for payment in order.payments if payment.kind == "payment"), None) if order else None
    return customer.method(paid.method_id) if paid else None


def _said(plain: str, own: Sequence[PaymentMethod]) -> list[tuple[int, list[PaymentMethod]]]:
    """Each place where a method is named, with the customer's own that fit."""
    found: list[tuple[int, list[PaymentMethod]]] = []
    for digits in _DIGITS.finditer(plain):
        ending = [method for method in own if digits.group() in method.label]
        if ending:
            found.append((digits.start(), ending))
    for kind, words in _KINDS:
        for match in re.finditer(words, plain):
            fitting = [method for method in own if method.kind == kind]
            branded = [
                method
                for method in fitting
                if any(word.isalpha() and word in plain for word in method.label.casefold().split())
            ]
            found.append((match.start(), branded or ([] if _brand_named(match.group()) else fitting)))
    ids = [(plain.find(method.method_id.casefold()), [method]) for method in own]
    best_digits = [one for one in found if len(one[1]) == 1]
    return [one for one in ids if one[0] >= 0] or best_digits[:1] or found


def _brand_named(words: str) -> bool:
    return words in {"visa", "mastercard", "american express"}
