"""`shopclerk audit`: the record of what staff did."""

from typing import Annotated

import typer

from bot.conversation.database import migrate
from bot.errors import InvalidInput
from bot.settings import Settings
from bot.staff.audit import AuditLog
from knowledge.database import create_database_engine
from scripts.console import JsonFlag, print_json, print_table

app = typer.Typer(no_args_is_help=True, add_completion=False, epilog="Example: shopclerk audit verify")


@app.callback()
def audit() -> None:
    """Read the audit log and check that nothing in it was changed."""


@app.command(epilog="Example: shopclerk audit verify --anchor 1042:9f86d081…")
def verify(
    anchor: Annotated[
        str,
        typer.Option(help="NUMBER:HASH as an earlier check printed it: shows also that nobody wrote the log anew."),
    ] = "",
    json: JsonFlag = False,
) -> None:
    """Check the chain from the first entry on; exit code 1 and the first broken entry if it is not whole."""
    found = _log().verify(_anchor(anchor))
    if json:
        print_json(
            {
                "whole": found.whole,
                "entries": found.entries,
                "anchor": f"{found.entries}:{found.hash}",
                "broken": found.broken,
                "reason": found.reason,
            }
        )
    elif found.whole:
        print(f"All {found.entries} entries are as they were written. Keep this elsewhere for the next check:")
        print(f"{found.entries}:{found.hash}")
    else:
        typer.echo(f"{found.reason} The {found.entries} before it are whole.", err=True)
    if not found.whole:
        raise typer.Exit(1)


@app.command(epilog="Example: shopclerk audit show --action transcript. --limit 20")
def show(
    limit: Annotated[int, typer.Option(help="At most so many, the latest first.", min=1)] = 50,
    actor: Annotated[str, typer.Option(help="Only by this e-mail address.")] = "",
    action: Annotated[str, typer.Option(help="Only this; with a dot at the end all that begin so.")] = "",
    json: JsonFlag = False,
) -> None:
    """The latest entries."""
    entries = _log().entries(actor=actor, action=action, limit=limit)
    if json:
        print_json(
            [
                {
                    "number": one.number,
                    "at": one.at.isoformat(),
                    "actor": one.actor,
                    "action": one.action,
                    "target": one.target,
                    "details": dict(one.details),
                    "hash": one.hash,
                }
                for one in entries
            ]
        )
        return
    rows = [
        (
            one.number,
            f"{one.at:%Y-%m-%d %H:%M:%S}",
            one.actor,
            one.action,
            one.target,
            ", ".join(f"{name}: {value}" for name, value in one.details.items()),
        )
        for one in entries
    ]
    print_table(("no.", "time (UTC)", "who", "what", "to what", "details"), rows)


def _log() -> AuditLog:
    engine = create_database_engine(Settings().sqlalchemy_url)
    migrate(engine)
    return AuditLog(engine)


def _anchor(words: str) -> tuple[int, str] | None:
    if not words:
        return None
    number, _, digest = words.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise InvalidInput(f"The anchor {words!r} is not NUMBER:HASH as `shopclerk audit verify` prints it.")
    return int(number), digest
