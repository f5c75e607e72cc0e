"""Catalogue files: a row is a product or one of its variants; each product becomes one document per language."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from knowledge.attribute_names import attribute_name
from knowledge.catalog import CatalogProduct, CatalogVariant
from knowledge.documents import AttributeValue, Document
from knowledge.sources.cleaning import clean_line, safe_url, with_safe_links, without_html
from knowledge.sources.content import Failure, FileContent, SourceContext
from knowledge.sources.language import detect_language
from knowledge.sources.rows import Row, RowFile
from knowledge.sources.values import parse_attribute, parse_count, parse_currency, parse_money

T = TypeVar("T")

REQUIRED = ("id", "title")
LANGUAGES = ("en", "zh")
_OWN_COLUMNS = frozenset(
    ("id", "parent_id", "title", "category", "brand", "price", "currency", "stock", "description", "url", "image_url")
)


class _Bad(Exception):
    """A cell that cannot be read."""

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(reason)


@dataclass(frozen=True)
class _Item:
    """One row with its numbers read."""

    row: Row
    id: str
    price: Decimal | None
    currency: str
    stock: int | None


def read_catalogue(file: RowFile, context: SourceContext) -> FileContent:
    """Its products as documents and typed rows.

    Columns ending in `_zh` or `_en` hold the other language of the column before the ending. A row with `parent_id`
    is a variant of that product; its further cells are what distinguishes it.
    """
    products: dict[str, _Item] = {}
    variants: dict[str, list[_Item]] = defaultdict(list)
    failures: list[Failure] = []
    unread: set[str] = set()
    lines: dict[str, int] = {}
    for row in file.rows:
        try:
            item = _read_item(row, lines)
        except _Bad as bad:
            failures.append(Failure(context.path, row.line, bad.column or None, bad.reason))
            if row.text("id") and row.text("id") not in lines:
                unread.add(f"{context.source}#{row.text('id')}")
            continue
        lines[item.id] = row.line
        parent = row.text("parent_id")
        if parent and parent != item.id:
            variants[parent].append(item)
        else:
            products[item.id] = item
    for parent in variants.keys() - products.keys():
        failures.extend(_orphan(item, parent, context) for item in variants[parent])
    languages = _languages(file.columns)
    documents: list[Document] = []
    typed: dict[str, CatalogProduct] = {}
    for item in products.values():
        for language, ending in _languages_of(item, languages):
            product = _product(item, variants.get(item.id, []), language, ending)
            document = _document(product, context)
            documents.append(document)
            typed[document.id] = product
    return FileContent(
        documents=tuple(documents),
        products=typed,
        failures=tuple(sorted(failures, key=lambda failure: failure.line or 0)),
        unread=frozenset(unread),
    )


def _read_item(row: Row, lines: Mapping[str, int]) -> _Item:
    if row.problem:
        raise _Bad(row.problem_column or "", row.problem)
    product_id = row.text("id")
    if not product_id:
        raise _Bad("id", "the id is empty; give every row its own")
    if product_id in lines:
        raise _Bad("id", f"the id {product_id!r} stands already on line {lines[product_id]}; give every row its own")
    if not row.text("parent_id") and not any(row.text(name) for name in ("title", "title_en", "title_zh")):
        raise _Bad("title", "the title is empty; a product needs one")
    price, said = _parsed(row, "price", parse_money) or (None, None)
    currency = _parsed(row, "currency", parse_currency) or said or ""
    return _Item(row, product_id, price, currency, _parsed(row, "stock", parse_count))


def _parsed(row: Row, column: str, parse: Callable[[str], T]) -> T | None:
    text = row.text(column)
    try:
        return parse(text) if text else None
    except ValueError as error:
        raise _Bad(column, str(error)) from None


def _orphan(item: _Item, parent: str, context: SourceContext) -> Failure:
    reason = f"the product {parent!r} that this is a variant of is not in the file; add it or correct the parent_id"
    return Failure(context.path, item.row.line, "parent_id", reason)


def _languages(columns: Iterable[str]) -> Mapping[str, str]:
    """The languages that the columns name, with the ending of their columns; empty when none is named."""
    endings = {ending for ending in LANGUAGES if f"title_{ending}" in columns}
    if not endings:
        return {}
    plain = "title" in columns and len(endings) == 1
    languages = {ending: f"_{ending}" for ending in endings}
    if plain:
        languages["zh" if "en" in endings else "en"] = ""
    return languages


def _languages_of(item: _Item, languages: Mapping[str, str]) -> list[tuple[str, str]]:
    if not languages:
        words = item.row.text("title") + item.row.text("description")
        return [(detect_language(words), "")]
    return sorted((language, ending) for language, ending in languages.items() if item.row.text("title" + ending))


def _local(row: Row, column: str, ending: str) -> str:
    return row.text(column + ending) or row.text(column)


def _further(row: Row, ending: str) -> dict[str, str]:
    """The cells that are not columns of ours, in one language, by the column's name without ending."""
    stems = dict.fromkeys(name.removesuffix("_zh").removesuffix("_en") for name in row.cells)
    local = {stem: _local(row, stem, ending) for stem in stems if stem not in _OWN_COLUMNS}
    return {stem: text for stem, text in local.items() if text}


def _product(item: _Item, variants: list[_Item], language: str, ending: str) -> CatalogProduct:
    row = item.row
    prices = [variant.price for variant in variants if variant.price is not None]
    stocks = [variant.stock for variant in variants if variant.stock is not None]
    currencies = [one.currency for one in (item, *variants) if one.currency]
    return CatalogProduct(
        product_id=item.id,
        title=clean_line(without_html(_local(row, "title", ending))),
        description=with_safe_links(
            without_html(row.cells.get("description" + ending) or row.cells.get("description", ""))
        ),
        category=_local(row, "category", ending),
        brand=_local(row, "brand", ending),
        price=item.price if item.price is not None else min(prices, default=None),
        currency=next(iter(currencies), ""),
        stock=item.stock if item.stock is not None else (sum(stocks) if stocks else None),
        url=safe_url(row.text("url")),
        image_url=safe_url(row.text("image_url")),
        attributes={name: parse_attribute(text) for name, text in _further(row, ending).items()},
        variants=tuple(_variant(variant, language, ending) for variant in variants),
        language=language,
    )


def _variant(item: _Item, language: str, ending: str) -> CatalogVariant:
    further = _further(item.row, ending)
    names = {column: attribute_name(column, language) for column in further}
    options = {names[column].label: names[column].value(text) for column, text in further.items()}
    return CatalogVariant(variant_id=item.id, options=options, price=item.price, stock=item.stock)


def _document(product: CatalogProduct, context: SourceContext) -> Document:
    return Document(
        shop=context.shop,
        source=f"{context.source}#{product.product_id}@{product.language}",
        title=product.title,
        text=_text(product),
        language=product.language,
        kind="product",
        url=product.url,
        attributes=_attributes(product),
    )


def _text(product: CatalogProduct) -> str:
    """What is searched: everything but price and stock, which change often and are read from rows."""
    colon = "：" if product.language == "zh" else ": "
    comma = "、" if product.language == "zh" else ", "
    lines = [
        (attribute_name(column, product.language).label, value)
        for column, value in (("category", product.category), ("brand", product.brand))
        if value
    ]
    for column, value in product.attributes.items():
        name = attribute_name(column, product.language)
        lines.append((name.label, name.value(value)))
    lines += [(label, comma.join(values)) for label, values in option_values(product.variants).items()]
    facts = "\n".join(f"- {label}{colon}{value}" for label, value in lines)
    return "\n\n".join(part for part in (product.description, facts) if part)


def option_values(variants: Iterable[CatalogVariant]) -> dict[str, list[str]]:
    """The choices that variants offer, each value once, in their order."""
    choices: dict[str, dict[str, None]] = defaultdict(dict)
    for variant in variants:
        for label, value in variant.options.items():
            choices[label][value] = None
    return {label: list(values) for label, values in choices.items()}


def _attributes(product: CatalogProduct) -> dict[str, AttributeValue]:
    known: dict[str, AttributeValue | None] = {
        "product_id": product.product_id,
        "category": product.category or None,
        "brand": product.brand or None,
        "price": None if product.price is None else float(product.price),
        "currency": product.currency or None,
        "stock": product.stock,
    }
    return {**product.attributes, **{name: value for name, value in known.items() if value is not None}}
