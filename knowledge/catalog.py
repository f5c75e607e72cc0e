"""Catalog: the products of a shop's active knowledge version, with their prices, stock and variants."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Engine, Select, select
from sqlmodel import Session, col

from knowledge.documents import AttributeValue
from knowledge.tables import DocumentRow, FileDocument, Product, ProductVariant, Shop, VersionFile

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
            for product in self._read(_published(shop).where(col(Product.product_id).in_(part)), language):
                found[product.product_id] = product
        return [found[product_id] for product_id in wanted if product_id in found]

    def all(self, shop: str, *, language: str) -> list[CatalogProduct]:
        """Every product, by product id; `language` as in `get`."""
        return sorted(self._read(_published(shop), language), key=lambda product: product.product_id)

    def _read(self, products: Select[DocumentRow, Product], language: str) -> list[CatalogProduct]:
        with Session(self._engine) as session:
            rows = session.execute(products).all()
            chosen: dict[str, tuple[DocumentRow, Product]] = {}
            # Sorted so that among other languages the choice is always the same.
            for document, product in sorted(rows, key=lambda row: (row[0].language != language, row[0].language)):
                chosen.setdefault(product.product_id, (document, product))
            variants = _variants(session, [product.document_id for _, product in chosen.values()])
            return [_product(*pair, tuple(variants[pair[0].id])) for pair in chosen.values()]


def _published(shop: str) -> Select[DocumentRow, Product]:
    return (
        select(DocumentRow, Product)
        .join(Product, col(Product.document_id) == col(DocumentRow.id))
        .join(FileDocument, col(FileDocument.document_id) == col(DocumentRow.id))
        .join(VersionFile, col(VersionFile.file_id) == col(FileDocument.file_id))
        .join(
            Shop,
            (col(Shop.name) == col(VersionFile.shop)) & (col(Shop.active_version) == col(VersionFile.number)),
        )
        .where(col(Shop.name) == shop)
    )


def _variants(session: Session, document_ids: Sequence[str]) -> Mapping[str, list[CatalogVariant]]:
    variants: dict[str, list[CatalogVariant]] = defaultdict(list)
    for begin in range(0, len(document_ids), IDS_AT_ONCE):
        part = document_ids[begin : begin + IDS_AT_ONCE]
        rows = (
            select(ProductVariant)
            .where(col(ProductVariant.document_id).in_(part))
            .order_by(col(ProductVariant.document_id), col(ProductVariant.position))
        )
        for row in session.execute(rows).scalars():
            variants[row.document_id].append(CatalogVariant(row.variant_id, row.options, row.price, row.stock))
    return variants


def _product(document: DocumentRow, product: Product, variants: tuple[CatalogVariant, ...]) -> CatalogProduct:
    return CatalogProduct(
        product_id=product.product_id,
        title=document.title,
        description=product.description,
        category=product.category,
        brand=product.brand,
        price=product.price,
        currency=product.currency,
        stock=product.stock,
        url=document.url,
        image_url=product.image_url,
        attributes=product.attributes,
        variants=variants,
        language=document.language,
    )
