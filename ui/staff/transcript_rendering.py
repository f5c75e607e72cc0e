"""From transcripts to what pages, spreadsheets and printers read: pure functions, one place for each shape."""

import csv
import html
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from bot.reply import TurnTraceValues
from bot.transcripts.listing import Line
from bot.transcripts.opening import NoteView, Opened
from ui.rendering import message_as_json
from ui.texts import Texts

CSV_COLUMNS = (
    *("conversation", "shop", "sequence", "time", "role", "author", "text", "language"),
    *("outcome", "gear", "rating", "comment", "mood", "sources", "tags"),
)

_PRINT_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1d2125}"
    "h1{font-size:1.25rem;margin:0}header p{color:#5c646c;margin:.2rem 0}section{break-inside:avoid;margin:1rem 0}"
    "section.user{border-left:3px solid #2f5d8a;padding-left:.8rem}h2{font-size:.85rem;color:#5c646c;margin:0}"
    "p{margin:.2rem 0;white-space:pre-wrap;overflow-wrap:anywhere}ol,ul{margin:.3rem 0;padding-left:1.4rem}"
    "small{color:#5c646c}hr{border:0;border-top:1px solid #ccc;margin:2rem 0}article+article{break-before:page}"
)


def line_json(line: Line) -> dict[str, Any]:
    """One line of the list."""
    values = asdict(line)
    for name in ("began_at", "last_at", "waiting_since"):
        values[name] = values[name].isoformat() if values[name] else None
    return values


def opened_json(opened: Opened, revealable: Iterable[str]) -> dict[str, Any]:
    """A conversation in full; `revealable` are the ids of messages whose words as typed are kept."""
    conversation, kept = opened.conversation, set(revealable)
    return {
        "id": conversation.id,
        "shop": conversation.shop,
        "language": conversation.language,
        "state": conversation.state,
        "agent_id": conversation.agent_id,
        "agent_name": conversation.agent_name,
        "created_at": conversation.created_at.isoformat(),
        "last_sequence": conversation.last_sequence,
        "tags": list(opened.tags),
        "notes": [note_json(note) for note in opened.notes],
        "messages": [
            {
                **message_as_json(message),
                "sequence": message.sequence,
                "author": message.author,
                "mood": asdict(opened.moods[message.id]) if message.id in opened.moods else None,
                "comment": opened.comments.get(message.id, ""),
                "trace": trace_json(opened.traces[message.id]) if message.id in opened.traces else None,
                "revealable": message.id in kept,
            }
            for message in opened.messages
        ],
    }


def note_json(note: NoteView) -> dict[str, Any]:
    """A note."""
    return asdict(note) | {"created_at": note.created_at.isoformat()}


def trace_json(trace: TurnTraceValues) -> dict[str, Any]:
    """How a reply came about."""
    return {
        "gear": trace.gear,
        "reason": trace.reason,
        "intent": trace.intent,
        "question": trace.question,
        "prompt": trace.prompt,
        "timings_ms": dict(trace.timings_ms),
        "scores": dict(trace.scores),
        "versions": dict(trace.versions),
        "passages": [asdict(passage) for passage in trace.passages],
    }


def as_jsonl(found: Iterable[Opened]) -> str:
    """A conversation a line."""
    return "".join(json.dumps(opened_json(one, ()), ensure_ascii=False) + "\n" for one in found)


def as_csv(found: Iterable[Opened]) -> str:
    """A message a row, with a byte order mark, without which spreadsheets take UTF-8 for something else."""
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(CSV_COLUMNS)
    for one in found:
        for message in one.messages:
            mood = one.moods.get(message.id)
            sheet.writerow(
                _harmless(cell)
                for cell in (
                    one.conversation.id,
                    one.conversation.shop,
                    message.sequence,
                    message.created_at.isoformat(timespec="seconds"),
                    message.role,
                    message.author,
                    message.text,
                    message.language,
                    message.outcome,
                    message.gear,
                    message.rating,
                    one.comments.get(message.id, ""),
                    mood.label if mood else "",
                    " | ".join(citation.source for citation in message.citations),
                    " | ".join(one.tags),
                )
            )
    return "\ufeff" + written.getvalue()


def as_page(found: Sequence[Opened], texts: Texts) -> str:
    """A page to be printed."""
    title = html.escape(texts.say("staff.print.title"))
    return (
        f'<!doctype html><html lang="{texts.language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_PRINT_STYLE}</style></head><body>'
        f"{''.join(_article(one, texts) for one in found)}</body></html>"
    )


def _article(one: Opened, texts: Texts) -> str:
    conversation = one.conversation
    began = conversation.created_at.strftime("%Y-%m-%d %H:%M UTC")
    about = " · ".join((conversation.shop, began, *(f"#{tag}" for tag in one.tags)))
    notes = "".join(
        f"<li>{html.escape(note.text)} <small>{html.escape(note.author)}, "
        f"{note.created_at.strftime('%Y-%m-%d %H:%M')}</small></li>"
        for note in one.notes
    )
    head = html.escape(texts.say("staff.print.title"))
    listed = f"<h2>{html.escape(texts.say('staff.talk.notes'))}</h2><ul>{notes}</ul>" if notes else ""
    said = "".join(_section(one, place, texts) for place in range(len(one.messages)))
    return (
        f"<article><header><h1>{head}</h1><p>{html.escape(about)}</p>"
        f"<p><small>{html.escape(conversation.id)}</small></p></header>{said}{listed}</article>"
    )


def _section(one: Opened, place: int, texts: Texts) -> str:
    message = one.messages[place]
    who = message.author or texts.say(f"staff.talk.role.{message.role}")
    sources = "".join(
        f"<li value={citation.index}>{html.escape(citation.title)} <small>{html.escape(citation.source)}</small></li>"
        for citation in message.citations
    )
    return (
        f'<section class="{message.role}"><h2>{html.escape(who)} · {message.created_at.strftime("%H:%M:%S")}</h2>'
        f"<p>{html.escape(message.text)}</p>{f'<ol>{sources}</ol>' if sources else ''}</section>"
    )


def _harmless(cell: Any) -> Any:
    """Spreadsheets run a cell that begins like a formula; with an apostrophe before it, it stays text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
