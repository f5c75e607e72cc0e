"""Document: a report as it is laid out, before any format: sentences, plots, tables, quotes, definitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.insight.analytics.filters import Filters
from bot.insight.report.gathering import Report
from bot.insight.report.plots import COLOURS, MOODS, mood_plot, results_plot
from bot.insight.report.sentences import sentences
from bot.insight.report.sharing import SharedCounts, shared_tables
from bot.insight.report.tables import Table, tables
from bot.insight.report.wording import Words, words


@dataclass(frozen=True)
class Plot:
    """An SVG with its title, and names with their colours."""

    title: str
    svg: str
    legend: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Document:
    """A report in its reader's language; `epsilon` is set where its counts are private."""

    shop: str
    start: date
    end: date
    title: str
    sentences: Sequence[str]
    tables: Sequence[Table]
    plots: Sequence[Plot] = ()
    quotes: Sequence[tuple[str, Sequence[str]]] = ()
    definitions: Sequence[tuple[str, str]] = ()
    epsilon: float | None = None


def document(report: Report, language: str, *, with_plots: bool = True) -> Document:
    """Lay out a report; an empty one is one sentence."""
    say = words(language)
    quotes = ((say.say("complaints"), report.complaints), (say.say("praise"), report.praise))
    return Document(
        report.filters.shop,
        report.filters.start,
        report.filters.end,
        _title(report.filters, say),
        sentences(report, language),
        [] if report.empty else tables(report, say),
        _plots(report, say) if with_plots else (),
        [(heading, [quote.text for quote in found]) for heading, found in quotes if found],
        [(say.name("names", name), means) for name, means in say.by_key["means"].items()]
        if report.board.counted
        else (),
    )


def shared_document(counts: SharedCounts, filters: Filters, language: str) -> Document:
    """Lay out private counts: nothing but them, and what was paid for them."""
    say = words(language)
    return Document(
        filters.shop,
        filters.start,
        filters.end,
        _title(filters, say),
        [say.say("private", epsilon=f"{counts.epsilon:g}")],
        shared_tables(counts, say),
        epsilon=counts.epsilon,
    )


def _title(filters: Filters, say: Words) -> str:
    return say.say("title", shop=filters.shop, start=filters.start, end=filters.end)


def _plots(report: Report, say: Words) -> list[Plot]:
    made = []
    if report.board.counted:
        legend = [(say.name("names", name), colour) for name, colour in COLOURS.items() if name not in MOODS]
        made.append(Plot(say.say("plot_results"), results_plot(report), legend))
    if report.board.mood.total:
        legend = [(say.say(mood), COLOURS[mood]) for mood in MOODS]
        made.append(Plot(say.say("plot_mood"), mood_plot(report), legend))
    return made
