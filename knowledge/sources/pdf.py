"""PDF files, as Markdown: paragraphs made whole again, numbered headings, lists, and tables by their columns."""

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

import pypdf
from pypdf.errors import PyPdfError

from knowledge.sources.content import SourceContext
from knowledge.sources.markdown_table import markdown_table
from knowledge.sources.page import Page

PAGES_MAX = 2000
HEADING_CHARACTERS_MAX = 80
# Letters that fonts draw as one, and the look-alikes of Chinese letters that some writers put in their place.
_JOINED_LETTERS = re.compile("[\ufb00-\ufb06\u2e80-\u2fdf]")
_GAP = re.compile(r" {2,}")
_PAGE_NUMBER = re.compile(
    r"^(?:[-–—]?\s*\d{1,4}\s*[-–—]?|page \d+(?: (?:of|/) ?\d+)?|\d+\s*/\s*\d+|第\s*\d+\s*页.*)$", re.I
)
_HEADING = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})*[.、]?\s+\S|第[一二三四五六七八九十\d]+[章节]|[一二三四五六七八九十]+、)"
)
_ITEM = re.compile(r"^(?:\d{1,2}[.)、]|[•·▪●○–*-])\s*(?=\S)")
_SENTENCE_END = re.compile(r"[.!?:;。！？：；…)）”\"]$")


def read_pdf(data: bytes, context: SourceContext) -> Page:
    """The text and title of a PDF that has text in it.

    Raises:
        UnreadableFile: it is no PDF, is locked with a password, or has no text.
    """
    if b"%PDF-" not in data[:1024]:
        raise context.unreadable("it is not a PDF, whatever its name says; check the file")
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise context.unreadable("it is locked with a password; save it without one")
        if len(reader.pages) > PAGES_MAX:
            raise context.unreadable(f"it has {len(reader.pages)} pages, and at most {PAGES_MAX} are read; split it")
        pages = [_lines(page) for page in reader.pages]
        title = str(reader.metadata.title or "").strip() if reader.metadata else ""
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise context.unreadable(f"it is a damaged PDF ({error}); print it to a new PDF") from None
    return Page("\n\n".join(_markdown(_without_margins(pages), title)), title=title)


def _lines(page: pypdf.PageObject) -> list[str]:
    text = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=True)
    return [line.rstrip() for line in text.expandtabs().split("\n")]


def _without_margins(pages: Sequence[list[str]]) -> list[list[str]]:
    """The pages without page numbers and without lines that most pages repeat at their top or bottom."""
    edges = Counter(line for page in pages for line in set(_edges(page)))
    repeated = {line for line, times in edges.items() if times >= 3 and times > len(pages) / 2}

    def is_margin(line: str) -> bool:
        return bool(_PAGE_NUMBER.match(line.strip())) or re.sub(r"\d+", "#", line.strip()) in repeated

    return [[line for line in page if not line.strip() or not is_margin(line)] for page in pages]


def _edges(page: list[str]) -> list[str]:
    lines = [re.sub(r"\d+", "#", line.strip()) for line in page if line.strip()]
    return lines[:2] + lines[-2:]


def _markdown(pages: list[list[str]], title: str) -> Iterator[str]:
    paragraph = ""
    for block in _grouped([block for page in pages for block in _blocks(page)]):
        if len(block) > 1 or _is_heading(block[0]) or _is_item(block[0]):
            texts = [_table(block)] if len(block) > 1 else list(_written(block[0]))
        else:
            texts = [_joined(block[0])]
            if paragraph and not _SENTENCE_END.search(paragraph):
                # The page ended in the middle of a sentence.
                paragraph = _joined([paragraph, texts[0]])
                continue
        if paragraph:
            yield paragraph
        paragraph = ""
        if texts[0].lstrip("# ") == title:
            continue
        if len(texts) == 1 and len(block) == 1 and not texts[0].startswith(("#", "- ")) and not _is_item(block[0]):
            paragraph = texts[0]
        else:
            yield from texts
    if paragraph:
        yield paragraph


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []


def _grouped(blocks: list[list[str]]) -> Iterator[list[list[str]]]:
    """Blocks one by one, but the rows of a table together."""
    table: list[list[str]] = []
    for block in blocks:
        if _is_row(block):
            table.append(block)
            continue
        yield from _table_or_blocks(table)
        table = []
        yield [block]
    yield from _table_or_blocks(table)


def _table_or_blocks(rows: list[list[str]]) -> Iterator[list[list[str]]]:
    if len(rows) == 1 and len(rows[0]) > 1:
        rows = [[line] for line in rows[0]] if all(_is_row([line]) for line in rows[0]) else rows
    if len(rows) > 1:
        yield rows
    else:
        yield from ([row] for row in rows)


def _is_row(block: list[str]) -> bool:
    return bool(_GAP.search(block[0].strip())) and not _ITEM.match(block[0].strip())


def _table(rows: list[list[str]]) -> str:
    header = [start for start, _ in _cells(rows[0][0])]
    return markdown_table([_row(row, header) for row in rows])


def _row(lines: list[str], header: list[int]) -> list[str]:
    """One row; its lines are continued cell by cell."""
    row = [""] * len(header)
    starts = header
    for number, line in enumerate(lines):
        cells = _cells(line)
        if number == 0 and len(cells) < len(header):
            cells = [part for start, text in cells for part in _cut(start, text, header)]
        if number == 0 and len(cells) == len(header):
            starts = [start for start, _ in cells]
        for start, text in cells:
            place = min(range(len(starts)), key=lambda column: abs(starts[column] - start))
            row[place] = _joined([row[place], text])
    return row


def _cells(line: str) -> list[tuple[int, str]]:
    return [(found.start(), found[0].strip()) for found in re.finditer(r"\S+(?: \S+)*", line)]


def _cut(start: int, text: str, header: list[int]) -> Iterator[tuple[int, str]]:
    """A text that runs into the next column without a gap, cut where that column begins."""
    begin = 0
    for column in header:
        place = column - start
        if begin < place < len(text) and text[place - 1] == " ":
            yield start + begin, text[begin:place].strip()
            begin = place
    yield start + begin, text[begin:].strip()


def _is_heading(block: list[str]) -> bool:
    line = block[0].strip()
    return (
        len(block) == 1 and len(line) <= HEADING_CHARACTERS_MAX and bool(_HEADING.match(line))
        and not _SENTENCE_END.search(line)
    )  # fmt: skip


def _is_item(block: list[str]) -> bool:
    return bool(_ITEM.match(block[0].strip()))


def _written(block: list[str]) -> Iterator[str]:
    if _is_heading(block):
        yield f"## {_joined(block)}"
        return
    items: list[list[str]] = []
    for line in block:
        if _ITEM.match(line.strip()) or not items:
            items.append([line])
        else:
            items[-1].append(line)
    yield "\n".join(re.sub(r"^[•·▪●○–*]\s*", "- ", _joined(item)) for item in items)


def _joined(lines: Sequence[str]) -> str:
    text = ""
    for line in map(_plain_letters, lines):
        part = re.sub(r"\s+([.,;:!?])(?=\s|$)", r"\1", " ".join(line.split()))
        if text.endswith("-") and part[:1].islower():
            text = text[:-1] + part
        elif text and _is_wide(text[-1]) and _is_wide(part[:1]):
            text += part
        else:
            text = f"{text} {part}".strip()
    return text


def _plain_letters(text: str) -> str:
    # Not before the columns of tables are known: one joined letter becomes two.
    return _JOINED_LETTERS.sub(lambda letter: unicodedata.normalize("NFKC", letter[0]), text)


def _is_wide(letter: str) -> bool:
    return bool(letter) and unicodedata.east_asian_width(letter) in "WF"
