"""A shop's own talk as training examples: replies that shoppers liked or staff approved, over what they cited."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal, cast

from sqlalchemy import Engine, and_, or_
from sqlmodel import Session, col, select

from bot.answering.evidence import plain
from bot.answering.tuned_text import MARK
from bot.conversation.privacy import mask
from bot.conversation.tables import Citation, Conversation, Feedback, Message
from bot.conversation.verdicts import Verdict
from bot.learning.examples import Example

HISTORY_TURNS = 2
_ANSWERED_BY = ("generated", "extracted", "curated")
_LETTERS = re.compile(r"\w+")


def own_examples(engine: Engine, shop: str) -> Iterator[Example]:
    """One example for each liked or approved reply that cites passages; what was asked and answered alike comes once.

    What staff say of a reply counts more than a thumb: one that they found wrong is left out, or takes the words that
    they wrote instead where they marked it for training.

    Texts are stored masked and are masked again, since what counts as personal data may have grown since. Personal
    data in a reply or a passage is masked too: a model must not learn it.

    Args:
        engine: of the database of conversations.
        shop: the conversations of this shop only.
    """
    known: set[tuple[str, str]] = set()
    with Session(engine) as session:
        for reply, verdict in session.exec(_chosen(shop)).all():
            example = _example(session, reply, verdict)
            if example is None:
                continue
            key = _folded(example.question), _folded(example.answer)
            if key not in known:
                known.add(key)
                yield example


def _chosen(shop: str) -> Any:  # a select of two tables, whose type SQLModel's checker plug-in cannot write
    """The shop's replies that a thumb or a verdict recommends, each with its verdict, oldest first."""
    liked = and_(
        col(Feedback.rating) == 1,
        col(Verdict.message_id).is_(None),
        col(Message.role) == "assistant",
        col(Message.gear).in_(_ANSWERED_BY),
    )
    approved = col(Verdict.example).is_(True)
    return (
        select(Message, Verdict)
        .join(Conversation, col(Conversation.id) == Message.conversation_id)
        .join(Feedback, col(Feedback.message_id) == Message.id, isouter=True)
        .join(Verdict, col(Verdict.message_id) == Message.id, isouter=True)
        .where(Conversation.shop == shop, col(Message.role) != "user", or_(liked, approved))
        .order_by(col(Message.created_at), col(Message.id))
    )


def _example(session: Session, reply: Message, verdict: Verdict | None) -> Example | None:
    """The example of a reply; None where it rests on nothing or is no running text."""
    said = reply.text if verdict is None or verdict.right else verdict.right_answer
    cited = session.exec(select(Citation).where(Citation.message_id == reply.id).order_by(col(Citation.mark))).all()
    question = _question(session, reply)
    answer = _answer(said, cited)
    language = reply.language or (question.language if question else None)  # a person's message has none of its own
    if question is None or not cited or not answer or language not in ("en", "zh"):
        return None
    return Example(
        id=f"staff-{reply.id}",
        split="train",
        source="staff",
        language=cast(Literal["en", "zh"], language),
        kind="answer",
        question=mask(question.text).text,
        passages=tuple(_passage(citation, language) for citation in cited),
        answer=mask(answer).text,
        cited=tuple(range(1, len(cited) + 1)),
        history=_before(session, question),
        tags=("liked",) if verdict is None else ("approved",),
    )


def _question(session: Session, reply: Message) -> Message | None:
    """The shopper's message that a reply answers; a person's answers the one before it."""
    if reply.reply_to:
        return session.get(Message, reply.reply_to)
    return session.exec(
        select(Message)
        .where(
            Message.conversation_id == reply.conversation_id,
            Message.role == "user",
            Message.sequence < reply.sequence,
        )
        .order_by(col(Message.sequence).desc())
    ).first()


def _answer(text: str, cited: Sequence[Citation]) -> str:
    """A reply on one line, its marks counting from 1; nothing where it is a list or names an unknown passage."""
    lines = [line for line in text.splitlines() if line.strip()]
    places = {citation.mark: number for number, citation in enumerate(cited, start=1)}
    if len(lines) != 1 or any(int(mark) not in places for mark in MARK.findall(text)):
        return ""
    answer = MARK.sub(lambda found: found[0].replace(found[1], str(places[int(found[1])])), lines[0].strip())
    if not MARK.search(answer) and len(cited) == 1:
        answer = f"{answer}{'' if _ends_chinese(answer) else ' '}[1]"
    return answer if MARK.search(answer) else ""


def _ends_chinese(text: str) -> bool:
    return text.endswith(("。", "！", "？", "；"))


def _passage(citation: Citation, language: str) -> str:
    colon = "：" if language == "zh" else ": "
    quote = citation.cited_quote or citation.passage
    row = quote.startswith("|") and "\n" not in quote
    text = ", ".join(cell.strip() for cell in quote.strip("|").split("|")) if row else quote
    return mask(f"{citation.title}{colon}{plain(text)}").text


def _before(session: Session, question: Message) -> tuple[str, ...]:
    """The turns before a question, shopper and bot alternating."""
    earlier = session.exec(
        select(Message)
        .where(Message.conversation_id == question.conversation_id, Message.sequence < question.sequence)
        .order_by(col(Message.sequence).desc())
        .limit(HISTORY_TURNS)
    ).all()[::-1]
    roles = [message.role for message in earlier]
    return tuple(mask(message.text).text for message in earlier) if roles == ["user", "assistant"] else ()


def _folded(text: str) -> str:
    return " ".join(_LETTERS.findall(MARK.sub(" ", text).casefold()))
