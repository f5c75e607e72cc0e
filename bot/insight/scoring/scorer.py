"""Scorer: finds what waits to be scored and scores it, a little at a time; it may be killed at any moment."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, Engine, and_, func, or_
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, col, select

from bot.conversation.tables import Conversation, Feedback, Message
from bot.insight.scoring.moods import mood_of
from bot.insight.scoring.products import products_of, words_of
from bot.insight.scoring.talk import Talk, read_talk
from bot.insight.scoring.writing import (
    Unscored,
    write_conversation_mood,
    write_moods,
    write_reviews,
)
from bot.insight.sentiment.feeling import Feeling
from bot.insight.tables import ConversationMood, MessageAspect, MessageMood, ProductReview
from knowledge.tables import DocumentRow, Product

log = logging.getLogger(__name__)

AT_ONCE = 32  # messages or reviews in one batch, and in one transaction
_CONVERSATIONS_AT_ONCE = 64


class Classifier(Protocol):
    """Texts to feelings."""

    @property
    def version(self) -> str:
        """Of the model."""
        ...

    def classify(self, texts: Sequence[str]) -> list[Feeling]:
        """What each text feels, in their order."""
        ...


class Judge(Protocol):
    """How content a shopper is with a conversation."""

    @property
    def version(self) -> str:
        """Of the model."""
        ...

    def satisfaction(self, talk: Talk) -> float:
        """Predicted mean of many raters, -2 to 2."""
        ...


class Scorer:
    """Scores messages, conversations and reviews; holds nothing that a restart would lose.

    What another model scored after this scorer was made is left alone: while two versions run side by side, neither
    undoes the other's work.

    Args:
        engine: the database.
        classifier: texts to feelings.
        judge: predicts how content the shopper is with a conversation.
    """

    def __init__(self, engine: Engine, classifier: Classifier, judge: Judge) -> None:
        self._engine, self._classifier, self._judge = engine, classifier, judge
        self._began = datetime.now(UTC)
        self._refused: set[str] = set()  # ids of what cannot be scored; it must not hold up the rest

    def score_conversation(self, conversation_id: str) -> int:
        """Score what is new in one conversation; how many messages that was."""
        scored = self._score_messages(self._waiting(conversation_id))
        self._tell(conversation_id)
        return scored

    def score_some(self) -> int:
        """Score a batch of what waits anywhere; 0 when nothing waits any more."""
        return self._score_messages(self._waiting()) or self._score_reviews() or self._tell_some()

    def waiting(self) -> int:
        """How many messages wait to be scored."""
        with Session(self._engine) as session:
            joined = select(Message.id).outerjoin(MessageMood, col(MessageMood.message_id) == col(Message.id))
            query = select(func.count()).select_from(joined.where(self._message_waits()).subquery())
            return int(session.exec(query).one())

    def _message_waits(self) -> ColumnElement[bool]:
        outdated = self._outdated(MessageMood, self._classifier.version)
        return and_(
            col(Message.role) == "user",
            or_(col(MessageMood.message_id).is_(None), outdated),
            col(Message.id).not_in(self._refused),
        )

    def _outdated(
        self, table: type[MessageMood] | type[ProductReview] | type[ConversationMood], version: str
    ) -> ColumnElement[bool]:
        """Scored by another model, and not just now."""
        return and_(col(table.model_version) != version, col(table.scored_at) < self._began)

    def _waiting(self, conversation_id: str | None = None) -> list[Unscored]:
        query = (
            select(Message, Conversation.shop)
            .outerjoin(MessageMood, col(MessageMood.message_id) == col(Message.id))
            .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
            .where(self._message_waits())
            .order_by(col(Message.created_at), col(Message.id))
            .limit(AT_ONCE)
        )
        if conversation_id is not None:
            query = query.where(Message.conversation_id == conversation_id)
        with Session(self._engine) as session:
            return [
                Unscored(message.id, message.conversation_id, shop, message.text, message.created_at)
                for message, shop in session.exec(query)
            ]

    def _score_messages(self, waiting: Sequence[Unscored]) -> int:
        if not waiting:
            return 0
        try:
            self._score(waiting)
        except OperationalError:
            raise  # the database is away: nothing wrong with the messages
        except Exception:
            for one in waiting:
                self._score_alone(one)
        return len(waiting)

    def _score(self, waiting: Sequence[Unscored]) -> None:
        feelings = self._classifier.classify([one.text for one in waiting])
        with Session(self._engine) as session:
            write_moods(session, list(zip(waiting, feelings, strict=True)), self._classifier.version)
            session.commit()

    def _score_alone(self, one: Unscored) -> None:
        """Score a message of a batch that failed; one that fails by itself is left out from now on."""
        try:
            self._score([one])
        except IntegrityError:
            pass  # erased meanwhile
        except OperationalError:
            raise
        except Exception:
            log.exception("Message %s cannot be scored and is left out", one.message_id)
            self._refused.add(one.message_id)

    def _score_reviews(self) -> int:
        """Score again the reviews that an earlier model scored."""
        version = self._classifier.version
        with Session(self._engine, expire_on_commit=False) as session:
            found = session.exec(
                select(ProductReview).where(self._outdated(ProductReview, version)).limit(AT_ONCE)
            ).all()
        if not found:
            return 0
        feelings = self._classifier.classify([review.text for review in found])
        with Session(self._engine) as session:
            write_reviews(session, list(zip(found, feelings, strict=True)), version)
            session.commit()
        return len(found)

    def _tell_some(self) -> int:
        """Renew how conversations go where something was said or rated since, or another model told it."""
        rated = (
            select(Feedback.message_id)
            .join(Message, col(Message.id) == col(Feedback.message_id))
            .where(
                col(Message.conversation_id) == col(Conversation.id),
                col(Feedback.updated_at) > col(ConversationMood.scored_at),
            )
            .exists()
        )
        query = (
            select(Conversation.id)
            .outerjoin(ConversationMood, col(ConversationMood.conversation_id) == col(Conversation.id))
            .where(
                or_(
                    and_(col(ConversationMood.conversation_id).is_(None), col(Conversation.last_sequence) > 0),
                    col(ConversationMood.last_sequence) != col(Conversation.last_sequence),
                    self._outdated(ConversationMood, self._judge.version),
                    rated,
                )
            )
            .limit(_CONVERSATIONS_AT_ONCE)
        )
        with Session(self._engine) as session:
            ids = session.exec(query).all()
        for conversation_id in ids:
            self._tell(conversation_id)
        return len(ids)

    def _tell(self, conversation_id: str) -> None:
        """Keep how a conversation goes, and which product each of its messages speaks of."""
        with Session(self._engine) as session:
            conversation = session.get(Conversation, conversation_id)
            if conversation is None:
                return
            talk = read_talk(session, conversation_id)
            known = _known(session, conversation.shop, words_of(talk))
            _name_products(session, products_of(talk, known).items())
            told = mood_of(talk, self._judge.satisfaction)
            write_conversation_mood(session, conversation_id, told, self._judge.version)
            session.commit()


def _known(session: Session, shop: str, words: Sequence[str]) -> Mapping[str, str]:
    """Of these words those that are ids of the shop's products: lower case → the id."""
    if not words:
        return {}
    query = (
        select(Product.product_id)
        .join(DocumentRow, col(DocumentRow.id) == col(Product.document_id))
        .where(DocumentRow.shop == shop, func.lower(col(Product.product_id)).in_(words))
    )
    return {product_id.lower(): product_id for product_id in session.exec(query)}


def _name_products(session: Session, found: Iterable[tuple[str, str]]) -> None:
    for message_id, product_id in found:
        mood = session.get(MessageMood, message_id)
        if mood is not None and mood.product_id != product_id:
            mood.product_id = product_id
            for aspect in session.exec(select(MessageAspect).where(MessageAspect.message_id == message_id)):
                aspect.product_id = product_id
