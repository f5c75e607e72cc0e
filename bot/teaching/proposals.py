"""Proposals: what a draft could say, from a reply, an unanswered question or a whole content gap."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.conversation.history import History
from bot.conversation.messages import MessageView
from bot.conversation.tables import Message, TurnTrace
from bot.errors import NotFound
from bot.insight.analytics.tables import ContentGap, GapQuestion
from bot.reply import Citation
from bot.teaching.verdicts import VerdictBook

QUESTIONS_OF_A_GAP = 8


@dataclass(frozen=True)
class Proposal:
    """What a draft begins with.

    Attributes:
        language: of the questions and the answer.
        questions: as shoppers asked, made standalone where the bot did so.
        answer: the words of a person where one answered, else the right answer that staff wrote, else the bot's.
        by: whose words these are: `person`, `staff`, `bot` or nobody's.
        citations: that the answer came with.
        source: what the bot's answer was quoted from first, which the draft may change.
        message_id: the reply, or where there is none the question.
    """

    shop: str
    language: str
    questions: tuple[str, ...]
    answer: str
    by: str
    citations: tuple[Citation, ...]
    source: str
    message_id: str


class Proposals:
    """Reads what was said.

    Args:
        engine: of the database of conversations.
        history: conversations.
        verdicts: what staff said of replies.
    """

    def __init__(self, engine: Engine, history: History, verdicts: VerdictBook) -> None:
        self._engine, self._history, self._verdicts = engine, history, verdicts

    def from_message(self, message_id: str) -> Proposal:
        """From a reply, or from a shopper's question.

        Raises:
            NotFound: no such message.
        """
        message = self._history.message(message_id)
        said = self._history.messages(message.conversation_id)
        question = _question(message, said)
        reply = message if message.role != "user" else _reply_to(question, said)
        answer, by, answered = self._answer(question, reply, said)
        language = (question.language if question else None) or message.language or "en"
        return Proposal(
            shop=self._history.conversation(message.conversation_id).shop,
            language=language,
            questions=tuple(filter(None, (self._standalone(reply, question),))),
            answer=answer,
            by=by,
            citations=answered.citations if answered else (),
            source=next((one.source for one in reply.citations), "") if reply else "",
            message_id=(reply or message).id,
        )

    def from_gap(self, gap_id: str) -> Proposal:
        """From questions of one kind that were left open; a person's reply to the most typical one is its answer.

        Raises:
            NotFound: no such gap, or all of its questions were erased.
        """
        with Session(self._engine) as session:
            gap = session.get(ContentGap, gap_id)
            replies = select(GapQuestion.message_id).where(GapQuestion.gap_id == gap_id)
            asked = session.exec(
                select(Message.reply_to).where(col(Message.id).in_(replies)).order_by(col(Message.created_at).desc())
            ).all()
        typical = gap.question_id if gap and gap.question_id else next(iter(asked), None)
        if typical is None:
            raise NotFound(f"There is no content gap {gap_id!r}, or its questions were erased.")
        first = self.from_message(typical)
        others = [self.from_message(one) for one in asked[: 2 * QUESTIONS_OF_A_GAP] if one and one != typical]
        by_person = next((one for one in (first, *others) if one.by == "person"), first)
        texts = [text for one in (first, *others) if one.language == first.language for text in one.questions]
        return Proposal(
            shop=first.shop,
            language=first.language,
            questions=tuple(dict.fromkeys(texts))[:QUESTIONS_OF_A_GAP],
            answer=by_person.answer if by_person.by == "person" else first.answer,
            by=by_person.by,
            citations=by_person.citations,
            source="",
            message_id=first.message_id,
        )

    def _answer(
        self, question: MessageView | None, reply: MessageView | None, said: Sequence[MessageView]
    ) -> tuple[str, str, MessageView | None]:
        verdict = next(iter(self._verdicts.of([reply.id])), None) if reply else None
        if verdict and verdict.right_answer:
            return verdict.right_answer, "staff", reply
        if reply and reply.role == "human_agent":
            return reply.text, "person", reply
        person = _person_after(question, said)
        if person is not None:
            return person.text, "person", person
        if reply and reply.outcome == "answered":
            return reply.text, "bot", reply
        return "", "", None

    def _standalone(self, reply: MessageView | None, question: MessageView | None) -> str:
        if reply is not None and reply.role == "assistant":
            with Session(self._engine) as session:
                trace = session.get(TurnTrace, reply.id)
            if trace is not None and trace.question:
                return trace.question
        return question.text if question else ""


def _question(message: MessageView, said: Sequence[MessageView]) -> MessageView | None:
    if message.role == "user":
        return message
    by_id = {one.id: one for one in said}
    if message.reply_to in by_id:
        return by_id[message.reply_to]
    before = [one for one in said if one.role == "user" and one.sequence < message.sequence]
    return before[-1] if before else None


def _reply_to(question: MessageView | None, said: Sequence[MessageView]) -> MessageView | None:
    return next((one for one in said if question and one.reply_to == question.id and one.role == "assistant"), None)


def _person_after(question: MessageView | None, said: Sequence[MessageView]) -> MessageView | None:
    """The first thing a person said after the question."""
    if question is None:
        return None
    return next((one for one in said if one.role == "human_agent" and one.sequence > question.sequence), None)
