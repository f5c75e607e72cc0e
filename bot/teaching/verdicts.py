"""VerdictBook: what staff say of the bot's replies: right, or wrong and what would have been right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.conversation.privacy import mask
from bot.conversation.tables import Conversation, Message, TurnTrace
from bot.conversation.verdicts import Verdict
from bot.errors import InvalidInput, NotFound
from bot.staff.audit import AuditLog

ANSWER_CHARACTERS = 8000


@dataclass(frozen=True)
class VerdictView:
    """One verdict.

    Attributes:
        right_answer: what should have been said; empty where the reply was right or nobody wrote it yet.
        asked: the standalone question.
        said: what the bot said.
        example: whether the generator may be trained on it.
    """

    message_id: str
    shop: str
    language: str
    right: bool
    right_answer: str
    asked: str
    said: str
    example: bool
    judged_by: str
    judged_at: datetime

    @property
    def expected(self) -> str:
        """What the bot is held to from now on; empty where nothing is known."""
        return self.said if self.right else self.right_answer


class VerdictBook:
    """The verdicts; every change is one transaction that writes its audit entry."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def judge(
        self, message_id: str, *, right: bool, by: str, right_answer: str = "", example: bool | None = None
    ) -> VerdictView:
        """Say what a reply was worth; the last word counts.

        Args:
            message_id: a reply of the bot or of a person.
            right: whether it was right.
            by: e-mail address of who says so.
            right_answer: what should have been said; personal data is masked.
            example: whether the generator may be trained on it; None: on what was right.

        Raises:
            NotFound: no such message.
            InvalidInput: it is no reply, or the answer is too long.
        """
        if len(right_answer) > ANSWER_CHARACTERS:
            raise InvalidInput(f"An answer has at most {ANSWER_CHARACTERS} characters.")
        with Session(self._engine, expire_on_commit=False) as session:
            message = _reply(session, message_id)
            conversation = session.get(Conversation, message.conversation_id)
            row = session.get(Verdict, message_id) or Verdict(
                message_id=message_id, shop=conversation.shop if conversation else "", right=right, judged_by=by,
                judged_at=datetime.now(UTC),
            )  # fmt: skip
            row.right, row.judged_by, row.judged_at = right, by, datetime.now(UTC)
            row.right_answer = "" if right else mask(right_answer.strip()).text
            row.asked = _asked(session, message)
            row.example = right if example is None else example
            session.add(row)
            session.flush()
            details = {"right": right, "rewritten": bool(row.right_answer), "example": row.example}
            AuditLog.append(session, by, "reply.judge", message_id, details)
            session.commit()
        return self.of([message_id])[0]

    def withdraw(self, message_id: str, *, by: str) -> None:
        """Take a verdict back; the reply is as if nobody had judged it."""
        with Session(self._engine) as session:
            row = session.get(Verdict, message_id)
            if row is not None:
                session.delete(row)
                AuditLog.append(session, by, "reply.unjudge", message_id)
                session.commit()

    def of(self, message_ids: Sequence[str]) -> list[VerdictView]:
        """The verdicts on these replies, where there are any."""
        query = _query().where(col(Verdict.message_id).in_(list(message_ids)))
        with Session(self._engine) as session:
            return [_view(*row) for row in session.exec(query)]

    def list(self, shop: str, *, limit: int = 500) -> list[VerdictView]:
        """The latest verdicts of a shop, newest first."""
        query = _query().where(Verdict.shop == shop).order_by(col(Verdict.judged_at).desc()).limit(limit)
        with Session(self._engine) as session:
            return [_view(*row) for row in session.exec(query)]


def _query() -> Any:  # a select of two tables, whose type SQLModel's checker plug-in cannot write
    return select(Verdict, Message).join(Message, col(Message.id) == col(Verdict.message_id))


def _reply(session: Session, message_id: str) -> Message:
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound(f"There is no message {message_id!r}.")
    if message.role == "user":
        raise InvalidInput("Only replies are judged; this is a shopper's message.")
    return message


def _asked(session: Session, message: Message) -> str:
    """The standalone question where the trace has it, else the shopper's words."""
    trace = session.get(TurnTrace, message.id)
    if trace is not None and trace.question:
        return trace.question
    question = session.get(Message, message.reply_to) if message.reply_to else None
    if question is None:
        question = session.exec(
            select(Message)
            .where(
                Message.conversation_id == message.conversation_id,
                Message.role == "user",
                Message.sequence < message.sequence,
            )
            .order_by(col(Message.sequence).desc())
        ).first()
    return question.text if question else ""


def _view(row: Verdict, message: Message) -> VerdictView:
    return VerdictView(
        message_id=row.message_id,
        shop=row.shop,
        language=message.language or "en",
        right=row.right,
        right_answer=row.right_answer,
        asked=row.asked,
        said=message.text,
        example=row.example,
        judged_by=row.judged_by,
        judged_at=row.judged_at,
    )
