"""Reads from any backend what the rules must know."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from knowledge.catalog import CatalogProduct
from knowledge.orders.backend import OrderBackend
from knowledge.orders.changes import Change, ChangeCustomerAddress
from knowledge.orders.facts import Facts, swapped_products
from knowledge.orders.views import Choice
from knowledge.profile import ShopProfile


def facts_of(backend: OrderBackend, shop: str, change: Change, *, profile: ShopProfile, now: datetime) -> Facts:
    """What is stored about everything that the change touches.

    Args:
        backend: who keeps it.
        shop: whose.
        change: of one of its customers.
        profile: the shop's, with its policy.
        now: a time with any zone.
    """
    order = None if isinstance(change, ChangeCustomerAddress) else backend.order(shop, change.order_number)
    return Facts(
        policy=profile.orders,
        now=now.astimezone(ZoneInfo(profile.timezone)),
        customer=backend.customer(shop, change.customer_id),
        order=order,
        choices={product: backend.choices(shop, product) for product in swapped_products(change, order)},
        currency=profile.currency,
    )


def choices_for(product: CatalogProduct) -> Iterator[Choice]:
    """What the product can be bought as: its variants, or itself."""
    if not product.variants:
        available = product.stock is None or product.stock > 0
        yield Choice(product.product_id, product.product_id, product.title, {}, product.price, available)
    for variant in product.variants:
        price = product.price if variant.price is None else variant.price
        available = variant.stock is None or variant.stock > 0
        yield Choice(variant.variant_id, product.product_id, product.title, variant.options, price, available)
