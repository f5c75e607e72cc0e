"""Cuts a passage into Units: the sentences, list items and table rows that answers quote and are checked against."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.answering.own_language import unlike
from knowledge.documents import Chunk

UnitKind = Literal["sentence", "item", "row"]

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(\*\*|__|`)(.+?)\1")
_SINGLE_EMPHASIS = re.compile(r"(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])")
_TAG = re.compile(r"</?[a-zA-Z][^>\n]*>")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_ITEM = re.compile(r"(?:[-*+•·]|\d{1,2}[.)、])\s+(.*)")
_ORDINAL = re.compile(r"^(?:\d{1,2}[.、)]|[一二三四五六七八九十]{1,2}、)\s*")
_HAN = re.compile(r"[㐀-鿿]")
BARE_CELL = 4  # characters, up to which a row's first cell is shown with its column's heading
_RULE = re.compile(r"\|?[\s:|-]+\|?")
ABBREVIATION = re.compile(
    r"(?:\b(?:[a-zA-Z]|e\.g|i\.e|U\.S|p\.m|a\.m|No|Nos|Mr|Mrs|Ms|Dr|St|approx|incl|excl|max|min|vs|etc|Inc|Ltd|Co))\.$"
)
"""A word at the end of a piece whose full stop ends no sentence."""
_END = re.compile(
    r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(\[]?[A-Z0-9$£€¥])"
    r"|(?<=;)\s+(?=[A-Z][^\s;()]*(?:\s[^\s;()]+){3})"  # a clause of its own, not the next of a list
    r"|(?<=[a-z]{2}[.?])\s+(?=[㐀-鿿])|(?<=[。！？；])[”’」』）]*"
)
_INSTRUCTION = re.compile(
    r"\b(ignore|disregard|forget|override)\b.{0,40}\b(instructions?|prompts?|rules|above|previous|guidelines)\b"
    r"|\b(system prompt|as an ai|language model)\b"
    r"|\bthe (assistant|chatbot|bot|ai) (must|should|shall|has to|will now|is to)\b"
    r"|\b(you are|you're) (a|an|the) ([a-z]+ )?(ai|chat ?bot|bot|(ai|virtual|digital) assistant|language model)"
    r"(?=[,.:;!]|$)"
    r"|\b(you are now|from now on,? you|respond only with|reply with the (words|text))\b"
    r"|\balways (reply|answer|respond) with\b"
    r"|\b(tell|inform|instruct) (the )?(user|users|customer|customers|shopper|shoppers) (that|to)\b"
    r"|(忽略|无视|忘记).{0,12}(指令|提示|规则|要求|以上|之前)|系统提示|提示词|(助手|机器人|人工智能|AI)(必须|应当|应该|要|需要)"
    r"|(如果|若|要是|假如)你是(一[个名]|本店的?)?(AI|智能|人工智能)?(客服|助手|机器人|模型)(?=[，,。：:]|$)|你现在是|从现在开始你|(请|必须|一律)(只)?(回复|回答)(“|\"|：|:)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Unit:
    """One statement of a passage.

    Attributes:
        text: as a reader should see it, without Markdown.
        quote: as it stands in the passage.
        lead: the heading or the line that a list item or table row hangs under; else empty.
        group: the units of one list, table or paragraph share it.
        cells: of a table row, each with its column's heading.
    """

    text: str
    quote: str
    kind: UnitKind
    lead: str
    group: int
    cells: tuple[tuple[str, str], ...] = ()


def units(chunk: Chunk) -> tuple[Unit, ...]:
    """The statements of a passage in their order; what reads like an order to an assistant is left out.

    A page may have been written by anyone who may edit it, so its text is evidence and never an instruction.
    """
    return _cut(chunk.heading, chunk.text)


@lru_cache(maxsize=4096)
def _cut(heading: str, text: str) -> tuple[Unit, ...]:
    found = list(_join_questions(list(_units(heading, text))))
    return tuple(unit for unit in found if not _INSTRUCTION.search(unit.text))


def sentences(text: str) -> list[str]:
    """The sentences of a text in either language, spaces around them removed."""
    pieces: list[str] = []
    for piece in _END.split(text):
        if piece and pieces and ABBREVIATION.search(pieces[-1]):
            pieces[-1] = f"{pieces[-1]} {piece}"
        elif piece:
            pieces.append(piece)
    return [piece.strip() for piece in pieces if piece.strip()]


def plain(markdown: str) -> str:
    """A line of Markdown as a reader sees it."""
    text = _TAG.sub("", _LINK.sub(r"\1", markdown))
    text = _SINGLE_EMPHASIS.sub(r"\1", _EMPHASIS.sub(r"\2", text))
    return " ".join(text.replace("\\", "").split())


def _units(heading_path: str, text: str) -> Iterator[Unit]:
    lead, group = last_heading(heading_path), 0
    header: list[str] = []
    in_block = ""
    for raw in [*text.splitlines(), ""]:
        line = raw.strip()
        if not line:
            group, header, in_block = group + 1, [], ""
            continue
        if heading := _HEADING.fullmatch(line):
            lead, group = _ORDINAL.sub("", plain(heading[1])), group + 1
        elif line.startswith("|") or (in_block == "row" and "|" in line):
            in_block = "row"
            cells = [plain(cell) for cell in line.strip("|").split("|")]
            if _RULE.fullmatch(line):
                continue
            if not header:
                header = cells
            else:
                named = tuple(zip(header, cells, strict=False))
                yield Unit(_row(named), line, "row", lead, group, named)
        elif item := _ITEM.fullmatch(line):
            if in_block != "item":
                group += in_block == ""
                in_block = "item"
            yield Unit(plain(item[1]), item[1], "item", lead, group)
        else:
            in_block = "sentence"
            for sentence in sentences(line.lstrip("> ")):
                yield Unit(plain(sentence), sentence, "sentence", "", group)
            if line.endswith((":", "：")):
                lead = plain(line).rstrip(":：")


def _join_questions(found: list[Unit]) -> Iterator[Unit]:
    """A question inside a passage stays with the sentence that answers it, which is in the same language."""
    held: Unit | None = None
    for unit in found:
        if held and unlike(held.text, unit.text):
            held = None
        if held:
            yield Unit(f"{held.text} {unit.text}", unit.quote, unit.kind, unit.lead, unit.group)
            held = None
        elif unit.kind == "sentence" and unit.text.endswith(("?", "？")):
            held = unit
        else:
            yield unit


def _row(cells: Sequence[tuple[str, str]]) -> str:
    """A table row as a reader would say it: "Canada: standard shipping $11.90, free from $120"."""
    (heading, first), *rest = cells
    chinese = bool(_HAN.search("".join(name + cell for name, cell in cells)))
    # A bare "M" or "25–49" says nothing without what it is.
    bare = len(first) <= BARE_CELL or bool(re.match(r"[\d<>≥≤]", first))
    subject = f"{heading} {first}" if heading and bare else first
    named = [f"{_inside(name)} {cell}".strip() for name, cell in rest if cell]
    if not named:
        return subject
    return f"{subject}{'：' if chinese else ': '}{('，' if chinese else ', ').join(named)}{'。' if chinese else '.'}"


def _inside(heading: str) -> str:
    """A column's heading within a sentence: lower case unless it is an abbreviation or a name of several capitals."""
    return heading[:1].lower() + heading[1:] if heading[1:] == heading[1:].lower() else heading


def last_heading(path: str) -> str:
    """The heading right above, without its number."""
    return _ORDINAL.sub("", path.split(" › ")[-1])
