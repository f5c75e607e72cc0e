"""Figures as pages and programs read them: pure functions, one place for each shape."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.insight.alerts.saying import sentence
from bot.insight.alerts.watch import AlertView
from bot.insight.analytics.behind import Behind
from bot.insight.analytics.feelings import Cell, Quote
from bot.insight.analytics.figures import Known, Replies, Waiting
from bot.insight.analytics.gaps import Gap
from bot.insight.analytics.intervals import Share
from bot.insight.analytics.resolution import COUNTED
from bot.insight.analytics.scoreboard import Mood, Scoreboard
from bot.insight.analytics.speed import Speed, Waits
from bot.insight.analytics.voices import Voice


def known_json(known: Known, today: str) -> dict[str, Any]:
    """What filters can be set to."""
    return {
        "today": today,
        "first_day": known.first_day.isoformat() if known.first_day else None,
        "last_day": known.last_day.isoformat() if known.last_day else None,
        "time_zone": known.time_zone,
        "products": [{"id": product, "title": title} for product, title in known.products.items()],
    }


def share_json(share: Share) -> dict[str, Any]:
    """A share with its 95 % interval."""
    low, high = share.interval or (None, None)
    return {"count": share.count, "total": share.total, "value": share.value, "low": low, "high": high}


def scoreboard_json(board: Scoreboard, hours: Mapping[int, int]) -> dict[str, Any]:
    """What has become of conversations."""
    return {
        "counted": board.counted,
        "shares": {name: share_json(board.share(name)) for name in COUNTED}
        | {"confirmed": share_json(board.confirmed), "came_back": share_json(board.returned)},
        "under_way": board.resolutions.get("under_way", 0),
        "chat": board.resolutions.get("chat", 0),
        "thumbs": {"up": board.thumbs_up, "down": board.thumbs_down},
        "satisfied": share_json(board.satisfied),
        "predicted": board.predicted,
        "mood": _mood_json(board.mood) | {"negative_share": share_json(board.mood.negative_share)},
        "languages": dict(board.languages),
        "days": [
            {
                "day": day.day.isoformat(),
                "conversations": day.conversations,
                "resolutions": {name: day.resolutions.get(name, 0) for name in COUNTED},
                "mood": _mood_json(day.mood),
            }
            for day in board.days
        ],
        "week_hours": [hours.get(hour, 0) for hour in range(168)],
    }


def replies_json(replies: Replies) -> dict[str, Any]:
    """How the bot replied."""
    return {
        "gears": dict(replies.by_gear),
        "outcomes": dict(replies.by_outcome),
        "top": [
            {
                "text": asked.text,
                "key": str(asked.key),  # greater than what a number holds exactly in a browser
                "count": asked.count,
                "unanswered": asked.unanswered,
                "rated_bad": asked.rated_bad,
            }
            for asked in replies.top
        ],
    }


def waiting_json(waiting: Waiting) -> dict[str, Any]:
    """How long shoppers waited."""
    return {"first_token": _speed_json(waiting.first_token), "whole": _speed_json(waiting.whole)}


def feelings_json(cells: Sequence[Cell], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Aspects by product."""
    return [
        {
            "product_id": cell.product_id,
            "title": titles.get(cell.product_id, cell.product_id),
            "aspect": cell.aspect,
            "chats": _mood_json(cell.chats),
            "reviews": _mood_json(cell.reviews),
            "negative_share": share_json(cell.mood.negative_share),
        }
        for cell in cells
    ]


def voice_json(voice: Voice) -> dict[str, Any]:
    """What is said of one aspect, in the two halves of the range and in shoppers' own words."""
    return {
        "earlier": share_json(voice.earlier.negative_share),
        "later": share_json(voice.later.negative_share),
        "trend": voice.trend,
        "quotes": quotes_json(voice.quotes),
    }


def quotes_json(quotes: Sequence[Quote]) -> list[dict[str, Any]]:
    """Shoppers' own words."""
    return [
        {
            "text": quote.text,
            "product_id": quote.product_id,
            "aspect": quote.aspect,
            "conversation_id": quote.conversation_id or None,
            "review_id": quote.review_id or None,
        }
        for quote in quotes
    ]


def gaps_json(gaps: Sequence[Gap], single: int) -> dict[str, Any]:
    """Content gaps, and how many open questions are in none."""
    return {
        "gaps": [
            {
                "id": gap.id,
                "question": gap.question,
                "keywords": list(gap.keywords),
                "pages": [
                    {"source": page.source, "title": page.title, "count": page.count, "score": page.score}
                    for page in gap.pages
                ],
                "count": gap.count,
                "unanswered": gap.unanswered,
                "rated_bad": gap.rated_bad,
                "days": {day.isoformat(): count for day, count in gap.by_day.items()},
            }
            for gap in gaps
        ],
        "single": single,
    }


def alerts_json(alerts: Sequence[AlertView], language: str, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Alerts, each with its sentence."""
    return [
        {
            "id": alert.id,
            "kind": alert.kind,
            "product_id": alert.subject or None,
            "sentence": sentence(alert, language, subject=titles.get(alert.subject, "")),
            "p_value": alert.comparison.p_value,
            "raised_at": alert.raised_at.isoformat(),
            "ended_at": alert.ended_at.isoformat() if alert.ended_at else None,
            "recent_days": max(1, round(alert.rule.recent.total_seconds() / 86400)),
        }
        for alert in alerts
    ]


def behind_json(behind: Behind) -> dict[str, Any]:
    """The conversations behind a figure."""
    return {
        "total": behind.total,
        "conversations": [
            {
                "id": line.conversation_id,
                "began_at": line.began_at.isoformat(),
                "language": line.language,
                "resolution": line.resolution,
                "question": line.question,
                "questions": line.questions,
                "negative": line.negative,
                "positive": line.positive,
                "last_thumb": line.last_thumb,
            }
            for line in behind.lines
        ],
    }


def _mood_json(mood: Mood) -> dict[str, Any]:
    return {"negative": mood.negative, "neutral": mood.neutral, "positive": mood.positive}


def _speed_json(speed: Speed) -> dict[str, Any]:
    return {
        "overall": _waits_json(speed.overall) if speed.overall else None,
        "days": [{"day": day.isoformat(), **_waits_json(waits)} for day, waits in speed.by_day.items()],
    }


def _waits_json(waits: Waits) -> dict[str, int]:
    return {"replies": waits.replies, "p50_ms": waits.p50_ms, "p95_ms": waits.p95_ms}
