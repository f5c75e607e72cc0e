"""School: lessons through their exam into what the bot answers, and out of it again."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Protocol

from bot.answering.answerer import Answerer
from bot.answering.curated import Curated, CuratedBook
from bot.answering.text_vectors import RememberingEmbedder
from bot.errors import Conflict
from bot.learning.golden import read_golden
from bot.teaching.exam import ExamQuestion, ExamReport, Side, golden_of, judged_of, sit_exam
from bot.teaching.faq_entries import DESK_SOURCE, entry_documents, without_entry
from bot.teaching.lessons import LessonBook, LessonDraft, LessonView, curated_of, require_approver
from bot.teaching.verdicts import VerdictBook
from knowledge.documents import Chunk, Document
from knowledge.embedding import Embedder
from knowledge.evaluation.golden import QUESTIONS
from knowledge.ingest_report import IngestProgress, IngestReport
from knowledge.library import Library
from knowledge.profile import Profiles
from knowledge.search import Searcher
from knowledge.sources.names import stem_of
from knowledge.trial import trial_chunks
from knowledge.versions import KnowledgeVersions

Tell = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and of how much."""

_EMBEDDED_AT_ONCE = 128


class Workshop(Protocol):
    """What publishing needs of the whole bot; `Shopclerk` is the real one."""

    @property
    def searcher(self) -> Searcher:
        """Finds passages in what is published."""
        ...

    @property
    def versions(self) -> KnowledgeVersions:
        """Which knowledge answers."""
        ...

    @property
    def profiles(self) -> Profiles:
        """The shops' names and voices."""
        ...

    @property
    def embedder(self) -> Embedder:
        """Turns texts into vectors."""
        ...

    def trial(self, chunks: Sequence[Chunk], shop: str, embedder: Embedder) -> Searcher:
        """Finds passages in these chunks."""
        ...

    def quoting(self, searcher: Searcher, curated: CuratedBook, embedder: Embedder) -> Answerer:
        """Answers by quoting what it finds there, and by these curated answers."""
        ...

    def put(
        self,
        source: str,
        documents: Sequence[Document],
        *,
        shop: str,
        base: int | None,
        on_progress: Callable[[IngestProgress], None] | None = None,
    ) -> IngestReport:
        """Publish a source that no file holds."""
        ...


@dataclass(frozen=True)
class Outcome:
    """What came of an approval: published, or refused because of what the exam says."""

    published: bool
    lesson: LessonView
    exam: ExamReport


class School:
    """Examines and publishes lessons, one at a time.

    Args:
        workshop: the bot.
        lessons: where they are kept.
        verdicts: what staff say of replies.
        library: what is published.
        golden: the golden questions; only their dev split is asked.
    """

    def __init__(
        self,
        workshop: Workshop,
        *,
        lessons: LessonBook,
        verdicts: VerdictBook,
        library: Library,
        golden: Path = QUESTIONS,
    ) -> None:
        self._workshop, self._lessons, self._verdicts = workshop, lessons, verdicts
        self._library, self._golden = library, golden
        self._alone = threading.Lock()
        self._examined: dict[str, _Examined] = {}

    def approve(self, lesson_id: str, *, by: str, tell: Tell = lambda _stage, _done, _total: None) -> Outcome:
        """Publish a lesson if no answer gets worse by it.

        Raises:
            Conflict: it does not wait for approval, or the knowledge changed meanwhile.
            NotPermitted: they wrote it themselves.
        """
        with self._alone:
            lesson = self._lessons.get(lesson_id)
            require_approver(lesson, by)
            base = self._workshop.versions.active(lesson.shop)
            exam = self.examine(lesson, tell=tell)
            if exam.worse:
                return Outcome(False, self._lessons.examined(lesson.id, exam.as_json(), by=by), exam)
            require_approver(self._lessons.get(lesson_id), by)
            version = None
            if lesson.kind == "faq":
                version = self._put(lesson, entry_documents(lesson, self._desk(lesson.shop, base)), base, tell)
            published = self._lessons.publish(
                lesson.id, by=by, exam=exam.as_json(), base=base if lesson.kind == "faq" else None, version=version
            )
            return Outcome(True, published, exam)

    def examine(self, lesson: LessonView, *, tell: Tell = lambda _stage, _done, _total: None) -> ExamReport:
        """What the lesson would change in the answers to golden and judged questions; publishes nothing.

        The same lesson amid the same knowledge, lessons, verdicts and day is not examined twice.
        """
        tell("reading", 0, 1)
        base = self._workshop.versions.active(lesson.shop)
        chunks = self._workshop.versions.chunks(lesson.shop, base) if base is not None else []
        questions = self._questions(lesson.shop, chunks)
        of = (_content(lesson), base, self._lessons.state(lesson.shop), questions, datetime.now(UTC).date())
        known = self._examined.get(lesson.id)
        if known is None or known.of != of:
            report = self._sat(lesson, base, chunks, questions, tell)
            known = self._examined[lesson.id] = _Examined(of, report)
        return known.report

    def _sat(
        self, lesson: LessonView, base: int | None, chunks: Sequence[Chunk], questions: list[ExamQuestion], tell: Tell
    ) -> ExamReport:
        shop, workshop = lesson.shop, self._workshop
        texts = [way for question in questions for way in question.ways]
        for start in range(0, len(texts), _EMBEDDED_AT_ONCE):
            tell("embedding", start, len(texts))
            self._embedder.embed_questions(texts[start : start + _EMBEDDED_AT_ONCE])
        now = workshop.trial(chunks, shop, self._embedder)
        before = after = Side(workshop.quoting(now, self._lessons, self._embedder), now)
        if lesson.kind == "faq":
            documents = entry_documents(lesson, self._desk(shop, base))
            then = workshop.trial(trial_chunks(chunks, DESK_SOURCE, documents), shop, self._embedder)
            there = {stem_of(chunk.source) for chunk in chunks}
            before = replace(before, changed=_changed(lesson) & there)
            after = Side(workshop.quoting(then, self._lessons, self._embedder), then, _changed(lesson))
        else:
            after = Side(workshop.quoting(now, _With(self._lessons, lesson), self._embedder), now)
        return sit_exam(
            questions,
            before,
            after,
            shop=shop,
            profile=workshop.profiles.get(shop),
            tell=lambda done, total: tell("examining", done, total),
        )

    @cached_property
    def _embedder(self) -> RememberingEmbedder:
        """Remembers, from one exam to the next, the questions and the sentences that answers are chosen from."""
        return RememberingEmbedder(self._workshop.embedder)

    def end(self, lesson_id: str, *, by: str, tell: Tell = lambda _stage, _done, _total: None) -> LessonView:
        """Take a live lesson out of what the bot answers, with the version before where nothing came after it.

        Raises:
            Conflict: it is not live.
        """
        with self._alone:
            lesson = self._lessons.get(lesson_id)
            if lesson.state != "live":
                raise Conflict(f"This lesson is {lesson.state!r}; only a live one can be taken back.")
            if lesson.kind == "faq" and self.in_force(lesson):
                self._unpublish(lesson, tell)
            return self._lessons.retire(lesson_id, by=by)

    def in_force(self, lesson: LessonView) -> bool:
        """Whether the bot answers by it at present; a rollback of the knowledge takes entries out, too."""
        if lesson.kind == "curated" or lesson.state != "live":
            return lesson.state == "live"
        active = self._workshop.versions.active(lesson.shop)
        source = f"{DESK_SOURCE}#{lesson.id}"
        return active is not None and self._library.entry(lesson.shop, active, source) is not None

    def _unpublish(self, lesson: LessonView, tell: Tell) -> None:
        versions = self._workshop.versions
        active = versions.active(lesson.shop)
        kept = {info.number for info in versions.list(lesson.shop)}
        if active == lesson.version and lesson.base in kept:
            versions.rollback(lesson.shop, lesson.base)
            self._workshop.searcher.refresh(lesson.shop)
        else:
            self._put(lesson, without_entry(lesson, self._desk(lesson.shop, active)), active, tell)

    def _put(self, lesson: LessonView, documents: Sequence[Document], base: int | None, tell: Tell) -> int | None:
        report = self._workshop.put(
            DESK_SOURCE,
            documents,
            shop=lesson.shop,
            base=base,
            on_progress=lambda step: tell(step.stage, step.done, step.total),
        )
        return report.version

    def _desk(self, shop: str, version: int | None) -> list[Document]:
        return [] if version is None else self._library.texts(shop, version, file=DESK_SOURCE)

    def _questions(self, shop: str, chunks: Sequence[Chunk]) -> list[ExamQuestion]:
        golden = golden_of(read_golden(self._golden, split="dev"), chunks)
        return [*golden, *judged_of(self._verdicts.list(shop))]


@dataclass(frozen=True)
class _Examined:
    """A report, and all that it depends on."""

    of: tuple[object, ...]
    report: ExamReport


class _With:
    """The live curated answers with a lesson among them, in the place of what it replaces (a CuratedBook)."""

    def __init__(self, lessons: LessonBook, lesson: LessonView) -> None:
        self._lessons, self._lesson = lessons, lesson

    def state(self, shop: str) -> tuple[object, str]:
        """As that of the live ones."""
        return self._lessons.state(shop), self._lesson.id

    def approved(self, shop: str) -> list[Curated]:
        """All of them."""
        gone = {self._lesson.id, self._lesson.replaces}
        return [*(one for one in self._lessons.approved(shop) if one.id not in gone), curated_of(self._lesson)]


def _content(lesson: LessonView) -> tuple[object, ...]:
    """What the lesson says, whoever wrote it and wherever it stands."""
    return tuple(getattr(lesson, field.name) for field in fields(LessonDraft))


def _changed(lesson: LessonView) -> frozenset[str]:
    """Stems of the sources that a FAQ entry brings or stands for."""
    return frozenset({f"{DESK_SOURCE}#{lesson.id}", *([stem_of(lesson.replaces)] if lesson.replaces else [])})
