"""HTML pages, as Markdown; what is not the page's own text (scripts, menus, forms) is left out."""

import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, Comment, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString

from knowledge.sources.markdown_table import markdown_table
from knowledge.sources.page import Page

_LEFT_OUT = (
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas", "form", "button",
    "input", "select", "textarea", "nav", "footer", "aside", "dialog", "head",
)  # fmt: skip
_BLOCKS = frozenset(
    ("address", "article", "blockquote", "body", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "figcaption",
     "header", "hr", "html", "main", "p", "section", "summary", "center")
)  # fmt: skip
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


def read_html(text: str) -> Page:
    """The page's main text, its title, language and own address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # XHTML reads well enough as HTML
        soup = BeautifulSoup(text, "lxml")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    facts = _facts(soup)
    for name in _LEFT_OUT:
        for element in soup.find_all(name):
            element.decompose()
    for element in soup.select("[hidden], [aria-hidden=true]"):
        element.decompose()
    body = soup.find("main") or soup.find("article") or soup.body or soup
    blocks = "\n\n".join(block for block in _blocks(body) if block.strip())
    heading = body.find("h1") if isinstance(body, Tag) else None
    # A heading names the page better than <title>, which shops fill with their own name.
    return Page(blocks, title=heading.get_text(" ", strip=True) if isinstance(heading, Tag) else title, facts=facts)


def _facts(soup: BeautifulSoup) -> dict[str, object]:
    facts: dict[str, object] = {}
    if soup.html and soup.html.get("lang"):
        facts["language"] = soup.html["lang"]
    canonical = soup.find("link", rel="canonical")
    if isinstance(canonical, Tag):
        facts["url"] = canonical.get("href")
    for name in ("valid_from", "valid_until"):
        meta = soup.find("meta", attrs={"name": name})
        if isinstance(meta, Tag):
            facts[name] = meta.get("content")
    return facts


def _blocks(element: Tag) -> Iterator[str]:
    line: list[str] = []
    for child in element.children:
        if isinstance(child, Tag) and (child.name in _BLOCKS or _is_block(child)):
            yield _joined(line)
            line = []
            yield from _block(child)
        else:
            line.append(_inline(child))
    yield _joined(line)


def _is_block(element: Tag) -> bool:
    return (
        element.name in _HEADINGS
        or element.name in ("ul", "ol", "table", "pre")
        or (element.find(["p", "div", "table", "ul", "ol", "h1", "h2", "h3", "section"]) is not None)
    )


def _block(element: Tag) -> Iterator[str]:
    if element.name in _HEADINGS:
        text = _joined([_inline(element)]).replace("\n", " ")
        yield f"{'#' * int(element.name[1])} {text}" if text else ""
    elif element.name in ("ul", "ol"):
        yield "\n".join(_items(element, ordered=element.name == "ol"))
    elif element.name == "table":
        caption = element.find("caption")
        if isinstance(caption, Tag):
            yield _joined([_inline(caption)])
        yield markdown_table(_rows(element))
    elif element.name == "pre":
        yield element.get_text()
    else:
        yield from _blocks(element)


def _items(element: Tag, *, ordered: bool, indent: str = "") -> Iterator[str]:
    for number, item in enumerate(element.find_all("li", recursive=False), start=1):
        inner = [child.extract() for child in item.find_all(["ul", "ol"]) if child.find_parent("li") is item]
        text = " ".join(" ".join(block.split()) for block in _blocks(item) if block.strip())
        yield f"{indent}{f'{number}.' if ordered else '-'} {text}"
        for child in inner:
            yield from _items(child, ordered=child.name == "ol", indent=indent + "  ")


def _rows(table: Tag) -> list[list[str]]:
    """Cells of the table itself; a cell that spans columns or rows stands in each of them."""
    rows: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column → rows left, text
    for line in table.find_all("tr"):
        if line.find_parent("table") is not table:
            continue
        row: list[str] = []
        for cell in line.find_all(["th", "td"], recursive=False):
            _fill(row, hanging)
            text = _joined([_inline(cell)])
            for _ in range(min(_span(cell, "colspan"), 100)):
                if _span(cell, "rowspan") > 1:
                    hanging[len(row)] = (_span(cell, "rowspan") - 1, text)
                row.append(text)
        _fill(row, hanging)
        rows.append(row)
    return rows


def _fill(row: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    while len(row) in hanging:
        place = len(row)
        left, text = hanging.pop(place)
        if left > 1:
            hanging[place] = (left - 1, text)
        row.append(text)


def _span(cell: Tag, name: str) -> int:
    text = str(cell.get(name, "1"))
    return int(text) if text.isdecimal() and int(text) > 0 else 1


def _inline(node: object) -> str:
    if isinstance(node, Comment):
        return ""
    if isinstance(node, NavigableString):
        return str(node)
    if not isinstance(node, Tag):
        return ""
    if node.name == "br":
        return "\x00"
    text = "".join(map(_inline, node.children))
    return f" {text} " if node.name in ("td", "th", "li", "p", "div") else text


def _joined(parts: list[str]) -> str:
    return "\n".join(" ".join(line.split()) for line in "".join(parts).split("\x00")).strip()
