"""Endpoints of the tab Teach: verdicts on replies, lessons from draft to publication, and the jobs that publish."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from bot.bootstrap import Shopclerk
from bot.errors import InvalidInput, NotFound
from bot.reply import Citation
from bot.staff.accounts import StaffAccount
from bot.teaching.difference import differences
from bot.teaching.faq_entries import published_entry
from bot.teaching.lessons import LessonDraft, LessonView, require_approver
from bot.teaching.proposals import Proposals
from bot.teaching.verdicts import VerdictView
from ui.staff.door import Door
from ui.staff.jobs import Jobs

NEAR_ENTRIES = 3
_ID = Path(max_length=64)
_TEXT = 20_000


class NewVerdict(BaseModel):
    """What a reply was worth."""

    right: bool
    right_answer: str = Field(default="", max_length=_TEXT)
    example: bool | None = Field(default=None, description="Whether to train on it; by default on what was right.")


class NewCitation(BaseModel):
    """A support of a curated answer, as it was shown with a reply or found by a search."""

    index: int = Field(ge=1, le=99)
    source: str = Field(max_length=2000)
    title: str = Field(max_length=2000)
    quote: str = Field(max_length=_TEXT)
    url: str | None = Field(default=None, max_length=2000)
    score: float = 0.0
    chunk_id: str = Field(max_length=64)
    passage: str = Field(default="", max_length=100_000)
    grounded_span: str = Field(default="", max_length=_TEXT)


class NewLesson(BaseModel):
    """A draft."""

    shop: str | None = Field(default=None, max_length=100, description="The installation's own by default.")
    kind: Literal["curated", "faq"]
    questions: dict[str, list[str]]
    answers: dict[str, str]
    citations: list[NewCitation] = Field(default_factory=list, max_length=20)
    category: str = Field(default="", max_length=200)
    url: str | None = Field(default=None, max_length=2000)
    valid_from: date | None = None
    valid_until: date | None = None
    replaces: str = Field(default="", max_length=2000)
    message_id: str | None = Field(default=None, max_length=32)

    def draft(self) -> LessonDraft:
        """The same for the book."""
        citations = [Citation(**citation.model_dump()) for citation in self.citations]
        return LessonDraft(citations=citations, **self.model_dump(exclude={"shop", "citations"}))


class EditedLesson(NewLesson):
    """A draft changed; `revision` is that which was shown."""

    revision: int


class Move(BaseModel):
    """A step of a lesson; `revision` is that which was shown."""

    revision: int
    note: str = Field(default="", max_length=_TEXT)


def teach_router(shopclerk: Shopclerk, door: Door, jobs: Jobs) -> APIRouter:
    """What staff teach.

    Args:
        shopclerk: keeps and publishes it.
        door: knows who is signed in.
        jobs: runs what takes long.
    """
    router = APIRouter(prefix="/api/staff")
    lessons, verdicts, school = shopclerk.lessons, shopclerk.verdicts, shopclerk.school
    proposals = Proposals(shopclerk.engine, shopclerk.history, verdicts)
    reader = Annotated[StaffAccount, Depends(door.staff())]
    agent = Annotated[StaffAccount, Depends(door.staff("agent"))]
    lesson_id_type = Annotated[str, _ID]

    def shop_of(shop: str | None) -> str:
        return shop or shopclerk.settings.shop

    @router.get("/jobs/{job_id}")
    def job(job_id: lesson_id_type, _me: reader) -> dict[str, Any]:
        return jobs.get(job_id).as_json()

    @router.get("/teach/verdicts")
    def list_verdicts(
        _me: reader, shop: str | None = None, message: Annotated[list[str] | None, Query()] = None
    ) -> list[dict[str, Any]]:
        found = verdicts.of(message) if message else verdicts.list(shop_of(shop))
        return [_verdict_json(one) for one in found]

    @router.put("/teach/verdicts/{message_id}")
    def judge(message_id: lesson_id_type, new: NewVerdict, me: agent) -> dict[str, Any]:
        return _verdict_json(verdicts.judge(message_id, by=me.email, **new.model_dump()))

    @router.delete("/teach/verdicts/{message_id}", status_code=204)
    def unjudge(message_id: lesson_id_type, me: agent) -> Response:
        verdicts.withdraw(message_id, by=me.email)
        return Response(status_code=204)

    @router.get("/teach/proposal")
    def propose(_me: agent, message: str | None = None, gap: str | None = None) -> dict[str, Any]:
        if message:
            found = proposals.from_message(message)
        elif gap:
            found = proposals.from_gap(gap)
        else:
            raise InvalidInput("Name the message or the gap that a draft is to begin from.")
        entry = _published(shopclerk, found.shop, found.source)
        return {
            **asdict(found),
            "citations": [citation.as_json() for citation in found.citations],
            "published": entry,
            "replaces": entry["source"] if entry else "",
        }

    @router.get("/teach/conversation/{message_id}")
    def conversation(message_id: lesson_id_type, _me: reader) -> dict[str, str]:
        return {"conversation_id": shopclerk.history.message(message_id).conversation_id}

    @router.get("/teach/entry")
    def entry(_me: reader, source: str, shop: str | None = None) -> dict[str, Any]:
        found = _published(shopclerk, shop_of(shop), source)
        if found is None:
            raise NotFound(f"There is no published FAQ entry {source!r}.")
        return found

    @router.get("/teach/lessons")
    def list_lessons(
        me: reader, shop: str | None = None, kind: str = "", state: str = "", q: str = "", message: str = ""
    ) -> dict[str, Any]:
        name = shop_of(shop)
        found = lessons.list(name, kind=kind, state=state, words=q, message_id=message)
        return {"lessons": [_lesson_json(shopclerk, one, me) for one in found], "counts": lessons.counts(name)}

    @router.post("/teach/lessons", status_code=201)
    def add(new: NewLesson, me: agent) -> dict[str, Any]:
        return _lesson_json(shopclerk, lessons.add(shop_of(new.shop), new.draft(), by=me.email), me)

    @router.get("/teach/lessons/{lesson_id}")
    def show(lesson_id: lesson_id_type, me: reader) -> dict[str, Any]:
        lesson = lessons.get(lesson_id)
        return {**_lesson_json(shopclerk, lesson, me), **_beside(shopclerk, lesson)}

    @router.put("/teach/lessons/{lesson_id}")
    def edit(lesson_id: lesson_id_type, new: EditedLesson, me: agent) -> dict[str, Any]:
        return _lesson_json(shopclerk, lessons.edit(lesson_id, new.draft(), by=me.email, revision=new.revision), me)

    @router.post("/teach/lessons/{lesson_id}/submit")
    def submit(lesson_id: lesson_id_type, move: Move, me: agent) -> dict[str, Any]:
        return _lesson_json(shopclerk, lessons.submit(lesson_id, by=me.email, revision=move.revision), me)

    @router.post("/teach/lessons/{lesson_id}/take-back")
    def take_back(lesson_id: lesson_id_type, move: Move, me: agent) -> dict[str, Any]:
        return _lesson_json(shopclerk, lessons.take_back(lesson_id, by=me.email, revision=move.revision), me)

    @router.post("/teach/lessons/{lesson_id}/reject")
    def reject(lesson_id: lesson_id_type, move: Move, me: agent) -> dict[str, Any]:
        rejected = lessons.reject(lesson_id, by=me.email, revision=move.revision, note=move.note)
        return _lesson_json(shopclerk, rejected, me)

    @router.post("/teach/lessons/{lesson_id}/examine", status_code=202)
    def examine(lesson_id: lesson_id_type, me: agent) -> dict[str, Any]:
        lesson = lessons.get(lesson_id)
        return jobs.start("examine", me.email, lambda tell: school.examine(lesson, tell=tell).as_json()).as_json()

    @router.post("/teach/lessons/{lesson_id}/approve", status_code=202)
    def approve(lesson_id: lesson_id_type, move: Move, me: agent) -> dict[str, Any]:
        lesson = lessons.get(lesson_id)
        require_approver(lesson, me.email)
        lessons.require_revision(lesson, move.revision)

        def work(tell: Any) -> dict[str, Any]:
            outcome = school.approve(lesson_id, by=me.email, tell=tell)
            return {"published": outcome.published, "exam": outcome.exam.as_json(), "version": outcome.lesson.version}

        return jobs.start("approve", me.email, work).as_json()

    @router.post("/teach/lessons/{lesson_id}/end", status_code=202)
    def end(lesson_id: lesson_id_type, me: agent) -> dict[str, Any]:
        def work(tell: Any) -> dict[str, Any]:
            return {"state": school.end(lesson_id, by=me.email, tell=tell).state}

        return jobs.start("end", me.email, work).as_json()

    return router


def _verdict_json(verdict: VerdictView) -> dict[str, Any]:
    return asdict(verdict)


def _lesson_json(shopclerk: Shopclerk, lesson: LessonView, me: StaffAccount) -> dict[str, Any]:
    own = lesson.author.casefold() == me.email.casefold()
    return {
        **asdict(lesson),
        "citations": [citation.as_json() for citation in lesson.citations],
        "title": lesson.title,
        "in_force": shopclerk.school.in_force(lesson),
        "own": own,
        "may_approve": lesson.state == "waiting" and not own and me.may("agent"),
    }


def _beside(shopclerk: Shopclerk, lesson: LessonView) -> dict[str, Any]:
    """What is published now where the lesson would stand, and the difference, by language."""
    published = _before(shopclerk, lesson)
    difference = {
        language: {
            "question": _pieces((published or {}).get("questions", {}).get(language, ""), questions[0]),
            "answer": _pieces((published or {}).get("answers", {}).get(language, ""), lesson.answers[language]),
        }
        for language, questions in lesson.questions.items()
    }
    return {"published": published, "difference": difference, "near": _near(shopclerk, lesson)}


def _before(shopclerk: Shopclerk, lesson: LessonView) -> dict[str, Any] | None:
    if lesson.kind == "faq":
        return _published(shopclerk, lesson.shop, lesson.replaces)
    if not lesson.replaces:
        return None
    try:
        before = shopclerk.lessons.get(lesson.replaces)
    except NotFound:
        return None
    questions = {language: said[0] for language, said in before.questions.items()}
    return {"source": before.id, "questions": questions, "answers": dict(before.answers)}


def _published(shopclerk: Shopclerk, shop: str, source: str) -> dict[str, Any] | None:
    """The published FAQ entry of a source, in whatever language it is named; None where there is none."""
    stem = source.partition("@")[0] if "#" in source else source
    if not stem:
        return None
    try:
        return asdict(published_entry(shopclerk.library, shop, shopclerk.versions.active(shop), stem))
    except NotFound:
        return None


def _near(shopclerk: Shopclerk, lesson: LessonView) -> list[dict[str, Any]]:
    """What the bot finds for its questions today."""
    found: dict[str, dict[str, Any]] = {}
    for language, questions in lesson.questions.items():
        for passage in shopclerk.searcher.search(questions[0], shop=lesson.shop, k=NEAR_ENTRIES, language=language):
            chunk = passage.chunk
            entry = {"source": chunk.source, "title": chunk.title, "text": chunk.text, "score": passage.score}
            found.setdefault(chunk.source, entry)
    return sorted(found.values(), key=lambda one: -one["score"])[:NEAR_ENTRIES]


def _pieces(before: str, after: str) -> list[dict[str, str]]:
    return [asdict(piece) for piece in differences(before, after)]
