"""A document as Markdown, one page of HTML, CSV or JSON; all say the same."""

import csv
import html
import io
import json
from collections.abc import Iterator
from typing import Any

from bot.insight.report.document import Document, Plot
from bot.insight.report.tables import Line, Table
from bot.insight.report.wording import Words, percent, words

FORMATS = ("html", "md", "csv", "json")

_STYLE = (
    "body{font:15px/1.55 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;max-width:52rem;"
    "margin:2rem auto;padding:0 1.2rem;color:#1d2125}h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.08rem;"
    "margin:2rem 0 .5rem}table{border-collapse:collapse;width:100%}th,td{padding:.32rem .6rem;border-bottom:1px solid "
    "#e2dfd8;text-align:right;font-variant-numeric:tabular-nums}th:first-child,td:first-child{text-align:left}"
    "th{color:#5c646c;font-size:.85rem}blockquote{margin:.5rem 0;padding:.35rem .9rem;border-left:3px solid #d9c3a8;"
    "background:#f7f6f3}svg{width:100%;height:auto}.key{display:inline-block;width:.7rem;height:.7rem;border-radius:3px;"
    "margin:0 .35rem 0 .9rem}dt{font-weight:600;margin-top:.5rem}dd{margin:0;color:#5c646c}.legend{color:#5c646c;"
    "font-size:.86rem}"
)


def written(document: Document, how: str, language: str) -> str:
    """A document as text.

    Args:
        document: what to write.
        how: one of FORMATS.
        language: `en` or `zh`.
    """
    return {"html": _html, "md": _markdown, "csv": _csv, "json": _json}[how](document, language)


def _json(document: Document, _language: str) -> str:
    shown: dict[str, Any] = {
        "shop": document.shop,
        "from": document.start.isoformat(),
        "to": document.end.isoformat(),
        "sentences": list(document.sentences),
        "tables": {table.key: [_line_json(line) for line in table.lines] for table in document.tables},
        "quotes": {heading: list(quotes) for heading, quotes in document.quotes},
    }
    if document.epsilon is not None:
        shown["epsilon"] = document.epsilon
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"


def _line_json(line: Line) -> dict[str, Any]:
    share = line.share
    low, high = (share.interval if share else None) or (None, None)
    shown = {"of": line.of, "share": share.value, "low": low, "high": high} if share else {}
    return {"key": line.key, "name": line.name, "value": line.value, "unit": line.unit or "count", **shown}


def _csv(document: Document, _language: str) -> str:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(("table", "key", "name", "value", "unit", "of", "share", "low", "high"))
    for table in document.tables:
        for line in table.lines:
            one = _line_json(line)
            rest = (one.get("of", ""), *(_rounded(one.get(name)) for name in ("share", "low", "high")))
            writer.writerow((table.key, one["key"], _harmless(one["name"]), one["value"], one["unit"], *rest))
    return made.getvalue()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: shoppers write what they like."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _markdown(document: Document, language: str) -> str:
    say = words(language)
    parts = [f"# {_plain(document.title)}", "\n".join(f"- {_plain(one)}" for one in document.sentences)]
    for table in document.tables:
        head, *rows = _cells(table, say)
        drawn = [f"| {' | '.join(_plain(cell) for cell in row)} |" for row in (head, *rows)]
        drawn.insert(1, "|---" + "|---:" * (len(head) - 1) + "|")
        parts.append(f"## {_plain(table.title)}\n\n" + "\n".join(drawn))
    for heading, quotes in document.quotes:
        parts.append(f"## {_plain(heading)}\n\n" + "\n\n".join(f"> {_plain(quote)}" for quote in quotes))
    if document.definitions:
        defined = "\n".join(f"- **{_plain(name)}**: {_plain(means)}" for name, means in document.definitions)
        parts.append(f"## {say.say('definitions')}\n\n{defined}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _plain(text: str) -> str:
    """One line that Markdown shows as it is."""
    line = " ".join(text.split())
    for sign in "\\`*_[]<>|#":
        line = line.replace(sign, f"\\{sign}")
    return line


def _html(document: Document, language: str) -> str:
    say, show = words(language), html.escape
    body = [f"<h1>{show(document.title)}</h1>"]
    body.append("<ul>" + "".join(f"<li>{show(one)}</li>" for one in document.sentences) + "</ul>")
    body += [_plot_html(plot) for plot in document.plots]
    body += [_table_html(table, say) for table in document.tables]
    for heading, quotes in document.quotes:
        said = "".join(f"<blockquote>{show(quote)}</blockquote>" for quote in quotes)
        body.append(f"<h2>{show(heading)}</h2>{said}")
    if document.definitions:
        defined = "".join(f"<dt>{show(name)}</dt><dd>{show(means)}</dd>" for name, means in document.definitions)
        body.append(f"<h2>{show(say.say('definitions'))}</h2><dl>{defined}</dl>")
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{show(document.title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body>{''.join(body)}</body></html>\n"
    )


def _plot_html(plot: Plot) -> str:
    keys = "".join(
        f'<span class="key" style="background:{colour}"></span>{html.escape(name)}' for name, colour in plot.legend
    )
    return f'<h2>{html.escape(plot.title)}</h2>{plot.svg}<p class="legend">{keys}</p>'


def _table_html(table: Table, say: Words) -> str:
    head, *rows = _cells(table, say)
    columns = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<h2>{html.escape(table.title)}</h2><table><thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table>"


def _cells(table: Table, say: Words) -> Iterator[tuple[str, ...]]:
    """A table as text, its headings first; shares with their interval where it has any."""
    names = say.by_key["column"]
    shares = any(line.of is not None for line in table.lines)
    yield tuple(names[name] for name in ("figure", "count", *(("of", "share", "low", "high") if shares else ())))
    for line in table.lines:
        value = f"{line.value:,}{f' {line.unit}' if line.unit else ''}"
        share = line.share
        ends = tuple(percent(end) for end in share.interval) if share and share.interval else ("–", "–")
        yield (line.name, value, *((f"{share.total:,}", percent(share.value), *ends) if share else ()))
