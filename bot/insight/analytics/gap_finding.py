"""GapFinder: groups the questions that were left open, and names each group; done beside the talk, never during it."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, or_, select, update

from bot.answering.several import SOME
from bot.conversation.tables import Message, TurnTrace
from bot.insight.analytics.filters import turns
from bot.insight.analytics.grouping import group, key_words, most_typical
from bot.insight.analytics.tables import ContentGap, GapQuestion
from knowledge.embedding import Embedder, across_languages
from knowledge.tables import DocumentRow

log = logging.getLogger(__name__)

WINDOW_DAYS = 90
MOST_QUESTIONS = 3_000
"""The newest so many of a shop are grouped: time and memory grow with their square."""

LEAST_QUESTIONS = 2
PAGES = 3
EMBEDDED_AT_ONCE = 64

NOT_ABOUT_CONTENT = ("unclear", "injection", "too_long", "order_not_found", "order_attempts_used_up")
"""Reasons of refusals that no page could mend."""

_gaps, _open = ContentGap.__table__, GapQuestion.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_messages, _traces = Message.__table__, TurnTrace.__table__  # type: ignore[attr-defined]  # as above
_documents = DocumentRow.__table__  # type: ignore[attr-defined]  # as above


@dataclass(frozen=True)
class _Open:
    """One question left open, with what search found nearest."""

    message_id: str
    question_id: str
    key: int
    text: str
    vector: np.ndarray
    passages: Sequence[dict[str, Any]]


class GapFinder:
    """Keeps `content_gap` and `gap_question` in step with `turn_summary`.

    A question is open when its reply was refused, for a reason that a page could mend, or has a thumb down.

    Args:
        engine: the migrated database.
        embedder: turns questions into vectors.
        now: the present time.
    """

    def __init__(
        self, engine: Engine, embedder: Embedder, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine, self._embedder, self._now = engine, embedder, now

    def refresh(self, *, stop: Callable[[], bool] = lambda: False) -> int:
        """Group anew where questions were left open, or answered after all, since the last time.

        Args:
            stop: asked between batches; what is embedded by then stays.

        Returns:
            How many shops were grouped anew.
        """
        since = self._now() - timedelta(days=WINDOW_DAYS)
        with self._engine.begin() as connection:
            closed = connection.execute(delete(_open).where(_open.c.message_id.not_in(_left_open(since)))).rowcount
            new = connection.execute(_without_vector(since, self._embedder.name)).all()
            shops = {row.shop for row in new}
            if closed:
                shops |= set(connection.execute(select(_open.c.shop).distinct()).scalars())
                shops |= set(connection.execute(select(_gaps.c.shop).distinct()).scalars())
        for start in range(0, len(new), EMBEDDED_AT_ONCE):
            if stop():
                return 0
            self._embed(new[start : start + EMBEDDED_AT_ONCE])
        for shop in sorted(shops):
            self._group(shop)
        return len(shops)

    def _embed(self, rows: Sequence[Any]) -> None:
        texts = [row.question or row.text for row in rows]
        vectors = across_languages(self._embedder.name, self._embedder.embed_questions(texts))
        values = [
            {
                "message_id": row.message_id,
                "shop": row.shop,
                "gap_id": "",
                "embedder": self._embedder.name,
                "vector": vector.astype(np.float16).tobytes(),
            }
            for row, vector in zip(rows, vectors, strict=True)
        ]
        with self._engine.begin() as connection:
            connection.execute(delete(_open).where(_open.c.message_id.in_([row.message_id for row in rows])))
            connection.execute(insert(_open), values)

    def _group(self, shop: str) -> None:
        with self._engine.connect() as connection:
            questions = _open_questions(connection, shop)
            titles = _titles(connection, shop)
        gaps, members = _gaps_of(shop, questions, titles, self._now())
        with self._engine.begin() as connection:
            connection.execute(delete(_gaps).where(_gaps.c.shop == shop))
            connection.execute(update(_open).where(_open.c.shop == shop).values(gap_id=""))
            if gaps:
                connection.execute(insert(_gaps), [gap.model_dump() for gap in gaps])
                connection.execute(
                    update(_open).where(_open.c.message_id == bindparam("of")).values(gap_id=bindparam("to")), members
                )


def _left_open(since: datetime) -> Any:
    """Ids of replies that left their question open."""
    return (
        select(turns.c.message_id)
        .join(_traces, _traces.c.message_id == turns.c.message_id)
        .where(
            turns.c.day >= since.date(),
            or_(
                turns.c.rating < 0,
                (turns.c.outcome == "refused") & _traces.c.reason.not_in(NOT_ABOUT_CONTENT),
                _traces.c.reason == SOME,
            ),
        )
    )


def _without_vector(since: datetime, embedder: str) -> Any:
    """Open questions that this embedder has not seen."""
    return (
        select(turns.c.message_id, turns.c.shop, _messages.c.text, _traces.c.question)
        .join(_messages, _messages.c.id == turns.c.question_id)
        .join(_traces, _traces.c.message_id == turns.c.message_id)
        .outerjoin(_open, (_open.c.message_id == turns.c.message_id) & (_open.c.embedder == embedder))
        .where(turns.c.message_id.in_(_left_open(since)), _open.c.message_id.is_(None))
        .order_by(turns.c.message_id)
    )


def _open_questions(connection: Connection, shop: str) -> list[_Open]:
    """The newest open questions; in an order that does not change from one time to the next."""
    rows = connection.execute(
        select(
            _open.c.message_id, _open.c.vector, turns.c.question_id, turns.c.question_key, _messages.c.text,
            _traces.c.passages,
        )
        .join(turns, turns.c.message_id == _open.c.message_id)
        .join(_messages, _messages.c.id == turns.c.question_id)
        .join(_traces, _traces.c.message_id == _open.c.message_id)
        .where(_open.c.shop == shop)
        .order_by(turns.c.day.desc(), _open.c.message_id)
        .limit(MOST_QUESTIONS)
    )  # fmt: skip
    return [
        _Open(
            row.message_id,
            row.question_id,
            row.question_key,
            row.text,
            np.frombuffer(row.vector, dtype=np.float16).astype(np.float32),
            row.passages or (),
        )
        for row in rows
    ]


def _titles(connection: Connection, shop: str) -> dict[str, str]:
    """The title of each source that the shop knows."""
    rows = connection.execute(
        select(_documents.c.source, func.min(_documents.c.title).label("title"))
        .where(_documents.c.shop == shop)
        .group_by(_documents.c.source)
        .having(func.count() == 1)
    )
    return {row.source: row.title for row in rows}


def _gaps_of(
    shop: str, questions: Sequence[_Open], titles: dict[str, str], now: datetime
) -> tuple[list[ContentGap], list[dict[str, str]]]:
    """The gaps, and which reply is in which."""
    wordings: dict[int, list[_Open]] = {}
    for question in questions:
        wordings.setdefault(question.key, []).append(question)
    # One vector a wording: the same words asked fifty times are one point, not fifty.
    vectors = np.stack([same[0].vector for same in wordings.values()]) if wordings else np.zeros((0, 1), np.float32)
    groups: dict[int, list[int]] = {}
    for place, number in enumerate(group(vectors)):
        groups.setdefault(int(number), []).append(place)
    by_wording = list(wordings.values())
    kept = [places for places in groups.values() if sum(len(by_wording[one]) for one in places) >= LEAST_QUESTIONS]
    names = key_words([[by_wording[place][0].text for place in places] for places in kept])
    gaps, members = [], []
    for places, words in zip(kept, names, strict=True):
        weights = [len(by_wording[place]) for place in places]
        typical = by_wording[places[most_typical(vectors[places], weights)]][0]
        inside = [question for place in places for question in by_wording[place]]
        gaps.append(
            ContentGap(
                id=typical.message_id,
                shop=shop,
                question_id=typical.question_id,
                keywords=list(words),
                pages=_nearest_pages(inside, titles),
                made_at=now,
            )
        )
        members += [{"of": question.message_id, "to": typical.message_id} for question in inside]
    return gaps, members


def _nearest_pages(questions: Sequence[_Open], titles: dict[str, str]) -> list[dict[str, Any]]:
    """The pages that search found nearest most often, with the best score that each had."""
    counts: Counter[str] = Counter()
    scores: dict[str, float] = {}
    for question in questions:
        for source in dict.fromkeys(passage["source"] for passage in question.passages[:PAGES]):
            counts[source] += 1
        for passage in question.passages[:PAGES]:
            scores[passage["source"]] = max(scores.get(passage["source"], 0.0), float(passage["score"]))
    best = sorted(counts, key=lambda source: (-counts[source], -scores[source], source))[:PAGES]
    return [
        {"source": source, "title": titles.get(source, ""), "count": counts[source], "score": round(scores[source], 3)}
        for source in best
    ]
