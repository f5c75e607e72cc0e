"""History: what was said in a conversation, stored before anything else can fail and shown again exactly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, func, or_, update
from sqlmodel import Session, SQLModel, col, select

from bot.conversation import rows, tables
from bot.conversation.event_rows import nothing, write_event
from bot.conversation.handoff.states import Agent
from bot.conversation.handoff.states import State as ConversationState
from bot.conversation.messages import MessageView as MessageView
from bot.conversation.messages import Role as Role
from bot.conversation.messages import view, views
from bot.conversation.privacy import mask
from bot.errors import Conflict, InvalidInput, NotFound
from bot.reply import Citation, ProductCard, Reply, TurnTraceValues


@dataclass(frozen=True)
class ConversationView:
    """One conversation as others see it.

    Attributes:
        language: the shopper's, as last seen.
        takeovers: how often a person took over so far.
        agent_id, agent_name: the person in charge, in the state `human`.
        waiting_since: when a person was asked for.
        read_by_shopper, read_by_agent: sequence of the latest message that each side has seen.
        last_sequence: of its latest message.
        customer_id: who the shopper is at the shop; None while nobody knows.
        identified_at: when that was told.
    """

    id: str
    shop: str
    language: str | None
    state: ConversationState
    created_at: datetime
    takeovers: int = 0
    agent_id: str | None = None
    agent_name: str | None = None
    waiting_since: datetime | None = None
    read_by_shopper: int = 0
    read_by_agent: int = 0
    last_sequence: int = 0
    customer_id: str | None = None
    identified_at: datetime | None = None


class History:
    """Conversations and their messages; every method is one short transaction, safe to call from any thread.

    Args:
        engine: the database.
        wake: called after each new message, so that those who listen hear of it at once.
        original: from the id and the words of a shopper's message as typed to a row that keeps them, or None.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        wake: Callable[[], None] = nothing,
        original: Callable[[str, str], SQLModel | None] = lambda _id, _text: None,
    ) -> None:
        self._engine, self._wake, self._original = engine, wake, original

    @property
    def engine(self) -> Engine:
        """The database, for what is kept beside the conversations."""
        return self._engine

    def start(self, shop: str, *, language: str | None = None, before: str | None = None) -> ConversationView:
        """Open a new conversation with a shop.

        Args:
            shop: which.
            language: the shopper's, if known.
            before: id of the same visitor's conversation before this one; one of another shop's is nobody's here.

        Raises:
            InvalidInput: the shop has no name.
        """
        if not shop.strip():
            raise InvalidInput("A conversation needs the name of its shop; got an empty one.")
        row = tables.Conversation(id=uuid4().hex, shop=shop, language=language, created_at=_now())
        with Session(self._engine, expire_on_commit=False) as session:
            known = session.get(tables.Conversation, before) if before else None
            row.visitor_id = row.id
            if known is not None and known.shop == shop:
                row.visitor_id = known.visitor_id = known.visitor_id or known.id
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

    def identify(self, conversation_id: str, customer_id: str) -> ConversationView:
        """Note who the shopper is at the shop; to say the same again changes nothing.

        Args:
            conversation_id: the conversation.
            customer_id: the shop's own id; never from what was typed, but signed by the shop or looked up and proven.

        Raises:
            Conflict: the conversation is another customer's.
            InvalidInput: the id is empty.
            NotFound: no such conversation.
        """
        if not customer_id.strip():
            raise InvalidInput("The customer's id is empty; expected the one that the shop knows them by.")
        with Session(self._engine, expire_on_commit=False) as session:
            session.exec(
                update(tables.Conversation)
                .where(col(tables.Conversation.id) == conversation_id, col(tables.Conversation.customer_id).is_(None))
                .values(customer_id=customer_id, identified_at=_now())
                .execution_options(synchronize_session=False)
            )
            session.commit()
            row = _existing(session, conversation_id)
        if row.customer_id != customer_id:
            raise Conflict("This conversation is another customer's; start a new one.")
        return _conversation_view(row)

    def add_shopper_message(
        self, conversation_id: str, text: str, *, language: str | None = None, message_id: str | None = None
    ) -> MessageView:
        """Mask personal data and store the message; it is committed when this returns.

        Args:
            conversation_id: of a started conversation.
            text: as typed.
            language: the shopper's, if it could be told.
            message_id: chosen by the sender, so that sending the same message again stores it once.

        Raises:
            InvalidInput: there is nothing in the text, or the id is another message's.
            NotFound: no such conversation.
        """
        masked = mask(text).text
        if not masked.strip():
            raise InvalidInput("The message is empty; type a question.")
        with Session(self._engine, expire_on_commit=False) as session:
            sequence = _next_sequence(session, conversation_id, language)
            known = None if message_id is None else session.get(tables.Message, message_id)
            if known is not None:
                return _same(known, conversation_id, "user")
            row = tables.Message(
                id=message_id or uuid4().hex,
                conversation_id=conversation_id,
                sequence=sequence,
                role="user",
                text=masked,
                language=language,
                created_at=_now(),
            )
            original = self._original(row.id, text) if masked != text else None
            self._store(session, row, *([] if original is None else [original]))
            session.refresh(row)  # as the database keeps it
        return view(row)

    def add_agent_message(
        self,
        conversation_id: str,
        agent: Agent,
        text: str,
        *,
        message_id: str | None = None,
        products: Sequence[ProductCard] = (),
        citations: Sequence[Citation] = (),
    ) -> MessageView:
        """Store what the person in charge says; nobody else can say anything as one.

        Args:
            conversation_id: the conversation.
            agent: who says it.
            text: what is said, as shoppers are to see it.
            message_id: chosen by the sender, so that sending the same message again stores it once.
            products: cards shown with it.
            citations: links to sources shown with it.

        Raises:
            Conflict: the agent is not in charge.
            InvalidInput: there is nothing in it, or the id is another message's.
            NotFound: no such conversation.
        """
        if not text.strip() and not products and not citations:
            raise InvalidInput("The message is empty; write something, or add a product or a link.")
        with Session(self._engine, expire_on_commit=False) as session:
            in_charge = (col(tables.Conversation.state) == "human", col(tables.Conversation.agent_id) == agent.id)
            sequence = _next_sequence(session, conversation_id, None, *in_charge)
            known = None if message_id is None else session.get(tables.Message, message_id)
            if known is not None:
                return _same(known, conversation_id, "human_agent")
            row = tables.Message(
                id=message_id or uuid4().hex,
                conversation_id=conversation_id,
                sequence=sequence,
                role="human_agent",
                text=text.strip(),
                author_id=agent.id,
                author=agent.name,
                products=[card.as_json() for card in products],
                created_at=_now(),
            )
            self._store(session, row, *(rows.citation_row(row.id, citation) for citation in citations))
        return self.message(row.id)

    def add_reply(
        self, reply: Reply, *, reply_to: str, trace: TurnTraceValues, takeovers: int | None = None
    ) -> MessageView:
        """Store a reply with its citations, product cards and trace under `reply.message_id`, all or nothing.

        Storing the same reply twice keeps one.

        Args:
            reply: what the bot says.
            reply_to: the shopper's message that it answers.
            trace: how it came about.
            takeovers: how often a person had taken over when the bot began; None: store it whoever is in charge.

        Raises:
            Conflict: with `takeovers`, a person has taken over since, or the message has its reply already.
            NotFound: no such conversation, or `reply_to` is no shopper's message in it.
        """
        with Session(self._engine) as session:
            # The counter first: as a write it takes the lock, so what is read after it cannot change under us.
            sequence = _next_sequence(session, reply.conversation_id, reply.language, *_still_the_bots(takeovers))
            if session.get(tables.Message, reply.message_id) is None:
                _require_question(session, reply_to, reply.conversation_id)
                if takeovers is not None and _reply_row_to(session, reply_to) is not None:
                    raise Conflict("This message has been answered already.")
                session.add(_reply_row(reply, reply_to, sequence))
                session.flush()  # the message before the rows that point at it
                session.add_all(rows.citation_row(reply.message_id, citation) for citation in reply.citations)
                session.add(rows.trace_row(reply.message_id, trace, _now()))
                _tell(session, reply.conversation_id, reply.message_id, "assistant")
                session.commit()
        self._wake()
        return self.message(reply.message_id)

    def withdraw_reply(self, message: MessageView, shown: str) -> None:
        """A person took over while the bot answered: keep, for them, what the shopper saw of an answer that is gone."""
        with Session(self._engine) as session:
            told = {"reply_to": message.id, "shown": mask(shown).text}
            write_event(session, "reply_withdrawn", message.conversation_id, told)
            session.commit()
        self._wake()

    def reply_to(self, message_id: str) -> MessageView | None:
        """The bot's reply to a shopper's message, if it has one."""
        with Session(self._engine) as session:
            row = _reply_row_to(session, message_id)
            return None if row is None else views(session, [row])[0]

    def mark_read(self, conversation_id: str, reader: Literal["shopper", "agent"], sequence: int) -> None:
        """One side has seen all messages up to this one; an earlier one than before changes nothing."""
        name = f"read_by_{reader}"
        with Session(self._engine) as session:
            changed = session.exec(
                update(tables.Conversation)
                .where(
                    col(tables.Conversation.id) == conversation_id,
                    getattr(tables.Conversation, name) < sequence,
                    col(tables.Conversation.last_sequence) >= sequence,
                )
                .values({name: sequence})
                .execution_options(synchronize_session=False)
            ).rowcount
            if changed:
                write_event(session, "read", conversation_id, {"by": reader, "sequence": sequence})
                session.commit()
        if changed:
            self._wake()

    def message(self, message_id: str) -> MessageView:
        """The message with this id.

        Raises:
            NotFound: there is none.
        """
        with Session(self._engine) as session:
            row = session.get(tables.Message, message_id)
            if row is None:
                raise NotFound(f"There is no message {message_id!r}.")
            return views(session, [row])[0]

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
            return views(session, found)

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
            return None if row is None else views(session, [row])[0]

    def unanswered(self, conversation_id: str) -> MessageView | None:
        """The oldest shopper's message that still waits for a reply of the bot's, e.g. because it was killed.

        A message that was passed over (a later one has been answered, or a person wrote after it) no longer waits,
        and none does while a person is in charge.

        Raises:
            NotFound: no such conversation.
        """
        with Session(self._engine) as session:
            if _existing(session, conversation_id).state == "human":
                return None
            answered = select(tables.Message.reply_to).where(
                tables.Message.conversation_id == conversation_id, col(tables.Message.reply_to).is_not(None)
            )
            last_done = (
                select(func.coalesce(func.max(tables.Message.sequence), 0))
                .where(
                    tables.Message.conversation_id == conversation_id,
                    or_(col(tables.Message.id).in_(answered), col(tables.Message.role) == "human_agent"),
                )
                .scalar_subquery()
            )
            row = session.exec(
                select(tables.Message)
                .where(
                    tables.Message.conversation_id == conversation_id,
                    tables.Message.role == "user",
                    col(tables.Message.sequence) > last_done,
                )
                .order_by(col(tables.Message.sequence))
            ).first()
            return None if row is None else view(row)

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

    def _store(self, session: Session, message: tables.Message, *belonging: SQLModel) -> None:
        """Commit the message with what belongs to it, and tell of it."""
        session.add(message)
        session.flush()  # the message before the rows that point at it
        session.add_all(belonging)
        _tell(session, message.conversation_id, message.id, cast(Role, message.role))
        session.commit()
        self._wake()


def _next_sequence(
    session: Session, conversation_id: str, language: str | None, *conditions: ColumnElement[bool]
) -> int:
    """Take the conversation's next place, and with it the write lock until the transaction ends.

    Raises:
        Conflict: a condition on the conversation does not hold.
        NotFound: no such conversation.
    """
    change: dict[str, object] = {"last_sequence": tables.Conversation.last_sequence + 1}
    if language is not None:
        change["language"] = language
    sequence = session.exec(
        update(tables.Conversation)
        .where(col(tables.Conversation.id) == conversation_id, *conditions)
        .values(**change)
        .returning(col(tables.Conversation.last_sequence))
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if sequence is None:
        row = _existing(session, conversation_id)
        holder = row.agent_name or ""
        raise Conflict(
            f"{holder} is in charge of this conversation now." if holder else "Nobody is in charge of it any more.",
            holder,
        )
    return int(sequence)


def _still_the_bots(takeovers: int | None) -> tuple[ColumnElement[bool], ...]:
    """What must hold for a reply of the bot's to be shown: no person is, or was meanwhile, in charge."""
    if takeovers is None:
        return ()
    return (col(tables.Conversation.state) != "human", col(tables.Conversation.takeovers) == takeovers)


def _tell(session: Session, conversation_id: str, message_id: str, role: Role) -> None:
    write_event(session, "message", conversation_id, {"message_id": message_id, "role": role})


def _same(row: tables.Message, conversation_id: str, role: Role) -> MessageView:
    if row.conversation_id != conversation_id or row.role != role:
        raise InvalidInput(f"The id {row.id!r} belongs to another message; choose a new one.")
    return view(row)


def _reply_row_to(session: Session, message_id: str) -> tables.Message | None:
    return session.exec(select(tables.Message).where(tables.Message.reply_to == message_id)).first()


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
        orders=[card.as_json() for card in reply.orders],
        suggestions=list(reply.suggestions),
        offers_person=reply.offers_person,
        created_at=_now(),
    )


def _conversation_view(row: tables.Conversation) -> ConversationView:
    return ConversationView(
        id=row.id,
        shop=row.shop,
        language=row.language,
        state=cast(ConversationState, row.state),
        created_at=row.created_at,
        takeovers=row.takeovers,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        waiting_since=row.waiting_since,
        read_by_shopper=row.read_by_shopper,
        read_by_agent=row.read_by_agent,
        last_sequence=row.last_sequence,
        customer_id=row.customer_id,
        identified_at=row.identified_at,
    )


def _now() -> datetime:
    return datetime.now(UTC)
