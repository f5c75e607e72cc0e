"""Several questions in one message: told apart, answered one after the other, and put together as one answer."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.answering.answerable import NONE_FROM
from bot.answering.citing import PARAGRAPH
from bot.answering.evidence import ABBREVIATION
from bot.answering.extraction import Readings
from bot.answering.intent import SMALL_TALK, classify
from bot.answering.passage_answers import refusal
from bot.answering.stopwatch import Stopwatch
from bot.answering.tuned_text import MARK
from bot.answering.turn import Answer, Turn
from bot.conversation.history import MessageView
from bot.reply import Citation, Gear, ProductCard, ReplyChunk
from knowledge.keywords import tokenize

MOST = 4
"""Questions of one message that are answered apart; more are taken as one, of which the best is answered."""

FRAGMENT = 2
"""Content words, up to which a piece without a question word is a guess or an alternative: "2 days?", "Visa?"."""

NAMED_CHARACTERS = 120
"""Of a question without an answer, as it is named beside the answers to the others."""

SOME = "some_of_several"
"""The reason of an answer to some of the questions of a message: the others are open."""

_LEAST_SURE: tuple[Gear, ...] = ("generated", "extracted", "facts", "curated", "none")
"""The gear of an answer in several parts is the one of these that comes first."""

_PIECES = re.compile(
    r"(?<=[？！。])(?![？！。?!”’」』）)\"'])\s*|(?<=[?!])(?![?!？！。])[”’\"')]*(?:\s+|(?=[㐀-鿿])|$)"
    r"|(?<=[a-z)\]][.;])\s+(?=[A-Z])|\n+"
)
_END_MARK = re.compile(r"[.!。！;；][\s”’」』）)\"']*$")
_QUESTION_MARK = re.compile(r"[?？][\s!！?？”’」』）)\"']*$")
_LIST_MARK = re.compile(r"^\s*(?:\d{1,2}[.)、]|[-*•·])\s*(?=\S)")
_CONNECTIVE = re.compile(
    r"^(?:and )?also(?: [,:]|[,:\s])\s*|^(?:and |oh,? )?(?:plus|besides|by the way|btw|oh|secondly)\s*[,:]\s*"
    r"|^(?:oh )?(?:and )?(?:one (?:more|last)|another) (?:thing|question)\s*[,:.]?\s*"
    r"|^(?:再(?:请|想)?问(?:一个|一下|下)?|顺便(?:再)?(?:想)?问?(?:一下|下)?|还想问(?:一下|下)?)(?:个问题)?[\s,:，：、]*"
    r"|^(?:另外|还有|对了|此外|其次)[\s,:，：、]+|^另外(?=[你您我请能可怎想问发])",
    re.IGNORECASE,
)
_STARTS = (
    r"(?:(?:and|but|so|then|or) )?(?:what|how|when|where|who|which|whose|why|can|could|do|does|did|is|are|was|were|will"
    r"|would|should|may|has|have|am)\b"
)
_ASKS = re.compile(
    rf"^{_STARTS}|[吗么嘛呢]\s*[？?]?$|什么|怎么|多少|多久|多大|如何|哪|几[天个件次年月点]|能不能|可不可以|有没有|是否|是不是|会不会|行不行",
    re.IGNORECASE,
)
_OPENS_A_LINE = re.compile(rf"^(?:{_STARTS}|请问|怎么|什么|多少|有没有|能不能|可以)", re.IGNORECASE)
_CHECKS = re.compile(
    r"^(?:(?:and |but )?(?:is|was|would) (?:that|this|it) )?(?:all )?(?:right|correct|true|really|seriously"
    r"|sure|surely|possible|ok|okay|please|yes or no|any ideas?|any(?:one|body) (?:there|here))\W*$"
    r"|^(?:can|could|would|will) (?:you|i|some(?:one|body)|any(?:one|body)) (?:please )?(?:tell|help|ask|explain|advise"
    r"|answer)(?: me| you| us)?(?: (?:a question|something|that|this|out|with (?:that|this)))?(?: please)?\W*$"
    r"|^(?:真的吗?|真的假的|对(?:吗|吧|不对)?|是(?:吗|吧|不是)|没错吧?|亲|有人(?:吗|在吗)|在(?:吗|不在)?|(?:可以|行|能)(?:吗|么|不)"
    r"|(?:可以|能|麻烦|请)?(?:您|你)?(?:告诉|帮)(?:一?下)?我?(?:一下)?(?:吗|么)?)\W*$",
    re.IGNORECASE,
)
"""A question whether something just said is so or may be, or whether one may ask at all."""
_BARE = re.compile(
    r"^(?:and |but |so )?(?:how (?:much|long|many|soon|fast|often)|when|where|why|what|which|who|price|costs?|fees?)"
    r"(?: (?:is|does|would|will|do) (?:it|that|this|they)(?: (?:take|cost|be))?)?\W*$"
    r"|^(?:那|又|大概|要|得)*(?:多少钱?|多久|几天|什么时候|怎么(?:弄|办|样|做)|为什么|在哪里?|哪里|运费|价格)(?:到|呢|啊|呀)?\W*$",
    re.IGNORECASE,
)
"""A question that asks of what was just said: "and how much?"."""
_OR = re.compile(r"\bor\b|还是", re.IGNORECASE)
_ELLIPTIC = re.compile(
    r"^(?:and |but |or )?(?:what|how) about\b|^and (?:for|to|in|on|with|the|a|an|if)\b|呢\s*[?？]?$"
    r"|也(?:一样|是|行|可以)[吗么]\s*[?？]?$",
    re.IGNORECASE,
)
"""The question before, of another thing: "and the blue one?"."""


def questions_in(text: str) -> tuple[str, ...]:
    """The questions of a message, each with what is said to it; one where there are not several, or too many.

    "My sister marries soon. Do you ship to Canada? And what does wrapping cost?" has two.
    """
    found: list[str] = []
    lead: list[str] = []
    for piece in _pieces(text):
        bare = _CONNECTIVE.sub("", piece).strip() or piece
        if _asks(bare) and not (found and _belongs_to_the_last(bare)):
            found.append(" ".join([*lead, bare]))
            lead = []
        elif found:
            found[-1] = f"{found[-1]} {piece}"
        else:
            lead.append(piece)
    return tuple(found) if 1 < len(found) <= MOST else (text,)


def _pieces(text: str) -> Iterator[str]:
    """Sentences and lines; a line that goes on with the sentence before it is no piece of its own."""
    kept = ""
    for piece in (part.strip() for part in _PIECES.split(text) if part.strip()):
        new = _LIST_MARK.sub("", piece)
        ended = _END_MARK.search(kept) or _QUESTION_MARK.search(kept) or new != piece or _OPENS_A_LINE.search(new)
        if kept and (ABBREVIATION.search(kept) or not ended):
            kept = f"{kept} {piece}"
            continue
        if kept:
            yield kept
        kept = new
    if kept:
        yield kept


def _asks(piece: str) -> bool:
    """Whether a piece asks for something: by its mark, or without any by how it is put."""
    if _CHECKS.search(piece) or classify(piece).name in SMALL_TALK:
        return False
    asked = _QUESTION_MARK.search(piece) or (not _END_MARK.search(piece) and _ASKS.search(piece))
    return bool(asked and _content(piece))


def _belongs_to_the_last(piece: str) -> bool:
    if _BARE.search(piece):
        return True
    return not _ASKS.search(piece) and bool(len(_content(piece)) <= FRAGMENT or _OR.search(piece))


def _content(piece: str) -> set[str]:
    return {word for word in tokenize(piece) if not word.isdigit()}


def each_of(turn: Turn, questions: Sequence[str]) -> Iterator[Turn]:
    """A turn for each question; the later ones go on from the earlier ones."""
    earlier = list(turn.earlier)
    for question in questions:
        yield replace(turn, text=question, earlier=tuple(earlier))
        earlier.append(_said(turn, "user", question, len(earlier)))


def by_place(questions: Sequence[str], found: Sequence[Readings | None]) -> tuple[str, ...]:
    """The questions, those as one that the same statement answers: "How long? Is it 5 days?".

    What names another thing ("and the blue one?") stays a question of its own, whatever answers it.

    Args:
        questions: of one message.
        found: what was read for each; None where there is nothing.
    """
    seen: dict[tuple[str, int], int] = {}
    joined: list[str] = []
    for question, readings in zip(questions, found, strict=True):
        place = None
        if readings and readings.ranked and readings.none < NONE_FROM and not _ELLIPTIC.search(question.strip()):
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
    earlier = list(turn.earlier)
    parts: list[Answer] = []
    unknown: list[str] = []
    for question in questions:
        part = yield from _shown(answer(replace(turn, text=question, earlier=tuple(earlier))), kept, watch)
        parts.append(part)
        if part.outcome == "refused":
            unknown.append(question)
        earlier.append(_said(turn, "user", question, len(earlier)))
        earlier.append(replace(_said(turn, "assistant", part.text, len(earlier)), products=part.products))
    open_parts = [part for part in parts if part.outcome == "refused"]
    # What is still open is what the shop has to learn.
    question = " ".join(part.question for part in open_parts or parts if part.question)
    passages = tuple({one.chunk.id: one for part in parts for one in part.passages}.values())
    prompt = PARAGRAPH.join(part.prompt for part in parts if part.prompt)
    if not kept.answers:
        return replace(refusal(turn, parts[0].reason), question=question, passages=passages, prompt=prompt)
    if unknown:
        said = turn.words.say("unknown_beside", questions=turn.words.listed([_named(one) for one in unknown]))
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
        offers_person=bool(unknown),
    )


def _shown(
    steps: Generator[ReplyChunk, None, Answer], kept: _Kept, watch: Stopwatch
) -> Generator[ReplyChunk, None, Answer]:
    """One answer's steps, its marks numbered after those before it; it is kept unless it is a refusal.

    What was said already from the same pages is not said again.
    """
    shift, pieces = max((one.index for one in kept.citations), default=0), list[str]()

    def say(text: str, *, again: bool = False) -> Iterator[ReplyChunk]:
        bare = MARK.sub("", text).strip()
        if bare and bare in kept.said and not again:
            return
        kept.said.add(bare)
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
    asked = next((piece for piece in reversed([*_pieces(question)]) if _asks(piece)), question)
    asked = MARK.sub("", asked)
    return f"“{asked if len(asked) <= NAMED_CHARACTERS else asked[:NAMED_CHARACTERS].rstrip() + '…'}”"


def _cards(answers: Sequence[Answer]) -> tuple[ProductCard, ...]:
    """Each product once, as it was shown first."""
    cards: dict[str, ProductCard] = {}
    for one in answers:
        for card in one.products:
            cards.setdefault(card.product_id, card)
    return tuple(cards.values())


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
