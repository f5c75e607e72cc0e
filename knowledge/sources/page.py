"""Page: what the readers of Markdown, HTML, text, PDF and DOCX give, and how it becomes a Document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath

from knowledge.documents import Document
from knowledge.sources.cleaning import clean_line, clean_text, safe_url, with_safe_links, without_html
from knowledge.sources.content import SourceContext
from knowledge.sources.language import as_language, detect_language, language_of_name
from knowledge.sources.values import cell_text, parse_date

_FIRST_HEADING = re.compile(r"\A\s*#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")


@dataclass(frozen=True)
class Page:
    """A page as read.

    Attributes:
        text: Markdown.
        title: empty when the file does not say it; then the first heading or the file's name is.
        facts: what the file says of itself: `title`, `url`, `language` (or `lang`), `valid_from`, `valid_until`.
    """

    text: str
    title: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def page_document(page: Page, context: SourceContext) -> Document:
    """The page as a Document.

    Raises:
        UnreadableFile: there is no text in it, or what it says of itself cannot be understood.
    """
    text = clean_text(with_safe_links(page.text))
    heading, said = _FIRST_HEADING.match(text), _fact(page, "title") or page.title
    if heading and clean_line(heading[1]) in ("", said, said or clean_line(heading[1])):
        # The first heading is the title; the text goes without it.
        text = text[heading.end() :].strip()
    if not text:
        raise context.unreadable("there is no text in it; a scanned page needs text recognition first")
    title = said or (heading[1] if heading else "")
    valid_from, valid_until = _date(page, "valid_from", context), _date(page, "valid_until", context)
    if valid_from and valid_until and valid_from > valid_until:
        raise context.unreadable(f"it ends on {valid_until}, before it begins on {valid_from}", column="valid_until")
    return Document(
        shop=context.shop,
        source=context.source,
        title=clean_line(without_html(title)) or _name(context.source),
        text=text,
        language=_language(page, text, context),
        kind="page",
        url=safe_url(_fact(page, "url")),
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _fact(page: Page, name: str) -> str:
    return clean_line(cell_text(page.facts.get(name)))


def _language(page: Page, text: str, context: SourceContext) -> str:
    said = as_language(_fact(page, "language") or _fact(page, "lang"))
    return said or language_of_name(context.source) or detect_language(text)


def _date(page: Page, name: str, context: SourceContext) -> date | None:
    try:
        return parse_date(_fact(page, name)) if _fact(page, name) else None
    except ValueError as error:
        raise context.unreadable(str(error), column=name) from None


def _name(source: str) -> str:
    name = PurePath(source).name.split(".")[0]
    return name.replace("-", " ").replace("_", " ").strip().capitalize()
