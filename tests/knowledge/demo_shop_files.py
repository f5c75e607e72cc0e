"""The demo shop's files as plain text and rows, read without the reader under test."""

import csv
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pypdf
import yaml

import knowledge

KNOWLEDGE = Path(knowledge.__file__).parent
SHOP = KNOWLEDGE / "demo_shop"
GOLDEN = KNOWLEDGE / "golden" / "questions.jsonl"


@cache
def products() -> tuple[dict[str, str], ...]:
    return tuple(_csv_rows("products.csv"))


@cache
def faq() -> tuple[dict[str, str], ...]:
    return tuple(_csv_rows("faq.csv"))


@cache
def orders() -> tuple[dict[str, Any], ...]:
    return tuple(_json_rows(SHOP / "orders.jsonl"))


@cache
def customers() -> tuple[dict[str, Any], ...]:
    return tuple(_json_rows(SHOP / "customers.jsonl"))


@cache
def questions() -> tuple[dict[str, Any], ...]:
    return tuple(_json_rows(GOLDEN))


@cache
def page(path: str) -> tuple[dict[str, Any], str]:
    """Front matter and text of one policy page."""
    _, head, text = (SHOP / path).read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(head), text


@cache
def source_text(source: str) -> str:
    """All words of a source as the golden questions name it: a page, a FAQ row, a product with its variants."""
    file, _, part = source.partition("#")
    if file == "faq.csv":
        row = faq()[int(part) - 1]
        return f"{row['question']} {row['answer']}"
    if file == "products.csv":
        product_id = part.partition("@")[0]
        rows = [row for row in products() if product_id in (row["id"], row["parent_id"])]
        if not rows:
            raise KeyError(source)
        return " ".join(value for row in rows for value in row.values())
    if file.endswith(".pdf"):
        pages = pypdf.PdfReader(SHOP / file).pages
        return re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in pages))
    if file.endswith(".docx"):
        document = docx.Document(str(SHOP / file))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return " ".join([paragraph.text for paragraph in document.paragraphs] + cells)
    return page(file)[1]


def _csv_rows(name: str) -> list[dict[str, str]]:
    with (SHOP / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _json_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
