"""Reads one file of any known kind."""

from collections.abc import Collection
from hashlib import sha256

import yaml
from pydantic import ValidationError

from knowledge.profile import ShopProfile
from knowledge.sources import catalogue, faq, orders
from knowledge.sources.content import Failure, FileContent, SourceContext
from knowledge.sources.decoding import decode
from knowledge.sources.docx import read_docx
from knowledge.sources.files import PAGE_BYTES_MAX, PROFILES, ROWS, ROWS_BYTES_MAX, FoundFile
from knowledge.sources.html import read_html
from knowledge.sources.logo import with_logo
from knowledge.sources.markdown import read_markdown
from knowledge.sources.page import Page, page_document
from knowledge.sources.pdf import read_pdf
from knowledge.sources.plain_text import read_plain_text
from knowledge.sources.rows import read_rows

READER = "2"
"""Raised whenever a reader or the chunking gives something else for the same bytes; files are then read again."""


def is_live(file: FoundFile) -> bool:
    """Whether it holds rows that are kept up to date in place: orders, customers, the profile."""
    name = file.path.name.lower()
    return name in PROFILES or (file.suffix in ROWS and name.startswith(("orders", "customers")))


def fingerprint(file: FoundFile) -> str:
    """Something else whenever `read_file` gives something else: of a profile also when only its logo's file changed.

    Raises:
        UnreadableFile: the profile or its logo cannot be read.
    """
    if file.path.name not in PROFILES:
        return file.content_hash()
    profile = read_file(file, shop="").profile
    assert profile is not None  # what a profile's file holds
    return sha256(profile.model_dump_json().encode()).hexdigest()


def read_file(file: FoundFile, *, shop: str) -> FileContent:
    """Everything that the file says.

    Raises:
        UnreadableFile: nothing of it can be read.
    """
    context = SourceContext(shop=shop, source=file.source, path=str(file.path))
    data = _bytes(file, context)
    if file.path.name in PROFILES:
        return FileContent(profile=with_logo(_read_profile(data, context), file.path.parent, context))
    if file.suffix in ROWS:
        return _read_row_file(data, file, context)
    if not data.strip():
        raise context.unreadable("the file is empty; write something in it or remove it")
    return _read_page_file(data, file, context)


def _bytes(file: FoundFile, context: SourceContext) -> bytes:
    most = ROWS_BYTES_MAX if file.suffix in ROWS else PAGE_BYTES_MAX
    try:
        size = file.path.stat().st_size
        if size > most:
            raise context.unreadable(f"it has {size / 1e6:.0f} MB, and at most {most / 1e6:.0f} MB are read; split it")
        return file.path.read_bytes()
    except OSError as error:
        raise context.unreadable(f"it cannot be opened ({error.strerror}); check its rights") from None


def _read_row_file(data: bytes, file: FoundFile, context: SourceContext) -> FileContent:
    rows = read_rows(data, file.suffix, context)
    columns = set(rows.columns)
    name = file.path.name.lower()
    if name.startswith("orders"):
        _require(orders.ORDER_COLUMNS, columns, context)
        return orders.read_orders(rows, context)
    if name.startswith("customers"):
        _require(orders.CUSTOMER_COLUMNS, columns, context)
        return orders.read_customers(rows, context)
    if "question" in columns or "answer" in columns or name.startswith("faq"):
        _require(faq.REQUIRED, columns, context)
        return faq.read_faq(rows, context)
    if not columns & {"title", "title_en", "title_zh"}:
        _require(catalogue.REQUIRED, columns, context)
    _require(("id",), columns, context)
    return catalogue.read_catalogue(rows, context)


def _require(required: Collection[str], columns: Collection[str], context: SourceContext) -> None:
    missing = [name for name in required if name not in columns]
    if missing:
        there = ", ".join(sorted(filter(None, columns))) or "none"
        reason = f"columns are missing: {', '.join(missing)} (there are: {there}); add them to the first line"
        raise context.unreadable(reason, 1, missing[0])


def _read_page_file(data: bytes, file: FoundFile, context: SourceContext) -> FileContent:
    if file.suffix == ".pdf":
        return FileContent(documents=(page_document(read_pdf(data, context), context),))
    if file.suffix == ".docx":
        return FileContent(documents=(page_document(read_docx(data, context), context),))
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise context.unreadable(f"it is not text, whatever its ending {file.suffix!r} says; check the file")
    decoded = decode(data)
    failures = tuple(
        Failure(context.path, line, None, "the line is in no known encoding and was left out; save the file as UTF-8")
        for line in decoded.unreadable_lines
    )
    page = _read_text_page(decoded.text, file.suffix, context)
    return FileContent(documents=(page_document(page, context),), failures=failures)


def _read_text_page(text: str, suffix: str, context: SourceContext) -> Page:
    if suffix in (".html", ".htm"):
        return read_html(text)
    if suffix == ".txt":
        return read_plain_text(text)
    return read_markdown(text, context)


def _read_profile(data: bytes, context: SourceContext) -> ShopProfile:
    try:
        return ShopProfile.model_validate(yaml.safe_load(decode(data).text))
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise context.unreadable("the profile is not YAML; correct it", line) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or None
        raise context.unreadable(f"the profile is not right here: {first['msg']}", column=where) from None
