"""The console command `shopclerk`: finds the command's module, runs it, and turns errors into one sentence."""

import logging
import sys
from typing import Any, ClassVar

import typer
from pydantic import ValidationError

from knowledge.errors import ShopclerkError
from scripts.lazy import LazyGroup

USAGE_ERROR = 2


class Shopclerk(LazyGroup):
    """All commands, in the order of the help."""

    modules: ClassVar = {
        "serve": ("scripts.serve", "Start the shop bot and print its address."),
        "ingest": ("scripts.ingest", "Read a shop's files and publish what they say."),
        "search": ("scripts.search", "Show the passages found for a question."),
        "ask": ("scripts.ask", "Ask the shop bot one question and print its answer with citations."),
        "sentiment": (
            "scripts.sentiment",
            "Tell what each text feels, in order: negative, neutral or positive, and about which aspects.",
        ),
        "reviews": (
            "scripts.reviews",
            "Read reviews of a shop's products: each once, personal data masked, with what it feels about each aspect.",
        ),
        "versions": ("scripts.versions", "List the published versions of a shop's knowledge."),
        "rollback": (
            "scripts.rollback",
            "Make an earlier version of a shop's knowledge, or of the generator's tuned weights, answer again.",
        ),
        "shop": ("scripts.shop", "Show what a shop needs to have the widget on its own pages."),
        "staff": ("scripts.staff", "Add, change and remove the accounts of people who work in the shop."),
        "audit": ("scripts.audit", "Read the audit log and check that nothing in it was changed."),
        "evaluate": ("scripts.evaluate", "Measure search, answers and privacy, the baseline beside each figure."),
        "train": (
            "scripts.train",
            "Tune the models of the bot; a model is adopted only where it is measured to be no worse.",
        ),
        "models": ("scripts.models", "List, fetch and verify the models that install without a model hub."),
        "doctor": ("scripts.doctor", "Say what is installed, what runs where, and what to mend."),
        "report": ("scripts.report", "Report on the conversations of a range of days, by the shop's own clock."),
        "demo-history": (
            "scripts.demo_history",
            "Write invented conversations into a database, to try the dashboard, reports and alerts on.",
        ),
        "benchmark": (
            "scripts.benchmark",
            "Measure how fast this machine starts, ingests, searches, answers and counts.",
        ),
    }

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what goes wrong on purpose becomes one sentence on stderr and exit code 1."""
        try:
            return super().invoke(ctx)
        except ShopclerkError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
        except ValidationError as error:
            typer.echo(_settings_sentence(error), err=True)
            raise typer.Exit(USAGE_ERROR) from error


app = typer.Typer(
    name="shopclerk",
    cls=Shopclerk,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Example: shopclerk ask 'Can I return shoes I wore once?'  ·  Settings are read from SHOPCLERK_… and .env.",
)


@app.callback()
def shopclerk() -> None:
    """A customer-service bot for online shops: answers from the shop's own pages, showing what each rests on."""
    to_stderr = logging.StreamHandler(sys.stderr)
    to_stderr.setLevel(logging.WARNING)  # on the handler: some libraries set their own loggers to DEBUG
    logging.basicConfig(handlers=[to_stderr], format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def main() -> None:
    """Entry point of the console command; nobody who types a command gets a traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # both are text files here
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()  # the reader left: nothing more to say, not even at exit
        sys.exit(1)
    except Exception as error:
        typer.echo(f"Something went wrong that should not have: {type(error).__name__}: {error}", err=True)
        typer.echo("To see where: python -c 'from scripts.cli import app; app()' and the same words.", err=True)
        sys.exit(1)


def _settings_sentence(error: ValidationError) -> str:
    """What is wrong with a setting, in the words of the person who set it."""
    first = error.errors()[0]
    name = "SHOPCLERK_" + "_".join(str(part) for part in first["loc"]).upper()
    return f"{name} is {first['input']!r}: {first['msg']}. Set another value in the environment or in .env."


if __name__ == "__main__":
    main()
