"""Bulletin: tells those who listen what happens in conversations, at once and, after a break, without a gap.

The database holds every event under an id that counts in the order of commits. One thread a process reads on from the
last id that it saw: woken by the process's own stores, and every so often by itself for what other processes wrote.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from bot.conversation import messages, tables
from bot.conversation.event_rows import write_event
from bot.conversation.messages import MessageView

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
REPLAYED = 1000
"""After a longer break a listener reads everything anew instead."""

FLEETING = ("typing", "read")
"""What nobody asks for later."""

_AT_ONCE = 500
_FLEETING_KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Event:
    """Something that happened.

    Attributes:
        id: counts all events of the installation; 0 for one that is not kept.
        kind: `state`, `message`, `typing`, `read`, `contact`, … and what other rooms publish.
        conversation_id: where it happened; None when it is about none.
        data: what belongs to it.
        message: of the kind `message`.
    """

    id: int
    kind: str
    conversation_id: str | None
    data: Mapping[str, Any]
    created_at: datetime
    message: MessageView | None = None


Deliver = Callable[[Event], None]
"""Takes one event; called from the bulletin's thread, so it must be quick."""


class TooLongAway(Exception):
    """More has happened than is replayed; read everything anew, then listen from now on."""


class Subscription:
    """One listener; `close` it at the end."""

    def __init__(self, bulletin: "Bulletin", deliver: Deliver, conversation_id: str | None, last: int) -> None:
        self.conversation_id = conversation_id
        self._bulletin, self._deliver, self._last = bulletin, deliver, last
        self._held: list[Event] | None = []  # what comes while the past is replayed
        self._lock = threading.Lock()

    def close(self) -> None:
        """Hear no more."""
        self._bulletin.forget(self)

    def take(self, event: Event) -> None:
        """Pass an event on, or keep it until the past has been told."""
        with self._lock:
            if self._held is not None:
                self._held.append(event)
            else:
                self._pass_on(event)

    def replay(self, past: Iterable[Event]) -> None:
        """Tell the past, then what came meanwhile, then all that comes."""
        for event in past:
            self._deliver(event)
        with self._lock:
            held, self._held = self._held or [], None
            for event in held:
                self._pass_on(event)

    def _pass_on(self, event: Event) -> None:
        if event.id == 0 or event.id > self._last:
            self._last = max(self._last, event.id)
            self._deliver(event)


class Bulletin:
    """Where events are published and listened to; safe to call from any thread.

    Args:
        engine: the database.
        poll_seconds: how often to look for events of other processes.
    """

    def __init__(self, engine: Engine, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._engine, self._poll_seconds = engine, poll_seconds
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._last = 0  # id of the latest event that was passed on
        self._everything: set[Subscription] = set()
        self._by_conversation: defaultdict[str, set[Subscription]] = defaultdict(set)

    def wake(self) -> None:
        """Look for events now."""
        self._news.set()

    def publish(self, kind: str, conversation_id: str | None = None, data: Mapping[str, Any] | None = None) -> int:
        """Keep an event and tell it to everybody.

        Args:
            kind: one word.
            conversation_id: where it happened; None when it is about none.
            data: what belongs to it, fit for JSON.

        Returns:
            Its id.
        """
        with Session(self._engine) as session:
            event_id = write_event(session, kind, conversation_id, data)
            session.commit()
        self.wake()
        return event_id

    def subscribe(
        self, deliver: Deliver, *, conversation_id: str | None = None, after: int | None = None
    ) -> Subscription:
        """Listen to one conversation, or to all.

        Args:
            deliver: called for each event, in order.
            conversation_id: None: every event there is.
            after: id of the last event heard before a break; all later ones come first. None: from now on.

        Raises:
            TooLongAway: more than REPLAYED events are later.
        """
        with self._lock:
            self._start()
            until = self._last
            subscription = Subscription(self, deliver, conversation_id, until)
            self._place(conversation_id).add(subscription)
        try:
            past = [] if after is None or after >= until else self._between(after, until, conversation_id)
            subscription.replay(past)
        except BaseException:
            subscription.close()
            raise
        return subscription

    def latest(self) -> int:
        """The id of the latest event: who reads everything now and listens after it misses nothing."""
        with Session(self._engine) as session:
            return session.exec(select(tables.EventCounter.last)).one()

    def past(self, conversation_id: str, kinds: Sequence[str]) -> list[Event]:
        """What happened in a conversation, of some kinds, oldest first."""
        with Session(self._engine) as session:
            found = session.exec(
                select(tables.ConversationEvent)
                .where(
                    tables.ConversationEvent.conversation_id == conversation_id,
                    col(tables.ConversationEvent.kind).in_(kinds),
                )
                .order_by(col(tables.ConversationEvent.id))
            ).all()
            return _events(session, found)

    def listening(self) -> set[str]:
        """The conversations that somebody listens to by themselves."""
        with self._lock:
            return {conversation_id for conversation_id, those in self._by_conversation.items() if those}

    def tell(self, event: Event, *, everybody: bool = False) -> None:
        """Tell an event to those who listen in this process, without keeping it."""
        with self._lock:
            those = [*self._everything, *self._by_conversation.get(event.conversation_id or "", ())]
            if everybody:
                those += [one for those_there in self._by_conversation.values() for one in those_there]
        for subscription in those:
            try:
                subscription.take(event)
            except Exception:
                log.exception("A listener failed; the others hear on")

    def forget(self, subscription: Subscription) -> None:
        """Tell it nothing more."""
        with self._lock:
            conversation_id = subscription.conversation_id
            self._place(conversation_id).discard(subscription)
            if conversation_id is not None and not self._by_conversation[conversation_id]:
                del self._by_conversation[conversation_id]

    def prune(self) -> None:
        """Drop old events that nobody asks for later."""
        with Session(self._engine) as session:
            session.exec(
                delete(tables.ConversationEvent).where(
                    col(tables.ConversationEvent.kind).in_(FLEETING),
                    col(tables.ConversationEvent.created_at) < datetime.now(UTC) - _FLEETING_KEPT,
                )
            )
            session.commit()

    def close(self) -> None:
        """Stop reading; those who listen hear `closing`, so that they end by themselves."""
        if not self._closed:
            self._closed = True
            self.tell(Event(0, "closing", None, {}, datetime.now(UTC)), everybody=True)
        self.wake()
        if self._thread is not None:
            self._thread.join()

    def _place(self, conversation_id: str | None) -> set[Subscription]:
        return self._everything if conversation_id is None else self._by_conversation[conversation_id]

    def _start(self) -> None:
        if self._thread is None and not self._closed:
            self._last = self.latest()
            self._thread = threading.Thread(target=self._read_on, name="bulletin", daemon=True)
            self._thread.start()

    def _read_on(self) -> None:
        while not self._closed:
            self._news.wait(self._poll_seconds)
            self._news.clear()
            try:
                while not self._closed and self._read_some():
                    pass
            except SQLAlchemyError:  # a database that is away for a moment; nothing is passed over
                if not self._closed:
                    log.exception("Events cannot be read at the moment")
                    self._news.wait(1.0)

    def _read_some(self) -> bool:
        events = self._after(self._last, _AT_ONCE)
        for event in events:
            with self._lock:
                self._last = event.id
            self.tell(event)
        return len(events) == _AT_ONCE

    def _after(self, last: int, most: int) -> list[Event]:
        with Session(self._engine) as session:
            found = session.exec(
                select(tables.ConversationEvent)
                .where(tables.ConversationEvent.id > last)
                .order_by(col(tables.ConversationEvent.id))
                .limit(most)
            ).all()
            return _events(session, found)

    def _between(self, after: int, until: int, conversation_id: str | None) -> list[Event]:
        query = (
            select(tables.ConversationEvent)
            .where(tables.ConversationEvent.id > after, tables.ConversationEvent.id <= until)
            .order_by(col(tables.ConversationEvent.id))
            .limit(REPLAYED + 1)
        )
        if conversation_id is not None:
            query = query.where(tables.ConversationEvent.conversation_id == conversation_id)
        query = query.where(col(tables.ConversationEvent.kind).not_in(FLEETING))
        with Session(self._engine) as session:
            found = session.exec(query).all()
            if len(found) > REPLAYED:
                raise TooLongAway
            return _events(session, found)


def _events(session: Session, found: Sequence[tables.ConversationEvent]) -> list[Event]:
    """The events with their messages, in three further queries however many they are."""
    ids = [str(row.data["message_id"]) for row in found if row.kind == "message"]
    said: dict[str, MessageView] = {}
    if ids:
        stored = session.exec(select(tables.Message).where(col(tables.Message.id).in_(ids))).all()
        said = {message.id: message for message in messages.views(session, stored)}
    return [
        Event(
            id=row.id,
            kind=row.kind,
            conversation_id=row.conversation_id,
            data=row.data,
            created_at=row.created_at,
            message=said.get(str(row.data.get("message_id"))),
        )
        for row in found
    ]
