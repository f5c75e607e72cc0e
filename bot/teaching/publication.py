"""School: lessons through their exam into what the bot answers, and out of it again."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.answering.answerer import Answerer
from bot.answering.curated import Curated, CuratedBook
from bot.errors import Conflict
from bot.learning.golden import read_golden
from bot.teaching.exam import ExamQuestion, ExamReport, Side, golden_of, judged_of, sit_exam
from bot.teaching.faq_entries import DESK_SOURCE, entry_documents, without_entry
from bot.teaching.lessons import LessonBook, LessonView, curated_of, require_approver
from bot.teaching.verdicts import VerdictBook
from knowledge.documents import Chunk, Document
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

    def trial(self, chunks: Sequence[Chunk], shop: str) -> Searcher:
        """Finds passages in these chunks."""
        ...

    def quoting(self, searcher: Searcher, curated: CuratedBook) -> Answerer:
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
        """What the lesson would change in the answers to golden and judged questions; publishes nothing."""
        shop, workshop = lesson.shop, self._workshop
        tell("reading", 0, 1)
        base = workshop.versions.active(shop)
        chunks = workshop.versions.chunks(shop, base) if base is not None else []
        before = Side(workshop.quoting(workshop.searcher, self._lessons), workshop.searcher)
        changed: frozenset[str] = frozenset()
        if lesson.kind == "faq":
            documents = entry_documents(lesson, self._desk(shop, base))
            changed = _changed(lesson)
            searcher = workshop.trial(trial_chunks(chunks, DESK_SOURCE, documents), shop)
            after = Side(workshop.quoting(searcher, self._lessons), searcher)
        else:
            after = Side(workshop.quoting(workshop.searcher, _With(self._lessons, lesson)), workshop.searcher)
        return sit_exam(
            self._questions(shop, chunks),
            before,
            after,
            shop=shop,
            profile=workshop.profiles.get(shop),
            changed=changed,
            tell=lambda done, total: tell("examining", done, total),
        )

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


def _changed(lesson: LessonView) -> frozenset[str]:
    """Stems of the sources that a FAQ entry brings or stands for."""
    return frozenset({f"{DESK_SOURCE}#{lesson.id}", *([stem_of(lesson.replaces)] if lesson.replaces else [])})
