"""Document to Chunks: sized in tokens, under their headings, tables with their header row, no sentence cut in two."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from langchain_text_splitters import RecursiveCharacterTextSplitter

from knowledge.documents import Chunk, Document, content_hash

CHUNK_TOKENS = 200
"""Most small embedders read 256 word pieces; a word has about 1.25."""

TAIL = 1.15
"""How far the last chunk of a section may pass the limit, so that no scrap is left over."""

TokenCounter = Callable[[str], int]

_TOKEN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]|[^\W\u3400-\u9fff\uac00-\ud7af]+")
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"^[ \t]*(```|~~~)")
_TABLE_LINE = re.compile(r"^[ \t]*\|.*\|[ \t]*$")
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_LIST_ITEM = re.compile(r"^[ \t]*([-*+]|\d+[.)、])[ \t]*\S")
_ENDS = ["\n\n", "\n", "。", "！", "？", ". ", "! ", "? ", "；", "; ", "，", ", ", "、", " ", ""]


def approximate_tokens(text: str) -> int:
    """Words, with each Chinese character as one: near enough to every tokeniser, and fast."""
    return len(_TOKEN.findall(text))


def chunk_document(
    document: Document, *, chunk_tokens: int = CHUNK_TOKENS, count: TokenCounter = approximate_tokens
) -> list[Chunk]:
    """The document's pieces in order; together they hold all of its text.

    Args:
        document: FAQ entries and products mostly fit in one chunk, pages are cut at their headings.
        chunk_tokens: how large a chunk may be; only a larger table row, and the end of a section by 15%, pass it.
        count: tokens in a text.
    """
    packer = _Packer(chunk_tokens, count)
    pieces = [
        (section.heading, text)
        for section in _sections(document.text)
        for text in packer.pack(list(_blocks(section.lines)))
    ]
    # A product may be no more than its title, and must still be found.
    pieces = pieces or [("", document.title)]
    return [_chunk(document, heading, text, position) for position, (heading, text) in enumerate(pieces)]


def _chunk(document: Document, heading: str, text: str, position: int) -> Chunk:
    embedded = "\n".join(part for part in (document.title, heading, text) if part)  # as Chunk.embedding_text
    return Chunk(
        id=content_hash(document.id, str(position), embedded),
        document_id=document.id,
        shop=document.shop,
        source=document.source,
        title=document.title,
        heading=heading,
        text=text,
        position=position,
        language=document.language,
        kind=document.kind,
        url=document.url,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        attributes=document.attributes,
    )


@dataclass(frozen=True)
class _Section:
    """Lines under one path of headings."""

    heading: str
    lines: list[str]


def _sections(text: str) -> Iterator[_Section]:
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    fenced = False
    for line in text.split("\n"):
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        yield _Section(_path(path), lines)
        lines, level = [], len(heading[1])
        path = [above for above in path if above[0] < level]
        path.append((level, heading[2].strip("*_ ")))
    yield _Section(_path(path), lines)


def _path(path: list[tuple[int, str]]) -> str:
    return " › ".join(title for _, title in path if title)


def _blocks(lines: list[str]) -> Iterator[str]:
    """Paragraphs, list items, tables and code, each as one text."""
    block: list[str] = []
    fenced = False
    for line in lines:
        opens = bool(_FENCE.match(line))
        starts_item = not fenced and bool(_LIST_ITEM.match(line)) and not _is_indented(line)
        turns_table = bool(block) and not fenced and _is_table(line) != _is_table(block[-1])
        if block and not fenced and (not line.strip() or starts_item or turns_table or opens):
            yield "\n".join(block)
            block = []
        fenced ^= opens
        if line.strip() or fenced:
            block.append(line)
    if block:
        yield "\n".join(block)


def _is_indented(line: str) -> bool:
    return line.startswith((" ", "\t"))


def _is_table(line: str) -> bool:
    return bool(_TABLE_LINE.match(line))


class _Packer:
    """Fills chunks with blocks, and cuts blocks that are too large for one."""

    def __init__(self, chunk_tokens: int, count: TokenCounter) -> None:
        self._chunk_tokens, self._count = chunk_tokens, count
        self._splitter = RecursiveCharacterTextSplitter(
            separators=_ENDS,
            keep_separator="end",
            chunk_size=chunk_tokens,
            chunk_overlap=0,
            length_function=count,
        )

    def pack(self, blocks: list[str]) -> Iterator[str]:
        """Texts of at most `chunk_tokens`; neighbours that fit together stay together."""
        parts = [(part, self._count(part)) for block in blocks for part in self._fitting(block)]
        left = sum(part_size for _, part_size in parts)
        chunk, size = "", 0
        for part, part_size in parts:
            # What little is left at the end stays with what it belongs to.
            ends_here = size + left <= self._chunk_tokens * TAIL
            left -= part_size
            if chunk and size + part_size > self._chunk_tokens and not ends_here:
                yield chunk
                chunk, size = "", 0
            chunk = f"{chunk}{_between(chunk, part)}{part}" if chunk else part
            size += part_size
        if chunk:
            yield chunk

    def _fitting(self, block: str) -> list[str]:
        if self._count(block) <= self._chunk_tokens:
            return [block]
        lines = block.split("\n")
        if len(lines) > 2 and _is_table(lines[0]) and _TABLE_RULE.match(lines[1]):
            return list(self._table_parts(lines[:2], lines[2:]))
        return [text.strip() for text in self._splitter.split_text(block) if text.strip()]

    def _table_parts(self, header: list[str], rows: list[str]) -> Iterator[str]:
        """The rows in groups, each under the header."""
        room = self._chunk_tokens - self._count(header[0])
        group: list[str] = []
        size = 0
        for row in rows:
            row_size = self._count(row)
            if group and size + row_size > room:
                yield "\n".join(header + group)
                group, size = [], 0
            group.append(row)
            size += row_size
        yield "\n".join(header + group)


def _between(chunk: str, part: str) -> str:
    last = chunk.rsplit("\n", 1)[-1]
    return "\n" if _LIST_ITEM.match(last) and _LIST_ITEM.match(part) else "\n\n"
