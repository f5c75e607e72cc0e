"""Several questions in one message: told apart, answered one after the other, and put together as one answer."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.answering.citing import PARAGRAPH
from bot.answering.extraction import Reading
from bot.answering.passage_answers import refusal
from bot.answering.stopwatch import Stopwatch
from bot.answering.tuned_text import MARK
from bot.answering.turn import Answer, Turn
from bot.conversation.history import MessageView
from bot.reply import Citation, Gear, ReplyChunk
from knowledge.documents import Passage
from knowledge.keywords import tokenize

MOST = 4
"""Questions of one message that are answered apart; more are taken as one, of which the best is answered."""

_LEAST_SURE: tuple[Gear, ...] = ("generated", "extracted", "facts", "curated", "none")
"""The gear of an answer in several parts is the one of these that comes first."""

_ENDS = re.compile(r"(?<=[?？!！。])(?![?？!！。”’」』）)\"'])\s*|(?<=[a-z0-9)][.;])\s+(?=[A-Z])|\n+")
_MARKED_AS_QUESTION = re.compile(r"[?？][\s!！?？”’」』）)\"']*$")
_CONNECTIVE = re.compile(
    r"^(?:(?:and )?also|plus|besides|secondly|another (?:thing|question)|(?:and )?one (?:more|last)"
    r" (?:thing|question)|(?:oh )?(?:and )?by the way|btw|oh(?: and)?)(?=[\s,:])[\s,:]*"
    r"|^(?:另外|还有|再问(?:一个|一下|下)?|再(?:请|想)问(?:一下|下)?|顺便(?:再)?(?:想)?问?(?:一下|下)?|对了|还想问(?:一下|下)?|此外|其次)"
    r"(?:个问题)?[\s,:，：、]*",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^(?:(?:and|but|so|then|or) )?(?:what|how|when|where|who|which|whose|why|can|could|do|does|did|is|are|was|were"
    r"|will|would|should|may|has|have|am)\b|[吗么嘛呢]\s*[？?]?$|什么|怎么|多少|多久|多大|如何|哪|几[天个件次年月点]|能不能|可不可以|有没有"
    r"|是否|是不是|会不会|行不行",
    re.IGNORECASE,
)
_CHECKS = re.compile(
    r"^(?:(?:and |but )?(?:is|was|would) (?:that|this|it) )?(?:all )?(?:right|correct|true|really|seriously"
    r"|sure|surely|possible|ok|okay|please)\W*$"
    r"|^(?:真的吗?|真的假的|对(?:吗|吧|不对)?|是(?:吗|吧|不是)|没错吧?|(?:可以|行|能)(?:吗|么|不))\W*$",
    re.IGNORECASE,
)
"""A question whether something just said is so, or may be."""
_BARE = re.compile(
    r"^(?:and |but |so )?(?:how (?:much|long|many|soon|fast|often)|when|where|why|what|which|who|price|costs?|fees?)"
    r"(?: (?:is|does|would|will|do) (?:it|that|this|they)(?: (?:take|cost|be))?)?\W*$"
    r"|^(?:那|又|大概|要|得)*(?:多少钱?|多久|几天|什么时候|怎么(?:弄|办|样|做)|为什么|在哪里?|哪里|运费|价格)(?:到|呢|啊|呀)?\W*$",
    re.IGNORECASE,
)
"""A question that asks of what was just said: "and how much?"."""
_ELLIPTIC = re.compile(
    r"^(?:and |but |or )?(?:what|how) about\b|^and (?:for|to|in|on|with|the|a|an|if)\b|呢\s*[?？]?$"
    r"|也(?:一样|是|行|可以)[吗么]\s*[?？]?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Kept:
    """What the answers to the questions before have shown.

    Attributes:
        unknown: questions that had no answer.
        citations: numbered as shown.
        texts: as shown, one for each answer.
        said: sentences without marks.
    """

    answers: list[Answer] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    said: set[str] = field(default_factory=set)


def questions_in(text: str) -> tuple[str, ...]:
    """The questions of a message, each with what is said before it; one where there are not several, or too many.

    "Do you ship to Canada? I'd need it soon. And what does it cost?" has two.
    """
    found: list[str] = []
    lead: list[str] = []
    for sentence in (piece.strip() for piece in _ENDS.split(text.strip())):
        if not sentence:
            continue
        bare = _CONNECTIVE.sub("", sentence).strip()
        asks = bool(_MARKED_AS_QUESTION.search(sentence) or _ASKS.search(bare))
        if asks and found and (not _content(bare) or _BARE.search(bare)):
            found[-1] = f"{found[-1]} {sentence}"
        elif asks and _content(bare):
            found.append(" ".join([*lead, bare]))
            lead = []
        else:
            lead.append(sentence)
    if not 1 < len(found) <= MOST:
        return (text,)
    found[-1] = " ".join([found[-1], *lead])
    return tuple(found)


def one_place(turns: Sequence[Turn], readings: Sequence[Reading | None]) -> bool:
    """Whether the questions are but one, as the same statement answers two of them.

    "And the blue one?" is a question of its own, whatever answers it: it names another thing.

    Args:
        turns: a question each.
        readings: the likeliest of each; None where there is none.
    """
    seen: set[tuple[str, int]] = set()
    for turn, reading in zip(turns, readings, strict=True):
        if reading is None or _ELLIPTIC.search(turn.text.strip()):
            continue
        place = reading.passage.chunk.id, reading.stretch.best
        if place in seen:
            return True
        seen.add(place)
    return False


def _content(sentence: str) -> set[str]:
    """The words of a sentence that ask for something; none where it only checks what was said ("right?")."""
    return set() if _CHECKS.search(sentence) else {word for word in tokenize(sentence) if not word.isdigit()}


def each_of(turn: Turn, questions: Sequence[str]) -> Iterator[Turn]:
    """A turn for each question; the later ones go on from the earlier ones."""
    earlier = list(turn.earlier)
    for question in questions:
        yield replace(turn, text=question, earlier=tuple(earlier))
        earlier.append(_said(turn, "user", question, len(earlier)))


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
    earlier = list(turn.earlier)
    parts: list[Answer] = []
    for question in questions:
        part = yield from _shown(answer(replace(turn, text=question, earlier=tuple(earlier))), kept, watch)
        parts.append(part)
        if part.outcome == "refused":
            kept.unknown.append(question)
        earlier += [
            _said(turn, "user", question, len(earlier)),
            replace(_said(turn, "assistant", part.text, len(earlier) + 1), products=part.products),
        ]
    if not kept.answers:
        return replace(
            refusal(turn, parts[0].reason),
            question=_questions(parts),
            passages=_passages(parts),
            prompt=_prompts(parts),
        )
    if kept.unknown:
        said = turn.words.say("unknown_beside", questions=turn.words.listed([f"“{one}”" for one in kept.unknown]))
        yield ReplyChunk(kind="token", text=f"{PARAGRAPH}{said}")
        kept.texts.append(said)
    return Answer(
        PARAGRAPH.join(kept.texts),
        "answered",
        min((one.gear for one in kept.answers), key=_LEAST_SURE.index),
        "several" if not kept.unknown else "some_of_several",
        citations=tuple(kept.citations),
        products=tuple({card.product_id: card for one in kept.answers for card in one.products}.values()),
        suggestions=kept.answers[-1].suggestions,
        question=_questions(parts),
        passages=_passages(parts),
        prompt=_prompts(parts),
        streamed=True,
        offers_person=bool(kept.unknown),
    )


def _shown(
    steps: Generator[ReplyChunk, None, Answer], kept: _Kept, watch: Stopwatch
) -> Generator[ReplyChunk, None, Answer]:
    """One answer's steps, its marks numbered after those before it; it is kept unless it is a refusal.

    What was said already is not said again.
    """
    shift, pieces = max((one.index for one in kept.citations), default=0), list[str]()

    def said(text: str) -> Iterator[ReplyChunk]:
        bare = MARK.sub("", text).strip()
        if bare and bare in kept.said:
            return
        kept.said.add(bare)
        gap = PARAGRAPH if kept.texts and not pieces else ""
        pieces.append(_shifted(text, shift) if pieces else _shifted(text, shift).lstrip())
        yield ReplyChunk(kind="token", text=f"{gap}{pieces[-1]}")

    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            part: Answer = stop.value
            break
        if step.kind == "token":
            yield from said(step.text)
        else:
            yield step
    if part.outcome == "refused":
        return part
    if not part.streamed:
        watch.mark("first_token")
        for paragraph in part.text.split(PARAGRAPH):
            yield from said(f"{PARAGRAPH}{paragraph}")
    kept.answers.append(part)
    if pieces:
        kept.texts.append("".join(pieces))
        cited = (replace(one, index=one.index + shift) for one in part.citations)
        kept.citations.extend(one for one in cited if f"[{one.index}]" in kept.texts[-1])
    return part


def _shifted(text: str, by: int) -> str:
    """A text with its marks counted up."""
    return MARK.sub(lambda mark: mark[0].replace(f"[{mark[1]}]", f"[{int(mark[1]) + by}]"), text) if by else text


def _said(turn: Turn, role: str, text: str, place: int) -> MessageView:
    """A part of this message, or the answer to it, as if it had been said by itself."""
    return MessageView(
        id=f"{turn.message_id}-{place}",
        conversation_id=turn.conversation_id,
        sequence=place + 1,
        role="user" if role == "user" else "assistant",
        text=text,
        language=turn.language,
        created_at=datetime.now(UTC),
    )


def _questions(parts: Sequence[Answer]) -> str:
    return " ".join(part.question for part in parts if part.question)


def _passages(parts: Sequence[Answer]) -> tuple[Passage, ...]:
    return tuple({one.chunk.id: one for part in parts for one in part.passages}.values())


def _prompts(parts: Sequence[Answer]) -> str:
    return PARAGRAPH.join(part.prompt for part in parts if part.prompt)
