"""A small shelf of made-up products for tests of what is read from questions and chosen from rows."""

from collections.abc import Mapping
from decimal import Decimal

from bot.answering.tools.products.shelf import Shelf
from knowledge.catalog import CatalogProduct, CatalogVariant


def product(
    product_id: str,
    title: str,
    *,
    category: str = "Headphones",
    brand: str = "Aura",
    price: str = "59",
    stock: int | None = 3,
    language: str = "en",
    description: str = "",
    attributes: Mapping[str, str] | None = None,
    variants: tuple[CatalogVariant, ...] = (),
) -> CatalogProduct:
    return CatalogProduct(
        product_id=product_id,
        title=title,
        description=description,
        category=category,
        brand=brand,
        price=Decimal(price),
        currency="USD",
        stock=stock,
        url=None,
        image_url=None,
        attributes=attributes or {},
        variants=variants,
        language=language,
    )


def colours(product_id: str, **stocks: int) -> tuple[CatalogVariant, ...]:
    return tuple(
        CatalogVariant(f"{product_id}-{name}", {"Colour": name.replace("_", " ")}, None, stock)
        for name, stock in stocks.items()
    )


_HEADPHONES = [
    ("H-1", "Hush Wireless Headphones", "189", {"battery_hours": "42", "weight_g": "248", "noise_cancelling": "yes"}),
    ("H-2", "Hum On-Ear Headphones", "79", {"battery_hours": "50", "weight_g": "165", "noise_cancelling": "no"}),
    ("H-3", "Plug Wired Earphones", "19", {"weight_g": "16", "noise_cancelling": "no"}),
]
_BAGS = [
    ("B-1", "Quay 14 Messenger Bag", "95", {"screen_in": "14", "capacity_l": "11", "material": "Waxed cotton"}),
    ("B-2", "Quay 16 Messenger Bag", "109", {"screen_in": "16", "capacity_l": "15", "material": "Waxed cotton"}),
    ("B-3", "Deed Leather Briefcase", "249", {"screen_in": "15", "capacity_l": "12", "material": "Full-grain leather"}),
]
_TENTS = [
    ("T-1", "Fell 2 Tent", "329", {"weight_g": "1950", "persons": "2"}),
    ("T-2", "Fell 3 Tent", "399", {"weight_g": "2380", "persons": "3"}),
]


def shelf() -> Shelf:
    """Headphones, bags and tents."""
    products = [
        *(product(one, title, price=price, attributes=has) for one, title, price, has in _HEADPHONES),
        *(
            product(one, title, category="Laptop Bags", brand="Hall", price=price, attributes=has)
            for one, title, price, has in _BAGS
        ),
        *(product(one, title, category="Camping", price=price, attributes=has) for one, title, price, has in _TENTS),
        product(
            "S-1",
            "Gull Trail Shoes",
            category="Shoes",
            attributes={"waterproof": "waterproof"},
            variants=colours("S-1", Navy=4, Red=0),
        ),
    ]
    return Shelf(1, {one.product_id: one for one in products}, products)
