"""History: what was said in a conversation, stored before anything else can fail and shown again exactly."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast
from uuid import uuid4

from sqlalchemy import Engine, func, update
from sqlmodel import Session, col, select

from bot.conversation import rows, tables
from bot.conversation.privacy import mask
from bot.errors import InvalidInput, NotFound
from bot.reply import Citation, Gear, Outcome, ProductCard, Reply, TurnTraceValues

Role = Literal["user", "assistant", "human_agent"]
ConversationState = Literal["open", "handed_off"]


@dataclass(frozen=True)
class ConversationView:
    """One conversation as others see it; `language` is the shopper's, as last seen."""

    id: str
    shop: str
    language: str | None
    state: ConversationState
    created_at: datetime


@dataclass(frozen=True)
class MessageView:
    """One message as others see it.

    Attributes:
        sequence: its place in the conversation, from 1, without gaps.
        text: personal data masked in a shopper's message.
        outcome, gear, citations, products, suggestions, reply_to: of a reply.
        rating: the shopper's thumb, -1 or 1.
    """

    id: str
    conversation_id: str
    sequence: int
    role: Role
    text: str
    language: str | None
    created_at: datetime
    outcome: Outcome | None = None
    gear: Gear | None = None
    citations: tuple[Citation, ...] = ()
    products: tuple[ProductCard, ...] = ()
    suggestions: tuple[str, ...] = ()
    rating: int | None = None
    reply_to: str | None = None


class History:
    """Conversations and their messages; every method is one short transaction, safe to call from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self, shop: str, *, language: str | None = None) -> ConversationView:
        """Open a new conversation with a shop.

        Raises:
            InvalidInput: the shop has no name.
        """
        if not shop.strip():
            raise InvalidInput("A conversation needs the name of its shop; got an empty one.")
        row = tables.Conversation(id=uuid4().hex, shop=shop, language=language, created_at=_now())
        with Session(self._engine, expire_on_commit=False) as session:
            session.add(row)
            session.commit()
        return _conversation_view(row)

    def conversation(self, conversation_id: str) -> ConversationView:
        """The conversation with this id.

        Raises:
            NotFound: there is none.
        """
        with Session(self._engine) as session:
            return _conversation_view(_existing(session, conversation_id))

    def add_shopper_message(self, conversation_id: str, text: str, *, language: str | None = None) -> MessageView:
        """Mask personal data and store the message; it is committed when this returns.

        Raises:
            InvalidInput: there is nothing in the text.
            NotFound: no such conversation.
        """
        masked = mask(text).text
        if not masked.strip():
            raise InvalidInput("The message is empty; type a question.")
        with Session(self._engine, expire_on_commit=False) as session:
            row = tables.Message(
                id=uuid4().hex,
                conversation_id=conversation_id,
                sequence=_next_sequence(session, conversation_id, language),
                role="user",
                text=masked,
                language=language,
                created_at=_now(),
            )
            session.add(row)
            session.commit()
            session.refresh(row)  # as the database keeps it
        return _message_view(row)

    def add_reply(self, reply: Reply, *, reply_to: str, trace: TurnTraceValues) -> MessageView:
        """Store a reply with its citations, product cards and trace under `reply.message_id`, all or nothing.

        Storing the same reply twice keeps one.

        Raises:
            NotFound: no such conversation, or `reply_to` is no shopper's message in it.
        """
        with Session(self._engine) as session:
            # The counter first: as a write it takes the lock, so what is read after it cannot change under us.
            sequence = _next_sequence(session, reply.conversation_id, reply.language)
            if session.get(tables.Message, reply.message_id) is None:
                _require_question(session, reply_to, reply.conversation_id)
                session.add(_reply_row(reply, reply_to, sequence))
                session.flush()  # the message before the rows that point at it
                session.add_all(rows.citation_row(reply.message_id, citation) for citation in reply.citations)
                session.add(rows.trace_row(reply.message_id, trace, _now()))
                session.commit()
        return self.message(reply.message_id)

    def message(self, message_id: str) -> MessageView:
        """The message with this id.

        Raises:
            NotFound: there is none.
        """
        with Session(self._engine) as session:
            row = session.get(tables.Message, message_id)
            if row is None:
                raise NotFound(f"There is no message {message_id!r}.")
            return _views(session, [row])[0]

    def messages(self, conversation_id: str) -> list[MessageView]:
        """All messages of a conversation in their order, as they were shown.

        Raises:
            NotFound: no such conversation.
        """
        with Session(self._engine) as session:
            _existing(session, conversation_id)
            found = session.exec(
                select(tables.Message)
                .where(tables.Message.conversation_id == conversation_id)
                .order_by(col(tables.Message.sequence))
            ).all()
            return _views(session, found)

    def reply_in_words(self, shop: str, text: str) -> MessageView | None:
        """The latest reply of the shop in just these words; None when it never said them."""
        with Session(self._engine) as session:
            row = session.exec(
                select(tables.Message)
                .join(tables.Conversation, col(tables.Conversation.id) == col(tables.Message.conversation_id))
                .where(
                    tables.Message.role == "assistant", tables.Message.text == text, tables.Conversation.shop == shop
                )
                .order_by(col(tables.Message.created_at).desc())
            ).first()
            return None if row is None else _views(session, [row])[0]

    def unanswered(self, conversation_id: str) -> MessageView | None:
        """The oldest shopper's message that still waits for a reply, e.g. because the process was killed.

        A message that was passed over (a later one has been answered) no longer waits.

        Raises:
            NotFound: no such conversation.
        """
        with Session(self._engine) as session:
            _existing(session, conversation_id)
            answered = select(tables.Message.reply_to).where(
                tables.Message.conversation_id == conversation_id, col(tables.Message.reply_to).is_not(None)
            )
            last_answered = (
                select(func.coalesce(func.max(tables.Message.sequence), 0))
                .where(col(tables.Message.id).in_(answered))
                .scalar_subquery()
            )
            row = session.exec(
                select(tables.Message)
                .where(
                    tables.Message.conversation_id == conversation_id,
                    tables.Message.role == "user",
                    col(tables.Message.sequence) > last_answered,
                )
                .order_by(col(tables.Message.sequence))
            ).first()
            return None if row is None else _message_view(row)

    def trace(self, message_id: str) -> TurnTraceValues:
        """How a stored reply came about.

        Raises:
            NotFound: no such reply.
        """
        with Session(self._engine) as session:
            row = session.get(tables.TurnTrace, message_id)
            if row is None:
                raise NotFound(f"There is no reply {message_id!r}.")
            return rows.trace_values(row)


def _next_sequence(session: Session, conversation_id: str, language: str | None) -> int:
    """Take the conversation's next place, and with it the write lock until the transaction ends."""
    change: dict[str, object] = {"last_sequence": tables.Conversation.last_sequence + 1}
    if language is not None:
        change["language"] = language
    sequence = session.exec(
        update(tables.Conversation)
        .where(col(tables.Conversation.id) == conversation_id)
        .values(**change)
        .returning(col(tables.Conversation.last_sequence))
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if sequence is None:
        raise NotFound(f"There is no conversation {conversation_id!r}; start a new one.")
    return int(sequence)


def _existing(session: Session, conversation_id: str) -> tables.Conversation:
    row = session.get(tables.Conversation, conversation_id)
    if row is None:
        raise NotFound(f"There is no conversation {conversation_id!r}; start a new one.")
    return row


def _require_question(session: Session, message_id: str, conversation_id: str) -> None:
    row = session.get(tables.Message, message_id)
    if row is None or row.role != "user" or row.conversation_id != conversation_id:
        raise NotFound(f"There is no shopper's message {message_id!r} in conversation {conversation_id!r} to reply to.")


def _reply_row(reply: Reply, reply_to: str, sequence: int) -> tables.Message:
    return tables.Message(
        id=reply.message_id,
        conversation_id=reply.conversation_id,
        sequence=sequence,
        role="assistant",
        text=reply.text,
        language=reply.language,
        outcome=reply.outcome,
        gear=reply.gear,
        reply_to=reply_to,
        products=[card.as_json() for card in reply.products],
        suggestions=list(reply.suggestions),
        created_at=_now(),
    )


def _views(session: Session, messages: Sequence[tables.Message]) -> list[MessageView]:
    """The messages with their citations and thumbs, in two further queries however many they are."""
    ids = [message.id for message in messages]
    cited: defaultdict[str, list[tables.Citation]] = defaultdict(list)
    for citation in session.exec(
        select(tables.Citation).where(col(tables.Citation.message_id).in_(ids)).order_by(col(tables.Citation.mark))
    ):
        cited[citation.message_id].append(citation)
    ratings: Mapping[str, int] = {
        feedback.message_id: feedback.rating
        for feedback in session.exec(select(tables.Feedback).where(col(tables.Feedback.message_id).in_(ids)))
    }
    return [_message_view(message, cited[message.id], ratings.get(message.id)) for message in messages]


def _message_view(row: tables.Message, cited: Iterable[tables.Citation] = (), rating: int | None = None) -> MessageView:
    return MessageView(
        id=row.id,
        conversation_id=row.conversation_id,
        sequence=row.sequence,
        role=cast(Role, row.role),
        text=row.text,
        language=row.language,
        created_at=row.created_at,
        outcome=cast("Outcome | None", row.outcome),
        gear=cast("Gear | None", row.gear),
        citations=tuple(rows.citation(citation) for citation in cited),
        products=tuple(rows.card(values) for values in row.products),
        suggestions=tuple(row.suggestions),
        rating=rating,
        reply_to=row.reply_to,
    )


def _conversation_view(row: tables.Conversation) -> ConversationView:
    return ConversationView(
        id=row.id,
        shop=row.shop,
        language=row.language,
        state=cast(ConversationState, row.state),
        created_at=row.created_at,
    )


def _now() -> datetime:
    return datetime.now(UTC)
