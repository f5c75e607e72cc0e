"""Rows of CSV, JSONL and XLSX files, one at a time, each with the line it stands on."""

import csv
import io
import json
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import openpyxl

from knowledge.sources.cleaning import clean_line, clean_text
from knowledge.sources.content import Failure, SourceContext
from knowledge.sources.decoding import decode
from knowledge.sources.values import cell_text

DELIMITERS = ",;\t"
RECORD_LINES_MAX = 200  # a quoted cell longer than this was opened by mistake
CELL_CHARACTERS_MAX = 131_072
_FORMULA_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!")

# Names that shops use for the columns that we know.
_COLUMN_NAMES = {
    "sku": "id", "product_id": "id", "name": "title", "product_name": "title", "image": "image_url",
    "编号": "id", "商品编号": "id", "标题": "title", "名称": "title", "商品名称": "title", "分类": "category",
    "类目": "category", "品牌": "brand", "价格": "price", "货币": "currency", "币种": "currency", "库存": "stock",
    "描述": "description", "商品描述": "description", "链接": "url", "图片": "image_url", "问题": "question",
    "答案": "answer", "回答": "answer", "语言": "language",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One record of a file.

    Attributes:
        number: 1 for the first record, whether or not those before it could be read.
        line: where it begins in the file; in a spreadsheet, its row.
        cells: clean text by column name; columns that are empty here are absent.
        raw: what JSON gave, for columns that hold more than text.
        problem: why the record is not whole; None for a good one.
        problem_column: the column that it is about.
    """

    number: int
    line: int
    cells: Mapping[str, str]
    raw: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None
    problem_column: str | None = None

    def text(self, column: str) -> str:
        """The cell on one line; empty when absent."""
        return " ".join(self.cells.get(column, "").split())

    def failure(self, context: SourceContext) -> Failure:
        """The record's problem, for the report."""
        return Failure(context.path, self.line, self.problem_column, self.problem or "")


@dataclass(frozen=True)
class RowFile:
    """The columns of a file, and its records as they are read."""

    columns: tuple[str, ...]
    rows: Iterable[Row]


def read_rows(data: bytes, suffix: str, context: SourceContext) -> RowFile:
    """The records of a file of rows.

    Args:
        data: the whole file.
        suffix: `.csv`, `.tsv`, `.jsonl`, `.ndjson` or `.xlsx`.
        context: for the errors.

    Raises:
        UnreadableFile: the file as a whole cannot be read.
    """
    if not data.strip():
        raise context.unreadable("the file is empty; it needs a header line and at least one row")
    if suffix == ".xlsx":
        return _read_xlsx(data, context)
    if data.startswith(b"PK\x03\x04"):
        raise context.unreadable(f"the file is a zip archive or a spreadsheet, not {suffix}; save it as {suffix}")
    decoded = decode(data)
    unreadable = frozenset(decoded.unreadable_lines)
    if suffix in (".jsonl", ".ndjson"):
        return _read_jsonl(decoded.text, unreadable, context)
    return _read_csv(decoded.text, unreadable, context)


def _column_name(text: str) -> str:
    name = re.sub(r"[\s-]+", "_", clean_line(text).casefold())
    return _COLUMN_NAMES.get(name, name)


def _cells(columns: tuple[str, ...], values: Iterable[object]) -> dict[str, str]:
    cells = {name: clean_text(cell_text(value)) for name, value in zip(columns, values, strict=False) if name}
    return {name: text for name, text in cells.items() if text}


def _header(values: Iterable[object], context: SourceContext) -> tuple[str, ...]:
    columns = tuple(_column_name(cell_text(value)) for value in values)
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise context.unreadable(f"the header names {min(twice)!r} twice; give each column its own name", 1)
    return columns


# ---- CSV


def _read_csv(text: str, unreadable: frozenset[int], context: SourceContext) -> RowFile:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    delimiter = max(DELIMITERS, key=lambda mark: len(_split(lines[first], mark) or ()))
    header = _split(lines[first], delimiter)
    if header is None:
        raise context.unreadable("the header line has a quote that is not closed; close it", first + 1)
    columns = _header(header, context)
    return RowFile(columns, _csv_rows(lines, first + 1, columns, delimiter, unreadable))


def _csv_rows(
    lines: list[str], begin: int, columns: tuple[str, ...], delimiter: str, unreadable: frozenset[int]
) -> Iterator[Row]:
    number, place = 0, begin
    while place < len(lines):
        line_number = place + 1
        if line_number in unreadable:
            number += 1
            place += 1
            yield Row(number, line_number, {}, problem="the line is in no known encoding; save the file as UTF-8")
            continue
        if not lines[place].strip(f" {delimiter}"):
            place += 1
            continue
        number += 1
        values, used = _record(lines, place, delimiter)
        place += used
        yield _csv_row(number, line_number, columns, values, lines[line_number - 1], delimiter)


def _csv_row(
    number: int, line: int, columns: tuple[str, ...], values: list[str] | None, raw_line: str, delimiter: str
) -> Row:
    if values is None:
        guess = next(csv.reader([raw_line], delimiter=delimiter), [])
        problem = 'a quote is opened and not closed, or closed in the middle of a cell; write quotes inside as ""'
        return Row(number, line, _cells(columns, guess), problem=problem)
    cells = _cells(columns, values)
    if any(value.strip() for value in values[len(columns) :]):
        problem = (
            f"the row has {len(values)} cells and the header {len(columns)}; "
            f"put cells that contain {'a tab' if delimiter == chr(9) else repr(delimiter)} in quotes"
        )
        return Row(number, line, cells, problem=problem)
    return Row(number, line, cells)


def _record(lines: list[str], begin: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The cells of the record that begins there and how many lines it takes; None when its quotes are broken.

    Python's own reader would take everything after an unclosed quote for one cell, and lose it.
    """
    text = lines[begin]
    for used in range(1, RECORD_LINES_MAX + 1):
        values = _split(text, delimiter)
        if values is not None:
            return values, used
        if text.count('"') % 2 == 0 or begin + used >= len(lines) or len(text) > CELL_CHARACTERS_MAX:
            break
        text += "\n" + lines[begin + used]
    return None, 1


def _split(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


# ---- JSONL


def _read_jsonl(text: str, unreadable: frozenset[int], context: SourceContext) -> RowFile:
    rows = list(_jsonl_rows(text, unreadable))
    if not rows:
        raise context.unreadable("the file has no rows; write one JSON object a line")
    columns = dict.fromkeys(name for row in rows for name in row.raw)
    return RowFile(tuple(columns), rows)


def _jsonl_rows(text: str, unreadable: frozenset[int]) -> Iterator[Row]:
    number = 0
    for line_number, line in enumerate(text.split("\n"), start=1):
        if line_number in unreadable:
            number += 1
            yield Row(number, line_number, {}, problem="the line is in no known encoding; save the file as UTF-8")
        elif line.strip():
            number += 1
            yield _jsonl_row(number, line_number, line)


def _jsonl_row(number: int, line_number: int, line: str) -> Row:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        return Row(number, line_number, {}, problem=f"the line is not JSON{where}; write one JSON object a line")
    if not isinstance(record, dict):
        return Row(number, line_number, {}, problem="the line is not a JSON object; write {…} with named fields")
    raw: dict[str, Any] = {}
    for name, value in record.items():
        if name == "attributes" and isinstance(value, dict):
            raw.update({_column_name(inner): inner_value for inner, inner_value in value.items()})
        else:
            raw[_column_name(name)] = value
    plain = {name: value for name, value in raw.items() if not isinstance(value, list | dict)}
    lists = {
        name: ", ".join(cell_text(item) for item in value)
        for name, value in raw.items()
        if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value)
    }
    texts = plain | lists
    return Row(number, line_number, _cells(tuple(texts), texts.values()), raw)


# ---- XLSX


def _read_xlsx(data: bytes, context: SourceContext) -> RowFile:
    values, formulas = _sheet(data, context, values=True), None
    if _has_formulas(data):
        formulas = _sheet(data, context, values=False)
    header = next(values, None)
    if formulas is not None:
        next(formulas, None)
    if header is None or not any(cell is not None for cell in header):
        raise context.unreadable("the first sheet has no header in its first row; name the columns there")
    columns = _header(header, context)
    return RowFile(columns, _xlsx_rows(columns, values, formulas))


def _sheet(data: bytes, context: SourceContext, *, values: bool) -> Iterator[tuple[object, ...]]:
    """Rows of the first sheet: what Excel calculated last, or the formulas."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions that it leaves out
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=values)
        return iter(book.worksheets[0].iter_rows(values_only=True))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError, TypeError, SyntaxError) as error:
        raise context.unreadable(
            f"the file is not a spreadsheet that can be read ({error}); save it as .xlsx"
        ) from None


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f" in archive.read(name) for name in sheets)


def _xlsx_rows(
    columns: tuple[str, ...], rows: Iterator[tuple[object, ...]], formulas: Iterator[tuple[object, ...]] | None
) -> Iterator[Row]:
    number = 0
    for line, values in enumerate(rows, start=2):
        written = next(formulas, ()) if formulas is not None else ()
        if all(value is None or value == "" for value in values):
            continue
        number += 1
        problem, column = _formula_problem(columns, values, written)
        yield Row(number, line, _cells(columns, values), problem=problem, problem_column=column)


def _formula_problem(
    columns: tuple[str, ...], values: tuple[object, ...], written: tuple[object, ...]
) -> tuple[str | None, str | None]:
    for place, column in enumerate(columns[: len(values)]):
        if values[place] in _FORMULA_ERRORS:
            return f"the formula gives the error {values[place]}; mend it or write the value", column
        formula = written[place] if place < len(written) else None
        if values[place] is None and isinstance(formula, str) and formula.startswith("="):
            return f"the formula {formula!r} was never calculated; open the file, save it, or write the value", column
    return None, None
