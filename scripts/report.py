"""`shopclerk report`: what became of a range's conversations, in figures, sentences and shoppers' own words."""

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.conversation.database import migrate
from bot.insight.alerts.watch import AlertWatch
from bot.insight.analytics.behind import Figure
from bot.insight.analytics.figures import Analytics
from bot.insight.analytics.filters import Filters
from bot.insight.analytics.keeping import SummaryKeeper
from bot.insight.report.document import Document, document, shared_document
from bot.insight.report.formats import written
from bot.insight.report.gathering import gather
from bot.insight.report.sharing import shared_counts
from bot.settings import Settings
from knowledge.database import create_database_engine
from knowledge.profile import Profiles
from scripts.console import JsonFlag, note, progress

DAYS = 7

app = typer.Typer(add_completion=False)


class Format(StrEnum):
    """How a report is written."""

    HTML = "html"
    MD = "md"
    CSV = "csv"
    JSON = "json"


class Language(StrEnum):
    """What a report is written in."""

    EN = "en"
    ZH = "zh"


@app.command(epilog="Example: shopclerk report --from 2026-11-16 --to 2026-11-22 --format html --out week.html")
def report(
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.", show_default="a week ago")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.", show_default="yesterday")
    ] = None,
    shop: Annotated[str | None, typer.Option(help="The shop.", show_default="SHOPCLERK_SHOP, or demo")] = None,
    how: Annotated[Format, typer.Option("--format", help="html holds plots too.")] = Format.MD,
    lang: Annotated[Language, typer.Option(help="Of the sentences and headings.")] = Language.EN,
    out: Annotated[Path | None, typer.Option(help="File to write.", show_default="stdout")] = None,
    private_epsilon: Annotated[
        float | None,
        typer.Option(
            help="Only counts, made differentially private with this epsilon, for sharing outside the team.",
            show_default="none: the whole report",
        ),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Report on the conversations of a range of days, by the shop's own clock."""
    settings = Settings()
    engine = create_database_engine(settings.sqlalchemy_url)
    migrate(engine)
    try:
        with progress("Counting") as tell:
            SummaryKeeper(engine, Profiles(engine)).catch_up(
                on_progress=lambda done, total: tell("conversations", done, total)
            )
        analytics = Analytics(engine, Profiles(engine))
        filters = _filters(analytics, shop or settings.shop, start, end)
        style = Format.JSON if json else how
        if private_epsilon is None:
            gathered = gather(analytics, AlertWatch(engine), filters, language=lang)
            laid_out = document(gathered, lang, with_plots=style is Format.HTML)
        else:
            laid_out = _shared(analytics, filters, private_epsilon, lang)
        text = written(laid_out, style, lang)
    finally:
        engine.dispose()
    if out is None:
        print(text, end="")
    else:
        out.write_text(text, encoding="utf-8")
        note(f"The report is in {out}.")


def _filters(analytics: Analytics, shop: str, start: datetime | None, end: datetime | None) -> Filters:
    last = end.date() if end else analytics.today(shop) - timedelta(days=1)
    if end is None and start is not None:
        last = max(last, start.date())
    return Filters(shop, start.date() if start else last - timedelta(days=DAYS - 1), last)


def _shared(analytics: Analytics, filters: Filters, epsilon: float, language: str) -> Document:
    negative = analytics.behind(filters, Figure(mood="negative"), k=1).total
    return shared_document(shared_counts(analytics.scoreboard(filters), negative, epsilon), filters, language)
