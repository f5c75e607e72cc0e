"""Transcripts: one conversation in full, with what staff add to it; who looks at it is on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from bot.conversation import rows
from bot.conversation.history import ConversationView, History
from bot.conversation.messages import MessageView
from bot.conversation.privacy import mask
from bot.conversation.tables import Feedback, Message, TurnTrace
from bot.errors import InvalidInput, NotFound, NotPermitted
from bot.insight.tables import MessageMood
from bot.reply import TurnTraceValues
from bot.staff.accounts import StaffAccount
from bot.staff.audit import AuditLog
from bot.transcripts.tables import Note, Tag

_ONE_READING_SECONDS = 600.0
_NOTE_CHARACTERS = 4000
_TAG_CHARACTERS = 40
_TAGS = 20


@dataclass(frozen=True)
class Mood:
    """What one message of the shopper feels; see MessageMood for the meaning of each."""

    label: str
    score: float
    aspects: Mapping[str, str]


@dataclass(frozen=True)
class NoteView:
    """A note as colleagues see it."""

    id: str
    author_id: str
    author: str
    text: str
    created_at: datetime


@dataclass(frozen=True)
class Opened:
    """A conversation with all that is known about it.

    Attributes:
        moods: by id of the shopper's message.
        traces: by id of the reply.
        comments: what the shopper wrote beside a thumb, by id of the reply.
    """

    conversation: ConversationView
    messages: Sequence[MessageView]
    moods: Mapping[str, Mood]
    traces: Mapping[str, TurnTraceValues]
    comments: Mapping[str, str]
    notes: Sequence[NoteView]
    tags: Sequence[str]


class Transcripts:
    """Conversations as staff read them.

    Args:
        engine: the database.
        history: what was said.
    """

    def __init__(self, engine: Engine, history: History) -> None:
        self._engine, self._history = engine, history
        self._recorded: dict[tuple[str, str], float] = {}

    def open(self, conversation_id: str, *, by: StaffAccount) -> Opened:
        """All of a conversation; that it was read is on record before it is shown.

        A page that follows a live conversation opens it again with every message: within ten minutes that is one
        reading.

        Raises:
            NotFound: there is none.
        """
        conversation = self._history.conversation(conversation_id)
        self._record_reading(by.email, conversation_id)
        return self._opened(conversation)

    def _record_reading(self, reader: str, conversation_id: str) -> None:
        now, reading = monotonic(), (reader, conversation_id)
        if now - self._recorded.get(reading, -_ONE_READING_SECONDS) < _ONE_READING_SECONDS:
            return
        AuditLog(self._engine).record(reader, "transcript.read", conversation_id)
        fresh = {key: at for key, at in self._recorded.copy().items() if now - at < _ONE_READING_SECONDS}
        self._recorded = {**fresh, reading: now}

    def export(self, conversation_ids: Sequence[str], *, by: StaffAccount, form: str) -> list[Opened]:
        """Conversations to be taken out of the house, in the order given; ids of none are left out.

        Args:
            conversation_ids: which.
            by: who takes them, for the audit log.
            form: as what, for the audit log.
        """
        found = []
        for conversation_id in conversation_ids:
            try:
                found.append(self._opened(self._history.conversation(conversation_id)))
            except NotFound:
                continue
        target = found[0].conversation.id if len(found) == 1 else ""
        details: dict[str, Any] = {"form": form, "conversations": len(found)}
        if not target:
            details["ids"] = [one.conversation.id for one in found]
        AuditLog(self._engine).record(by.email, "transcript.exported", target, details)
        return found

    def add_note(self, conversation_id: str, text: str, *, by: StaffAccount) -> NoteView:
        """Leave a note for colleagues; personal data is masked.

        Raises:
            InvalidInput: it is empty or too long.
            NotFound: no such conversation.
        """
        words = mask(text).text.strip()
        if not 0 < len(words) <= _NOTE_CHARACTERS:
            raise InvalidInput(f"The note has {len(words):,} characters; write 1 to {_NOTE_CHARACTERS:,}.")
        self._history.conversation(conversation_id)
        row = Note(
            id=uuid4().hex,
            conversation_id=conversation_id,
            author_id=by.id,
            author=by.name,
            text=words,
            created_at=datetime.now(UTC),
        )
        with Session(self._engine, expire_on_commit=False) as session:
            session.add(row)
            AuditLog.append(session, by.email, "note.added", conversation_id, {"note": row.id})
            session.commit()
        return _note(row)

    def remove_note(self, note_id: str, *, by: StaffAccount) -> None:
        """Take a note away; others' only an admin may.

        Raises:
            NotFound: there is none.
            NotPermitted: it is somebody else's.
        """
        with Session(self._engine) as session:
            row = session.get(Note, note_id)
            if row is None:
                raise NotFound(f"There is no note {note_id!r}.")
            if row.author_id != by.id and not by.may("admin"):
                raise NotPermitted(f"This note is {row.author}'s; only they or an admin may delete it.")
            AuditLog.append(session, by.email, "note.removed", row.conversation_id, {"note": note_id})
            session.delete(row)
            session.commit()

    def set_tags(self, conversation_id: str, names: Sequence[str], *, by: StaffAccount) -> list[str]:
        """Exactly these tags; case and outer space do not count.

        Raises:
            InvalidInput: one is too long, or there are too many.
            NotFound: no such conversation.
        """
        tags = sorted({" ".join(mask(name).text.lower().split()) for name in names} - {""})
        if len(tags) > _TAGS:
            raise InvalidInput(f"These are {len(tags)} tags; keep to {_TAGS}.")
        if long := [tag for tag in tags if len(tag) > _TAG_CHARACTERS]:
            raise InvalidInput(f"The tag {long[0]!r} is too long; keep it to {_TAG_CHARACTERS} characters.")
        self._history.conversation(conversation_id)
        with Session(self._engine) as session:
            session.exec(delete(Tag).where(col(Tag.conversation_id) == conversation_id))
            session.add_all(Tag(conversation_id=conversation_id, name=tag) for tag in tags)
            AuditLog.append(session, by.email, "tags.set", conversation_id, {"tags": tags})
            session.commit()
        return tags

    def _opened(self, conversation: ConversationView) -> Opened:
        messages = self._history.messages(conversation.id)
        of_it = Message.conversation_id == conversation.id
        with Session(self._engine) as session:
            moods = session.exec(select(MessageMood).where(MessageMood.conversation_id == conversation.id)).all()
            traces = session.exec(
                select(TurnTrace).join(Message, col(Message.id) == TurnTrace.message_id).where(of_it)
            ).all()
            thumbs = session.exec(
                select(Feedback).join(Message, col(Message.id) == Feedback.message_id).where(of_it)
            ).all()
            notes = session.exec(
                select(Note).where(Note.conversation_id == conversation.id).order_by(col(Note.created_at))
            ).all()
            tags = session.exec(
                select(Tag.name).where(Tag.conversation_id == conversation.id).order_by(col(Tag.name))
            ).all()
        return Opened(
            conversation=conversation,
            messages=messages,
            moods={row.message_id: Mood(row.label, row.score, row.aspects) for row in moods},
            traces={row.message_id: rows.trace_values(row) for row in traces},
            comments={row.message_id: row.comment for row in thumbs if row.comment},
            notes=[_note(row) for row in notes],
            tags=tags,
        )


def _note(row: Note) -> NoteView:
    return NoteView(row.id, row.author_id, row.author, row.text, row.created_at)
