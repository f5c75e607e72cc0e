"""SearchFilters: the hard limits of a search, given by the caller or stated in the question."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from knowledge.amounts import ANY_YUAN, find_range
from knowledge.documents import Kind
from knowledge.keywords import tokenize

# Words of questions about service, in which an amount is that of an order, a fee or a discount.
_SERVICE = re.compile(
    r"\b(?:orders?|ordering|spend|spending|spent|purchases?|basket|cart|total|ship|shipped|shipping|deliver|delivered|"
    r"delivery|postage|fees?|charged?|refund\w*|return\w*|exchange\w*|discounts?|coupons?|vouchers?|pay|paying|payments?|"
    r"tax|taxes|duty|duties|customs|warranty|guarantee|points|members?\w*)\b|满|订单|下单|消费|运费|邮费|包邮|免邮|配送|寄|快递|"
    r"优惠|退|换货|付款|支付|税|保修|质保|积分|会员|总共|一共|合计"
)
_DOLLARS = ("USD", "HKD", "SGD", "AUD", "CAD", "NZD", "TWD")


@dataclass(frozen=True)
class SearchFilters:
    """Hard limits on what may be found; an empty field limits nothing.

    Attributes:
        product_ids: only these products; pages and FAQ entries fall away.
        category: only products of this category; pages and FAQ entries stay.
        kinds: only these kinds of documents.
        language: only this language.
        price_min, price_max: inclusive; products outside (or without a price) fall away, pages and FAQ entries stay.
        currency: of the two limits; products in another currency fall away.
    """

    product_ids: tuple[str, ...] = ()
    category: str | None = None
    kinds: tuple[Kind, ...] = ()
    language: str | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    currency: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is limited."""
        return self == SearchFilters()


def parse_filters(question: str, *, categories: Sequence[str] = (), currencies: Sequence[str] = ()) -> SearchFilters:
    """The limits that a question states: a price range, and with one also the category it is asked in.

    With a price only products are found. A question about service ("free shipping over $50", "满300包邮") limits
    nothing, and neither does a price in a currency that the shop does not use, since nothing here knows rates.

    Args:
        question: in the shopper's words.
        categories: names that the shop's products carry, in all its languages.
        currencies: codes of the shop's prices, such as `CNY`; none: any.
    """
    text = unicodedata.normalize("NFKC", question).lower()
    found = find_range(text)
    if found is None or _SERVICE.search(text):
        return SearchFilters()
    known, currency = _currency(found.currency, currencies)
    if not known:
        return SearchFilters()
    return SearchFilters(
        category=_category(text, categories),
        kinds=("product",),
        price_min=found.low,
        price_max=found.high,
        currency=currency,
    )


def _currency(said: str | None, currencies: Sequence[str]) -> tuple[bool, str | None]:
    """Whether prices can be compared with what was said, and the currency to compare in."""
    if said is None:
        return True, None
    meant = {"$": _DOLLARS, "¥": ("CNY", "JPY"), ANY_YUAN: ("CNY",)}.get(said, (said,))  # the likeliest first
    if not currencies:
        return True, meant[0]
    used = [code for code in meant if code in currencies]
    return bool(used) or said == ANY_YUAN, used[0] if used else None


def _category(text: str, categories: Sequence[str]) -> str | None:
    """The one category whose whole name is in the question; None when there are several or none."""
    words = set(tokenize(text))
    named = [name for name in categories if (parts := set(tokenize(name))) and parts <= words]
    longest = [name for name in named if not any(set(tokenize(name)) < set(tokenize(other)) for other in named)]
    return longest[0] if len(longest) == 1 else None
