"""LessonBook: curated answers and FAQ entries from draft to publication; a second person approves each.

draft ─ submit ─▶ waiting ─ approve ─▶ live ─ retire ─▶ retired
  ▲                  │ take back, reject (with a note)
  └──── edit ────────┘
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, cast
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from bot.answering.curated import Curated
from bot.answering.language import LANGUAGES
from bot.conversation.privacy import mask
from bot.errors import Conflict, InvalidInput, NotFound, NotPermitted
from bot.reply import Citation
from bot.staff.audit import AuditLog
from bot.teaching.tables import Lesson

Kind = Literal["curated", "faq"]
State = Literal["draft", "waiting", "live", "retired", "rejected"]

QUESTIONS = 30  # in one language
QUESTION_CHARACTERS = 500
ANSWER_CHARACTERS = 8000
NOTE_CHARACTERS = 1000


@dataclass(frozen=True)
class LessonDraft:
    """What staff write.

    Attributes:
        questions: ways to ask, by language; of a FAQ entry the first of each language is its title.
        answers: by language; each language with a question has one, and the other way round.
        citations: of a curated answer.
        valid_from, valid_until: inclusive.
        replaces: of a curated answer the id of the live one that it takes the place of; of a FAQ entry the source that
            it stands for, `faq.csv#12` or another entry of the desk.
        message_id: the reply that gave occasion.
    """

    kind: Kind
    questions: Mapping[str, Sequence[str]]
    answers: Mapping[str, str]
    citations: Sequence[Citation] = ()
    category: str = ""
    url: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    replaces: str = ""
    message_id: str | None = None


@dataclass(frozen=True)
class LessonView:
    """A lesson as others see it; see `tables.Lesson` for the meaning of each field."""

    id: str
    shop: str
    kind: Kind
    state: State
    questions: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, str]
    citations: tuple[Citation, ...]
    category: str
    url: str | None
    valid_from: date | None
    valid_until: date | None
    replaces: str
    message_id: str | None
    author: str
    reviewer: str
    note: str
    exam: Mapping[str, Any] | None
    base: int | None
    version: int | None
    revision: int
    created_at: datetime
    updated_at: datetime

    @property
    def title(self) -> str:
        """Its first question, in whatever language."""
        return next((said[0] for said in self.questions.values() if said), "")


class LessonBook:
    """The lessons of all shops (a CuratedBook); every method is one short transaction that writes its audit entry."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, shop: str, draft: LessonDraft, *, by: str) -> LessonView:
        """Keep a new draft.

        Raises:
            InvalidInput: something in it cannot be used.
        """
        now = datetime.now(UTC)
        row = Lesson(id=uuid4().hex, shop=shop, author=by, created_at=now, updated_at=now, **_checked(draft))
        with Session(self._engine, expire_on_commit=False) as session:
            session.add(row)
            AuditLog.append(session, by, "lesson.draft", row.id, {"shop": shop, "kind": row.kind})
            session.commit()
            session.refresh(row)
        return _view(row)

    def edit(self, lesson_id: str, draft: LessonDraft, *, by: str, revision: int) -> LessonView:
        """Change a draft, or make a rejected one a draft again.

        Raises:
            Conflict: it is not to be edited now, or somebody else has changed it since.
        """
        with Session(self._engine, expire_on_commit=False) as session:
            row = _locked(session, lesson_id, revision)
            _require(row, "draft", "rejected")
            for name, value in _checked(draft).items():
                setattr(row, name, value)
            row.state, row.note, row.exam, row.author = "draft", "", None, by
            return self._saved(session, row, by, "lesson.edit")

    def submit(self, lesson_id: str, *, by: str, revision: int) -> LessonView:
        """Ask a second person to approve it."""
        return self._moved(lesson_id, revision, ("draft",), "waiting", by, "lesson.submit")

    def take_back(self, lesson_id: str, *, by: str, revision: int) -> LessonView:
        """Make it a draft again."""
        return self._moved(lesson_id, revision, ("waiting",), "draft", by, "lesson.take_back")

    def reject(self, lesson_id: str, *, by: str, revision: int, note: str) -> LessonView:
        """Send it back with a note on what is wrong."""
        if not note.strip():
            raise InvalidInput("A rejection needs a note, so that its author knows what to change.")
        note = note.strip()[:NOTE_CHARACTERS]
        return self._moved(lesson_id, revision, ("waiting",), "rejected", by, "lesson.reject", note=note)

    def examined(self, lesson_id: str, exam: Mapping[str, Any], *, by: str) -> LessonView:
        """Keep what the exam said, of a lesson that is not published for it."""
        with Session(self._engine, expire_on_commit=False) as session:
            row = _locked(session, lesson_id, None)
            row.exam = dict(exam)
            return self._saved(session, row, by, "lesson.refuse")

    def publish(
        self,
        lesson_id: str,
        *,
        by: str,
        exam: Mapping[str, Any],
        base: int | None = None,
        version: int | None = None,
    ) -> LessonView:
        """Make it live, and retire the one that it takes the place of; `require_approver` was asked before.

        Raises:
            Conflict: it no longer waits.
        """
        with Session(self._engine, expire_on_commit=False) as session:
            row = _locked(session, lesson_id, None)
            _require(row, "waiting", "live")
            before = session.get(Lesson, _replaced_lesson(row)) if row.replaces else None
            if before is not None and before.state == "live" and before.id != row.id:
                before.state, before.updated_at, before.revision = "retired", datetime.now(UTC), before.revision + 1
                session.add(before)
            row.state, row.reviewer, row.exam, row.base, row.version = "live", by, dict(exam), base, version
            return self._saved(session, row, by, "lesson.publish", version=version)

    def retire(self, lesson_id: str, *, by: str, revision: int | None = None) -> LessonView:
        """End it: from the next question on it is not given any more."""
        return self._moved(lesson_id, revision, ("live",), "retired", by, "lesson.retire")

    def get(self, lesson_id: str) -> LessonView:
        """The lesson with this id.

        Raises:
            NotFound: there is none.
        """
        with Session(self._engine) as session:
            return _view(_existing(session, lesson_id))

    def list(
        self, shop: str, *, kind: str = "", state: str = "", words: str = "", message_id: str = ""
    ) -> list[LessonView]:
        """The lessons of a shop, the latest changed first."""
        query = select(Lesson).where(Lesson.shop == shop).order_by(col(Lesson.updated_at).desc())
        for column, value in ((Lesson.kind, kind), (Lesson.state, state), (Lesson.message_id, message_id)):
            if value:
                query = query.where(column == value)
        wanted = words.casefold().strip()
        with Session(self._engine) as session:
            found = [_view(row) for row in session.exec(query)]
        return [one for one in found if not wanted or wanted in _all_words(one)]

    @staticmethod
    def require_revision(lesson: LessonView, revision: int) -> None:
        """Refuse a step that was decided on another state of the lesson.

        Raises:
            Conflict: it is another by now.
        """
        if lesson.revision != revision:
            raise Conflict("Somebody else has changed this lesson meanwhile; load it again.")

    def counts(self, shop: str) -> Mapping[str, int]:
        """How many lessons are in each state."""
        query = select(Lesson.state, func.count()).where(Lesson.shop == shop).group_by(Lesson.state)
        with Session(self._engine) as session:
            return dict(session.exec(query).all())

    def state(self, shop: str) -> Hashable:
        """Another value whenever a live curated answer comes, changes or goes."""
        query = select(func.count(), func.max(Lesson.updated_at)).where(
            Lesson.shop == shop, Lesson.kind == "curated", Lesson.state == "live"
        )
        with self._engine.connect() as connection:
            return tuple(connection.execute(query).one())

    def approved(self, shop: str) -> Sequence[Curated]:
        """The live curated answers."""
        return [curated_of(one) for one in self.list(shop, kind="curated", state="live")]

    def _moved(
        self,
        lesson_id: str,
        revision: int | None,
        before: tuple[State, ...],
        after: State,
        by: str,
        action: str,
        note: str | None = None,
    ) -> LessonView:
        with Session(self._engine, expire_on_commit=False) as session:
            row = _locked(session, lesson_id, revision)
            _require(row, *before)
            row.state = after
            if note is not None:
                row.note, row.reviewer = note, by
            return self._saved(session, row, by, action)

    def _saved(self, session: Session, row: Lesson, by: str, action: str, **details: Any) -> LessonView:
        row.updated_at, row.revision = datetime.now(UTC), row.revision + 1
        session.add(row)
        session.flush()
        AuditLog.append(session, by, action, row.id, {"shop": row.shop, "kind": row.kind, **details})
        session.commit()
        session.refresh(row)
        return _view(row)


def require_approver(lesson: LessonView, by: str) -> None:
    """Let only a second person approve.

    Raises:
        Conflict: it does not wait for approval.
        NotPermitted: they wrote it themselves.
    """
    if lesson.state != "waiting":
        raise Conflict(f"This lesson is {lesson.state!r}, not 'waiting'; it must be submitted before it is approved.")
    if lesson.author.casefold() == by.casefold():
        raise NotPermitted("What you wrote yourself another person must approve; ask a colleague.")


def curated_of(lesson: LessonView) -> Curated:
    """A lesson as the bot gives it."""
    return Curated(lesson.id, lesson.questions, lesson.answers, lesson.citations, lesson.valid_from, lesson.valid_until)


def _replaced_lesson(row: Lesson) -> str:
    """The id of the lesson whose place it takes: `desk/faq#ID` is that of a FAQ entry."""
    return row.replaces.rpartition("#")[2]


def _all_words(lesson: LessonView) -> str:
    said = [text for texts in lesson.questions.values() for text in texts]
    return " ".join((*said, *lesson.answers.values(), lesson.replaces, lesson.author)).casefold()


def _checked(draft: LessonDraft) -> dict[str, Any]:
    questions = {
        language: list(dict.fromkeys(mask(" ".join(text.split())).text for text in texts if text.strip()))
        for language, texts in draft.questions.items()
    }
    answers = {language: text.strip() for language, text in draft.answers.items()}
    _check_languages(questions, answers)
    _check_sizes(questions, answers)
    if draft.valid_from and draft.valid_until and draft.valid_from > draft.valid_until:
        raise InvalidInput(f"It would end on {draft.valid_until}, before it begins on {draft.valid_from}.")
    url = (draft.url or "").strip() or None
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise InvalidInput(f"{url!r} is no web address; it must begin with https:// or http://.")
    return {
        "kind": draft.kind,
        "questions": {language: texts for language, texts in questions.items() if texts},
        "answers": {language: text for language, text in answers.items() if text},
        "citations": [citation.as_json() for citation in draft.citations] if draft.kind == "curated" else [],
        "category": draft.category.strip(),
        "url": url,
        "valid_from": draft.valid_from,
        "valid_until": draft.valid_until,
        "replaces": draft.replaces.strip(),
        "message_id": draft.message_id,
    }


def _check_languages(questions: Mapping[str, Sequence[str]], answers: Mapping[str, str]) -> None:
    unknown = sorted((questions.keys() | answers.keys()) - set(LANGUAGES))
    if unknown:
        raise InvalidInput(f"Lessons are written in {' and '.join(LANGUAGES)}; got {', '.join(map(repr, unknown))}.")
    if not any(questions.values()):
        raise InvalidInput("Write at least one question that this answers.")
    for language in LANGUAGES:
        asked, answered = bool(questions.get(language)), bool(answers.get(language))
        if asked and not answered:
            raise InvalidInput(f"There are questions in {language!r} and no answer; write it or remove the questions.")
        if answered and not asked:
            raise InvalidInput(f"There is an answer in {language!r} and no question; write one that it answers.")


def _check_sizes(questions: Mapping[str, Sequence[str]], answers: Mapping[str, str]) -> None:
    for language, texts in questions.items():
        if len(texts) > QUESTIONS:
            raise InvalidInput(f"At most {QUESTIONS} questions in one language; {language!r} has {len(texts)}.")
        if any(len(text) > QUESTION_CHARACTERS for text in texts):
            raise InvalidInput(f"A question has at most {QUESTION_CHARACTERS} characters.")
    if any(len(text) > ANSWER_CHARACTERS for text in answers.values()):
        raise InvalidInput(f"An answer has at most {ANSWER_CHARACTERS} characters.")


def _existing(session: Session, lesson_id: str) -> Lesson:
    row = session.get(Lesson, lesson_id)
    if row is None:
        raise NotFound(f"There is no lesson {lesson_id!r}.")
    return row


def _locked(session: Session, lesson_id: str, revision: int | None) -> Lesson:
    row = session.exec(select(Lesson).where(Lesson.id == lesson_id).with_for_update()).first()
    if row is None:
        raise NotFound(f"There is no lesson {lesson_id!r}.")
    if revision is not None and row.revision != revision:
        raise Conflict("Somebody else has changed this lesson meanwhile; load it again.")
    return row


def _require(row: Lesson, *states: State) -> None:
    if row.state not in states:
        raise Conflict(f"This lesson is {row.state!r}; that can be done when it is {' or '.join(map(repr, states))}.")


def _view(row: Lesson) -> LessonView:
    return LessonView(
        id=row.id,
        shop=row.shop,
        kind=cast(Kind, row.kind),
        state=cast(State, row.state),
        questions={language: tuple(texts) for language, texts in row.questions.items()},
        answers=dict(row.answers),
        citations=tuple(Citation(**citation) for citation in row.citations),
        category=row.category,
        url=row.url,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        replaces=row.replaces,
        message_id=row.message_id,
        author=row.author,
        reviewer=row.reviewer,
        note=row.note,
        exam=row.exam,
        base=row.base,
        version=row.version,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
