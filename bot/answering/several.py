"""Several questions in one message: told apart, answered one after the other, and put together as one answer."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.answering.citing import PARAGRAPH
from bot.answering.evidence import sentences
from bot.answering.extraction import Readings
from bot.answering.passage_answers import refusal
from bot.answering.splitting import asked_last, questions_in
from bot.answering.stopwatch import Stopwatch
from bot.answering.tuned_text import MARK
from bot.answering.turn import Answer, Turn
from bot.conversation.history import MessageView, Role
from bot.reply import Citation, Gear, ProductCard, ReplyChunk

NAMED_CHARACTERS = 120
"""Of a question without an answer, as it is named beside the answers to the others."""

SOME = "some_of_several"
"""The reason of an answer to some of the questions of a message: the others are open."""

_LEAST_SURE: tuple[Gear, ...] = ("generated", "extracted", "facts", "curated", "none")
"""The gear of an answer in several parts is the one of these that comes first."""

_ELLIPTIC = re.compile(
    r"^(?:and |but |or )?(?:what|how) about\b|^and (?:for|to|in|on|with|the|a|an|if)\b|呢\s*[?？]?$"
    r"|也(?:一样|是|行|可以)[吗么]\s*[?？]?$",
    re.IGNORECASE,
)
"""The question before, of another thing: "and the blue one?"."""


def told_apart(turn: Turn, read: Callable[[Turn], Readings]) -> tuple[str, ...]:
    """The questions of a message that are answered by different places.

    Args:
        turn: the message.
        read: what is read for one of its questions, which goes on from the earlier ones.
    """
    questions = questions_in(turn.text)
    if len(questions) == 1:
        return questions
    found: list[Readings] = []
    asked = turn
    for question in questions:
        found.append(read(replace(asked, text=question)))
        asked = _after(asked, question)
    return _by_place(questions, found)


def _by_place(questions: Sequence[str], found: Sequence[Readings]) -> tuple[str, ...]:
    """The questions, those as one that the same statement answers: "How long? Is it 5 days?".

    What names another thing ("and the blue one?") stays a question of its own, whatever answers it.

    Args:
        questions: of one message.
        found: what was read for each.
    """
    seen: dict[tuple[str, int], int] = {}
    joined: list[str] = []
    for question, readings in zip(questions, found, strict=True):
        place = None
        if readings.ranked and not readings.silent and not _ELLIPTIC.search(question.strip()):
            best = readings.ranked[0]
            place = best.passage.chunk.id, best.stretch.best
        if place in seen:
            joined[seen[place]] += f" {question}"
            continue
        if place:
            seen[place] = len(joined)
        joined.append(question)
    return tuple(joined)


@dataclass(frozen=True)
class _Kept:
    """What the answers to the questions before have shown.

    Attributes:
        citations: numbered as shown.
        texts: as shown, one for each answer.
        said: sentences without marks.
    """

    answers: list[Answer] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    said: set[str] = field(default_factory=set)


def answered_apart(
    turn: Turn,
    questions: Sequence[str],
    watch: Stopwatch,
    answer: Callable[[Turn], Generator[ReplyChunk, None, Answer]],
) -> Generator[ReplyChunk, None, Answer]:
    """The answers to the questions of a message as one, streamed; a refusal where none has an answer.

    Args:
        turn: the message.
        questions: that it is made of.
        watch: told when the first words are shown.
        answer: to one question, asked in its turn.
    """
    kept = _Kept()
    parts: list[Answer] = []
    asked = turn
    for question in questions:
        part = yield from _shown(answer(replace(asked, text=question)), kept, watch)
        parts.append(part)
        asked = _after(asked, question, part)
    unknown = [(question, part) for question, part in zip(questions, parts, strict=True) if part.outcome == "refused"]
    # What is still open is what the shop has to learn.
    question = " ".join(part.question for part in ([part for _, part in unknown] or parts) if part.question)
    passages = tuple({one.chunk.id: one for part in parts for one in part.passages}.values())
    prompt = PARAGRAPH.join(part.prompt for part in parts if part.prompt)
    if not kept.answers:
        return replace(refusal(turn, parts[0].reason), question=question, passages=passages, prompt=prompt)
    if unknown:
        said = turn.words.say("unknown_beside", questions=turn.words.listed([_named(one) for one, _ in unknown]))
        yield ReplyChunk(kind="token", text=f"{PARAGRAPH}{said}")
        kept.texts.append(said)
    return Answer(
        PARAGRAPH.join(kept.texts),
        "answered",
        min((one.gear for one in kept.answers), key=_LEAST_SURE.index),
        SOME if unknown else "several",
        citations=tuple(kept.citations),
        products=_cards(kept.answers),
        suggestions=kept.answers[-1].suggestions,
        question=question,
        passages=passages,
        prompt=prompt,
        streamed=True,
        offers_person=bool(unknown) or any(one.offers_person for one in kept.answers),
    )


def _shown(
    steps: Generator[ReplyChunk, None, Answer], kept: _Kept, watch: Stopwatch
) -> Generator[ReplyChunk, None, Answer]:
    """One answer's steps, its marks numbered after those before it; it is kept unless it is a refusal.

    What was said already from the same pages is not said again.
    """
    shift, pieces = max((one.index for one in kept.citations), default=0), list[str]()

    def say(text: str, *, again: bool = False) -> Iterator[ReplyChunk]:
        bare = sentences(MARK.sub("", text))
        if bare and kept.said.issuperset(bare) and not again:
            return
        kept.said.update(bare)
        gap = PARAGRAPH if kept.texts and not pieces else ""
        pieces.append(_shifted(text, shift) if pieces else _shifted(text, shift).lstrip())
        yield ReplyChunk(kind="token", text=f"{gap}{pieces[-1]}")

    with closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                part: Answer = stop.value
                break
            if step.kind == "token":
                yield from say(step.text)
            else:
                yield step
    if part.outcome == "refused":
        return part
    if not part.streamed:
        watch.mark("first_token")
        for paragraph in part.text.split(PARAGRAPH):
            yield from say(f"{PARAGRAPH}{paragraph}")
    known = {one.chunk_id for one in kept.citations}
    if not pieces and any(one.chunk_id not in known for one in part.citations):
        yield from say(part.text, again=True)  # the same words of another thing
    kept.answers.append(part)
    if pieces:
        text = "".join(pieces)
        kept.texts.append(text)
        cited = [replace(one, index=one.index + shift) for one in part.citations]
        kept.citations.extend(one for one in cited if f"[{one.index}]" in text or not MARK.search(text))
    return part


def _shifted(text: str, by: int) -> str:
    """A text with its marks counted up."""
    return MARK.sub(lambda mark: mark[0].replace(f"[{mark[1]}]", f"[{int(mark[1]) + by}]"), text) if by else text


def _named(question: str) -> str:
    """A question as it is named in a reply: what is asked of it, without what was said before."""
    asked = MARK.sub("", asked_last(question))
    return f"“{asked if len(asked) <= NAMED_CHARACTERS else asked[:NAMED_CHARACTERS].rstrip() + '…'}”"


def _cards(answers: Sequence[Answer]) -> tuple[ProductCard, ...]:
    """Each product once, as it was shown first."""
    cards: dict[str, ProductCard] = {}
    for one in answers:
        for card in one.products:
            cards.setdefault(card.product_id, card)
    return tuple(cards.values())


def _after(turn: Turn, question: str, answer: Answer | None = None) -> Turn:
    """The turn once one of its questions was asked, and answered."""
    said = [_said(turn, "user", question, len(turn.earlier))]
    if answer is not None:
        reply = _said(turn, "assistant", answer.text, len(turn.earlier) + 1)
        said.append(replace(reply, products=answer.products))
    return replace(turn, earlier=(*turn.earlier, *said))


def _said(turn: Turn, role: Role, text: str, place: int) -> MessageView:
    """A part of this message, or the answer to it, as if it had been said by itself."""
    return MessageView(
        id=f"{turn.message_id}-{place}",
        conversation_id=turn.conversation_id,
        sequence=place + 1,
        role=role,
        text=text,
        language=turn.language,
        created_at=datetime.now(UTC),
    )
