"""What a report says in plain sentences; each is computed from its figures, and none says more than they do."""

from collections.abc import Iterator

from bot.insight.alerts.rules import Comparison
from bot.insight.alerts.saying import sentence
from bot.insight.report.gathering import Report
from bot.insight.report.wording import Words, interval, percent, seconds, words

CLEARLY = 0.025
"""Chance below which a rise or fall is called clear, on each side."""


def sentences(report: Report, language: str) -> list[str]:
    """The report in sentences; one only when there is nothing to tell."""
    say = words(language)
    if report.empty:
        return [say.say("empty", start=report.filters.start, end=report.filters.end)]
    return [
        *(_conversations(report, say) if report.board.counted else ()),
        *_feelings(report, say),
        *_gaps(report, say),
        *_times(report, say),
        *_alerts(report, say, language),
    ]


def _conversations(report: Report, say: Words) -> Iterator[str]:
    board, before = report.board, report.before
    count, usual = board.counted, before.counted
    if usual and count != usual:
        change = percent(abs(count - usual) / usual)
        key = "held_more" if count > usual else "held_less"
        yield say.say(key, count=f"{count:,}", change=change, days=report.filters.days, before=f"{usual:,}")
    else:
        yield say.say("held", count=f"{count:,}")
    share = board.confirmed
    assumed = percent(board.share("assumed").value)
    yield say.say("resolved", share=percent(share.value), range=interval(share), assumed=assumed)
    if usual:
        yield say.say(_change(report), before=percent(before.confirmed.value))
    yield say.say(
        "unresolved",
        **{name: percent(board.share(name).value) for name in ("refused", "handed_off", "abandoned")},
    )
    if board.satisfied.total:
        rated = board.satisfied
        yield say.say("rated", rated=f"{rated.total:,}", share=percent(rated.value), range=interval(rated))


def _change(report: Report) -> str:
    now, then = report.board.confirmed, report.before.confirmed
    rise = Comparison(now.count, now.total, then.count, then.total).p_value
    return "resolved_up" if rise < CLEARLY else "resolved_down" if rise > 1 - CLEARLY else "resolved_same"


def _feelings(report: Report, say: Words) -> Iterator[str]:
    mood = report.board.mood
    if mood.total:
        share = mood.negative_share
        yield say.say("mood", share=percent(share.value), total=f"{mood.total:,}", range=interval(share))
    if report.cells:
        worst = report.cells[0]
        yield say.say(
            "worst" if worst.product_id else "worst_none",
            aspect=say.name("aspects", worst.aspect),
            product=report.title(worst.product_id),
            count=f"{worst.mood.negative:,}",
            total=f"{worst.mood.total:,}",
        )


def _gaps(report: Report, say: Words) -> Iterator[str]:
    named = [gap for gap in report.gaps if gap.question]
    if named:
        yield say.say("gap", question=named[0].question, count=f"{named[0].count:,}")


def _times(report: Report, say: Words) -> Iterator[str]:
    first = report.waiting.first_token.overall
    if first:
        yield say.say("waiting", p50=seconds(first.p50_ms), p95=seconds(first.p95_ms))
    if report.hours:
        hour = max(report.hours, key=lambda one: (report.hours[one], -one))
        day = say.by_key["weekdays"][hour // 24]
        yield say.say("busiest", day=day, to=hour % 24 + 1, time_zone=report.time_zone, **{"from": hour % 24})


def _alerts(report: Report, say: Words, language: str) -> Iterator[str]:
    if report.alerts:
        yield say.say("alerts", count=len(report.alerts))
    yield from (sentence(alert, language, subject=report.title(alert.subject)) for alert in report.alerts)
