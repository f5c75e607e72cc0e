"""A report's plots as SVG that can stand in a page; they hold digits only, so that no language's font is needed."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.insight.analytics.resolution import COUNTED
from bot.insight.report.gathering import Report

COLOURS: Mapping[str, str] = {
    "confirmed_thumb": "#1f6b4c",
    "confirmed_said": "#3f9270",
    "confirmed_silence": "#8cc7ab",
    "assumed": "#cdd3d6",
    "refused": "#e0a04f",
    "handed_off": "#5b86b8",
    "abandoned": "#b0503f",
    "negative": "#c2553f",
    "neutral": "#d3d0c8",
    "positive": "#4c9a78",
}
MOODS = ("negative", "neutral", "positive")


def results_plot(report: Report) -> str:
    """Conversations by day and what became of them."""
    by_day = {day.day: {str(name): count for name, count in day.resolutions.items()} for day in report.board.days}
    return _stacked(report, COUNTED, by_day)


def mood_plot(report: Report) -> str:
    """Messages by day and mood."""
    by_day = {day.day: {mood: getattr(day.mood, mood) for mood in MOODS} for day in report.board.days}
    return _stacked(report, MOODS, by_day)


def _stacked(report: Report, names: Sequence[str], by_day: Mapping[date, Mapping[str, int]]) -> str:
    from matplotlib.figure import Figure

    days = [report.filters.start + timedelta(days=place) for place in range(report.filters.days)]
    figure = Figure(figsize=(7.6, 2.3), layout="constrained")
    axes = figure.subplots()
    under = [0] * len(days)
    for name in names:
        values = [by_day.get(day, {}).get(name, 0) for day in days]
        axes.bar(range(len(days)), values, bottom=under, color=COLOURS[name], width=0.78)
        under = [low + value for low, value in zip(under, values, strict=True)]
    every = max(1, len(days) // 10)
    axes.set_xticks(range(0, len(days), every), [f"{day.month}-{day.day:02}" for day in days[::every]], fontsize=8)
    axes.tick_params(axis="y", labelsize=8, length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.grid(axis="y", color="#e2dfd8", linewidth=0.8)
    axes.set_axisbelow(True)
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return drawn.getvalue()[drawn.getvalue().index("<svg") :]
