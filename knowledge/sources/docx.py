"""DOCX files, as Markdown: headings, lists and tables as they are marked in the file."""

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph

from knowledge.sources.content import SourceContext
from knowledge.sources.markdown_table import markdown_table
from knowledge.sources.page import Page

UNPACKED_BYTES_MAX = 200_000_000
_HEADING_STYLE = re.compile(r"^(?:heading|标题)\s*(\d)$", re.IGNORECASE)


def read_docx(data: bytes, context: SourceContext) -> Page:
    """The document's text and title.

    Raises:
        UnreadableFile: it is no DOCX.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_BYTES_MAX:
                raise context.unreadable("it unpacks to more than 200 MB; take the pictures out or split it")
        document = docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, OpcError, KeyError, ValueError, SyntaxError) as error:
        raise context.unreadable(f"it is not a DOCX file that can be read ({error}); save it as .docx again") from None
    title = next((p.text.strip() for p in document.paragraphs if _style(p) in ("title", "标题") and p.text.strip()), "")
    return Page(_text(document), title=title)


def _text(document: WordDocument) -> str:
    text = ""
    numbered = 0
    for block in document.iter_inner_content():
        is_numbered = isinstance(block, Paragraph) and _style(block).startswith("list number")
        numbered = numbered + 1 if is_numbered else 0
        written = _table(block) if isinstance(block, Table) else _paragraph(block, numbered)
        if written:
            text += ("\n" if _is_item(written) and _is_item(text.rsplit("\n", 1)[-1]) else "\n\n") + written
    return text.strip()


def _is_item(line: str) -> bool:
    return bool(re.match(r"(-|\d+\.) ", line))


def _style(paragraph: Paragraph) -> str:
    return str(paragraph.style.name or "").lower() if paragraph.style is not None else ""


def _paragraph(paragraph: Paragraph, number: int) -> str:
    text = str(paragraph.text).strip()
    style = _style(paragraph)
    if not text or style in ("title", "标题"):
        return ""
    if heading := _HEADING_STYLE.match(style):
        return f"{'#' * min(int(heading[1]) + 1, 6)} {' '.join(text.split())}"
    if number:
        return f"{number}. {' '.join(text.split())}"
    if style.startswith("list") or _is_in_list(paragraph):
        return f"- {' '.join(text.split())}"
    return text


def _is_in_list(paragraph: Paragraph) -> bool:
    properties = paragraph._p.pPr
    return properties is not None and properties.numPr is not None


def _table(table: Table) -> str:
    return markdown_table([list(_cells(row.cells)) for row in table.rows])


def _cells(cells: "tuple[object, ...]") -> Iterator[str]:
    for cell in cells:
        yield str(getattr(cell, "text", ""))
