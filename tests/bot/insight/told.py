"""Conversations told line by line into a database, with the times that a test wants."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine
from sqlmodel import Session, select

from bot.conversation.tables import Citation, Conversation, Feedback, Handoff, Message, TurnTrace
from bot.insight.tables import ConversationMood, MessageMood
from knowledge.profile import ShopProfile

GEARS = ("curated", "facts", "generated", "extracted", "none")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class FixedProfiles:
    """Every shop on the same clock."""

    def __init__(self, zone: str = "UTC") -> None:
        self.zone = zone

    def get(self, shop: str) -> ShopProfile:
        return ShopProfile(name={"en": shop}, timezone=self.zone)


@dataclass
class Told:
    """Writes conversations; `?text` is the shopper's line, `>outcome gear` a reply, with any of the words below.

    `cites`, `up`, `down`, `thanks` (the reply to a courtesy), `ms=900`, `product=P1`, `reason=unclear`; a shopper's
    line may end in ` !negative` or ` !positive quality=negative`; `@hours` lets time pass; `person` asks for one.
    """

    engine: Engine
    ids: list[str] = field(default_factory=list)

    def talk(self, *lines: str, at: datetime = NOW - timedelta(days=5), shop: str = "demo", language: str = "en",
             product: str | None = None, visitor: str | None = None, customer: str | None = None) -> str:  # fmt: skip
        conversation = Conversation(
            id=uuid4().hex, shop=shop, language=language, created_at=at, visitor_id=visitor, customer_id=customer
        )
        self.ids.append(conversation.id)
        with Session(self.engine, expire_on_commit=False) as session:
            session.add(conversation)
            session.flush()
            self._lines(session, conversation, lines, at, product)
            session.commit()
        return conversation.id

    def more(self, conversation_id: str, *lines: str, at: datetime) -> None:
        with Session(self.engine) as session:
            self._lines(session, session.get_one(Conversation, conversation_id), lines, at, None)
            session.commit()

    def _lines(self, session: Session, conversation: Conversation, lines, at: datetime, product: str | None) -> None:
        asked = ""
        for line in lines:
            at += timedelta(seconds=30)
            if line.startswith("@"):
                at += timedelta(hours=float(line[1:]))
            elif line == "person":
                session.add(Handoff(id=uuid4().hex, conversation_id=conversation.id, reason="asked", created_at=at))
            elif line.startswith("?"):
                asked = self._say(session, conversation, line[1:], at, product)
            else:
                self._reply(session, conversation, line[1:].split(" "), at, asked)

    def _message(self, session: Session, conversation: Conversation, at: datetime, **values: object) -> str:
        conversation.last_sequence += 1
        message = Message(
            id=uuid4().hex, conversation_id=conversation.id, sequence=conversation.last_sequence,
            language=conversation.language, created_at=at, **values,
        )  # fmt: skip
        session.add(message)
        session.flush()
        return message.id

    def _say(self, session: Session, conversation: Conversation, text: str, at: datetime, product: str | None) -> str:
        text, _, felt = text.partition(" !")
        asked = self._message(session, conversation, at, role="user", text=text)
        label, *aspects = (felt or "neutral").split(" ")
        session.add(
            MessageMood(
                message_id=asked,
                conversation_id=conversation.id,
                shop=conversation.shop,
                product_id=product,
                label=label,
                score=0.9,
                scores={label: 0.9},
                aspects=dict(one.split("=") for one in aspects),
                model_version="1",
                said_at=at,
                scored_at=at,
            )
        )
        return asked

    def _reply(self, session: Session, conversation: Conversation, words: list[str], at: datetime, asked: str) -> None:
        outcome = words[0]
        gear = next((word for word in words if word in GEARS), "generated")
        named = dict(word.split("=") for word in words if "=" in word)
        cards = [{"product_id": named["product"]}] if "product" in named else []
        reply = self._message(
            session, conversation, at, role="assistant", text="…", outcome=outcome, gear=gear, reply_to=asked,
            products=cards,
        )  # fmt: skip
        ms = float(named.get("ms", 500))
        session.add(
            TurnTrace(
                message_id=reply,
                gear=gear,
                reason=named.get("reason", "told"),
                question="",
                intent="thanks" if "thanks" in words else "question",
                timings_ms={"first_token": ms, "total": 2 * ms},
                passages=[{"chunk_id": "c", "source": "returns.md", "rank": 1, "score": 0.4}],
                created_at=at,
            )
        )
        if "cites" in words:
            session.add(Citation(message_id=reply, mark=1, chunk_id="c", source="s", title="t", cited_quote="q",
                                 grounded_span="", passage="", score=0.9))  # fmt: skip
        for word, rating in (("up", 1), ("down", -1)):
            if word in words:
                session.add(Feedback(message_id=reply, rating=rating, updated_at=at))

    def rate(self, conversation_id: str, rating: int, at: datetime) -> None:
        with Session(self.engine) as session:
            found = select(Message).where(Message.conversation_id == conversation_id, Message.role == "assistant")
            session.merge(Feedback(message_id=session.exec(found).first().id, rating=rating, updated_at=at))
            session.commit()

    def judge(self, conversation_id: str, satisfaction: float, at: datetime) -> None:
        with Session(self.engine) as session:
            session.add(ConversationMood(
                conversation_id=conversation_id, satisfaction=satisfaction, trend=0, sustained_anger=False,
                failures_in_a_row=0, last_sequence=1, model_version="1", scored_at=at,
            ))  # fmt: skip
            session.commit()
