"""A shop's own talk as training examples: replies that shoppers liked, over the passages that they cited."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, cast

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.answering.evidence import plain
from bot.conversation.privacy import mask
from bot.conversation.tables import Citation, Conversation, Feedback, Message
from bot.learning.examples import Example

HISTORY_TURNS = 2
_ANSWERED_BY = ("generated", "extracted", "curated")
_MARK = re.compile(r"\[(\d{1,2})\]")
_LETTERS = re.compile(r"\w+")


def own_examples(engine: Engine, shop: str) -> Iterator[Example]:
    """One example for each liked reply that cites passages; what was asked and answered alike comes once.

    Texts are stored masked and are masked again, since what counts as personal data may have grown since. Personal
    data in a reply or a passage is masked too: a model must not learn it.

    Args:
        engine: of the database of conversations.
        shop: the conversations of this shop only.
    """
    known: set[tuple[str, str]] = set()
    with Session(engine) as session:
        liked = session.exec(
            select(Message)
            .join(Feedback, col(Feedback.message_id) == Message.id)
            .join(Conversation, col(Conversation.id) == Message.conversation_id)
            .where(Feedback.rating == 1, Conversation.shop == shop, Message.role == "assistant")
            .where(col(Message.gear).in_(_ANSWERED_BY), col(Message.language).in_(("en", "zh")))
            .order_by(col(Message.created_at), col(Message.id))
        ).all()
        for reply in liked:
            example = _example(session, reply)
            if example is None:
                continue
            key = _folded(example.question), _folded(example.answer)
            if key not in known:
                known.add(key)
                yield example


def _example(session: Session, reply: Message) -> Example | None:
    """The example of a reply; None where it rests on nothing or is no running text."""
    cited = session.exec(select(Citation).where(Citation.message_id == reply.id).order_by(col(Citation.mark))).all()
    question = session.get(Message, reply.reply_to) if reply.reply_to else None
    answer = _answer(reply.text, cited)
    if question is None or not cited or not answer:
        return None
    return Example(
        id=f"staff-{reply.id}",
        split="train",
        source="staff",
        language=cast(Literal["en", "zh"], reply.language),
        kind="answer",
        question=mask(question.text).text,
        passages=tuple(_passage(citation, str(reply.language)) for citation in cited),
        answer=mask(answer).text,
        cited=tuple(range(1, len(cited) + 1)),
        history=_before(session, question),
        tags=("liked",),
    )


def _answer(text: str, cited: Sequence[Citation]) -> str:
    """A reply on one line, its marks counting from 1; nothing where it is a list or names an unknown passage."""
    lines = [line for line in text.splitlines() if line.strip()]
    places = {citation.mark: number for number, citation in enumerate(cited, start=1)}
    if len(lines) != 1 or any(int(mark) not in places for mark in _MARK.findall(text)):
        return ""
    answer = _MARK.sub(lambda found: f"[{places[int(found[1])]}]", lines[0].strip())
    if not _MARK.search(answer) and len(cited) == 1:
        answer = f"{answer}{'' if _ends_chinese(answer) else ' '}[1]"
    return answer if _MARK.search(answer) else ""


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
    return " ".join(_LETTERS.findall(_MARK.sub(" ", text).casefold()))
