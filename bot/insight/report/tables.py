"""A report's tables: the same rows for every format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.insight.analytics.intervals import Share
from bot.insight.analytics.resolution import COUNTED
from bot.insight.analytics.speed import Waits
from bot.insight.report.gathering import Report
from bot.insight.report.wording import Words


@dataclass(frozen=True)
class Line:
    """One figure: its key for programs, its name for people, a count or time, and of how many where it is a share."""

    key: str
    name: str
    value: int
    of: int | None = None
    unit: str = ""

    @property
    def share(self) -> Share | None:
        """Value of `of`."""
        return None if self.of is None else Share(self.value, self.of)


@dataclass(frozen=True)
class Table:
    """Lines under one heading."""

    key: str
    title: str
    lines: Sequence[Line]


def tables(report: Report, say: Words) -> list[Table]:
    """Every table that has a line."""
    made = (
        ("results", _results(report, say)),
        ("mood", _mood(report, say)),
        ("feelings", _feelings(report, say)),
        ("gaps", (Line(gap.id, gap.question or " · ".join(gap.keywords), gap.count) for gap in report.gaps)),
        ("questions", (Line(str(one.key), one.text, one.count) for one in report.replies.top)),
        ("replies", _counts(report.replies.by_gear, "gears", say)),
        ("waiting", _waiting(report, say)),
        ("languages", _counts(report.board.languages, "languages", say)),
    )
    found = [Table(key, say.say(f"table_{key}"), list(lines)) for key, lines in made]
    return [table for table in found if table.lines]


def _results(report: Report, say: Words) -> Iterator[Line]:
    board = report.board
    if not board.counted:
        return
    shares = {"confirmed": board.confirmed} | {name: board.share(name) for name in COUNTED}
    for name, share in (shares | {"came_back": board.returned}).items():
        yield Line(name, say.name("names", name), share.count, share.total)


def _mood(report: Report, say: Words) -> Iterator[Line]:
    mood = report.board.mood
    for label in ("negative", "neutral", "positive") if mood.total else ():
        yield Line(label, say.say(label), getattr(mood, label), mood.total)


def _feelings(report: Report, say: Words) -> Iterator[Line]:
    for cell in report.cells:
        product = report.title(cell.product_id) if cell.product_id else say.say("no_product")
        name = f"{product} · {say.name('aspects', cell.aspect)} · {say.say('negative')}"
        yield Line(f"{cell.product_id}/{cell.aspect}", name, cell.mood.negative, cell.mood.total)


def _counts(counts: Mapping[str, int], kind: str, say: Words) -> Iterator[Line]:
    total = sum(counts.values())
    for name, count in counts.items():
        yield Line(name, say.name(kind, name), count, total)


def _waiting(report: Report, say: Words) -> Iterator[Line]:
    waits: dict[str, Waits | None] = {
        "first_words": report.waiting.first_token.overall,
        "whole_reply": report.waiting.whole.overall,
    }
    for key, one in waits.items():
        if one:
            what = say.say(key)
            yield Line(f"{key}_p50", say.say("within", what=what, share=say.say("half")), one.p50_ms, unit="ms")
            yield Line(f"{key}_p95", say.say("within", what=what, share=say.say("most")), one.p95_ms, unit="ms")
