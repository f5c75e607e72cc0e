"""Catalog: the products of a shop's active knowledge version, with their prices, stock and variants."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, select
from sqlmodel import col

from knowledge.documents import AttributeValue
from knowledge.profile import Profiles
from knowledge.tables import DocumentRow, FileDocument, Product, ProductVariant, Shop, VersionFile

_Products = Select[*tuple[Any, ...]]

IDS_AT_ONCE = 500  # well below the variables that any SQLite takes in one statement


@dataclass(frozen=True)
class CatalogVariant:
    """One choice of a product.

    Attributes:
        options: what is chosen, such as {"colour": "blue"}, values in the product's language.
        price: None: the product's.
        stock: pieces left; None when unknown.
    """

    variant_id: str
    options: Mapping[str, str]
    price: Decimal | None
    stock: int | None


@dataclass(frozen=True)
class CatalogProduct:
    """One product in one language; every value comes from a row.

    Attributes:
        currency: the shop's own when the catalogue names none.
        price: of the cheapest variant when the product itself has none.
        stock: of all variants together when the product itself has none; None when unknown.
        attributes: the shop's further columns, values in the product's language.
    """

    product_id: str
    title: str
    description: str
    category: str
    brand: str
    price: Decimal | None
    currency: str
    stock: int | None
    url: str | None
    image_url: str | None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    variants: tuple[CatalogVariant, ...] = ()
    language: str = "en"


class Catalog:
    """The products that each shop sells at present."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._profiles = Profiles(engine)

    def get(self, shop: str, product_ids: Sequence[str], *, language: str) -> list[CatalogProduct]:
        """The named products, in that order; unknown ids are left out.

        Args:
            shop: whose.
            product_ids: as in the shop's catalogue.
            language: preferred; a product that is not written in it comes in another.
        """
        found: dict[str, CatalogProduct] = {}
        wanted = list(dict.fromkeys(product_ids))
        for begin in range(0, len(wanted), IDS_AT_ONCE):
            part = wanted[begin : begin + IDS_AT_ONCE]
            for product in self._read(shop, _published(shop).where(col(Product.product_id).in_(part)), language):
                found[product.product_id] = product
        return [found[product_id] for product_id in wanted if product_id in found]

    def all(self, shop: str, *, language: str) -> list[CatalogProduct]:
        """Every product, by product id; `language` as in `get`."""
        return sorted(self._read(shop, _published(shop), language), key=lambda product: product.product_id)

    def _read(self, shop: str, products: _Products, language: str) -> list[CatalogProduct]:
        with self._engine.connect() as connection:
            # Sorted so that among other languages the choice is always the same.
            rows = sorted(connection.execute(products), key=lambda row: (row.language != language, row.language))
            chosen: dict[str, Row[*tuple[Any, ...]]] = {}
            for row in rows:
                chosen.setdefault(row.product_id, row)
            variants = _variants(connection, [row.document_id for row in chosen.values()])
        currency = self._profiles.get(shop).currency if any(not row.currency for row in chosen.values()) else ""
        return [_product(row, tuple(variants[row.document_id]), currency) for row in chosen.values()]


def _published(shop: str) -> _Products:
    active = select(col(Shop.active_version)).where(col(Shop.name) == shop).scalar_subquery()
    published = (
        select(col(FileDocument.document_id))
        .join(VersionFile, col(VersionFile.file_id) == col(FileDocument.file_id))
        .where(col(VersionFile.shop) == shop, col(VersionFile.number) == active)
        .where(col(FileDocument.document_id) == col(Product.document_id))
    )
    return (
        select(
            col(Product.document_id),
            col(Product.product_id),
            col(DocumentRow.title),
            col(Product.description),
            col(Product.category),
            col(Product.brand),
            col(Product.price),
            col(Product.currency),
            col(Product.stock),
            col(DocumentRow.url),
            col(Product.image_url),
            col(Product.attributes),
            col(DocumentRow.language),
        )
        .join(DocumentRow, col(Product.document_id) == col(DocumentRow.id))
        .where(published.exists())
    )


def _variants(connection: Connection, document_ids: Sequence[str]) -> Mapping[str, list[CatalogVariant]]:
    variants: dict[str, list[CatalogVariant]] = defaultdict(list)
    columns = select(
        col(ProductVariant.document_id),
        col(ProductVariant.variant_id),
        col(ProductVariant.options),
        col(ProductVariant.price),
        col(ProductVariant.stock),
    ).order_by(col(ProductVariant.document_id), col(ProductVariant.position))
    for begin in range(0, len(document_ids), IDS_AT_ONCE):
        part = document_ids[begin : begin + IDS_AT_ONCE]
        for row in connection.execute(columns.where(col(ProductVariant.document_id).in_(part))):
            variants[row.document_id].append(CatalogVariant(row.variant_id, row.options, row.price, row.stock))
    return variants


def _product(row: Row[*tuple[Any, ...]], variants: tuple[CatalogVariant, ...], currency: str) -> CatalogProduct:
    return CatalogProduct(
        product_id=row.product_id,
        title=row.title,
        description=row.description,
        category=row.category,
        brand=row.brand,
        price=row.price,
        currency=row.currency or currency,
        stock=row.stock,
        url=row.url,
        image_url=row.image_url,
        attributes=row.attributes,
        variants=variants,
        language=row.language,
    )
