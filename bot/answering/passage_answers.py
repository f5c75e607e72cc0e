"""PassageAnswers: a question and its passages through the gears: same question, generated, quoted, refused."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

from bot.answering import suggestions
from bot.answering.answerable import HOPELESS
from bot.answering.asking import asking
from bot.answering.citing import PARAGRAPH, citations_of, piece, quoted, text_of
from bot.answering.contradicting import contradicting
from bot.answering.extraction import SURE, Extract, Extractor, Reading, Readings, extract, to_write_from
from bot.answering.followups import said_last
from bot.answering.hearing import Heard, Opinion, heard
from bot.answering.llm import Waiting
from bot.answering.prompting import Prompt
from bot.answering.reaching_us import reaching_us
from bot.answering.stopwatch import Stopwatch
from bot.answering.turn import Answer, Turn
from bot.answering.unnamed_places import on_unnamed_places
from bot.answering.writer import SOURCES, Ended, Source, Writer, Written
from bot.reply import ReplyChunk
from knowledge.documents import Passage
from knowledge.keywords import tokenize

SAME_QUESTION = 0.8  # share of common words with a FAQ entry's question, from which its answer is given as it is
NEARLY = 0.6  # from which it is given although the model knows no answer


class PassageAnswers:
    """Answers from passages, however they were found; needs no search and no rows.

    Args:
        extractor: reads passages for a question.
        writer: the generated gear.
    """

    def __init__(self, extractor: Extractor, writer: Writer) -> None:
        self._extractor, self._writer = extractor, writer

    def answer(
        self,
        turn: Turn,
        question: str,
        passages: Sequence[Passage],
        watch: Stopwatch,
        *,
        about: Sequence[str] = (),
        bare: str = "",
        leaning: bool = False,
        which: Callable[[Sequence[str]], Answer | None] | None = None,
    ) -> Generator[ReplyChunk, None, Answer]:
        """The answer that the passages hold, or the refusal where they hold none.

        Args:
            turn: the message.
            question: standing alone.
            passages: as search ranked them.
            watch: told how long each part takes.
            about: ids of the products that the question is about.
            bare: what it asks, without the names of these products; empty: the question.
            leaning: whether the message leans on what was said before it.
            which: asks which of several products is meant, by their ids; None: there is nobody to ask.
        """
        with watch.stage("extract"):
            found = self._extractor.read(bare or question, passages, about=about)
        found = found if which else replace(found, torn=())  # with nobody to ask, the likeliest is meant
        if told := reaching_us(turn, question, found):
            return told
        readings = found.ranked
        if not readings:
            return refusal(turn, "nothing_to_quote")
        best = readings[0].passage.chunk
        known = best.kind == "faq" and _same_question(question, best.title, NEARLY)
        foreign = best.language != turn.language
        if not found.unanswered and (back := _asked_back(found, which)):
            return back
        same = best.kind == "faq" and _same_question(question, best.title, SAME_QUESTION)
        if not same and (rule := on_unnamed_places(question, found, turn.language)):
            return quoted(turn, [extract(rule, led=True)], reason="unnamed_place")
        if found.silent and not known and (found.none >= HOPELESS or foreign or not self._writer.judges):
            return refusal(turn, "below_threshold")
        if same:
            return _disagreeing(turn, question, found) or quoted(turn, [extract(readings[0])], reason="same_question")
        if foreign:
            return quoted(turn, _worth_showing(found), reason="other_language")
        written, prompt, found = yield from self._written(turn, question, found, watch, leaning=leaning)
        if isinstance(written, Answer):
            return replace(written, prompt=prompt)
        if not found.unanswered and (back := _asked_back(found, which)):
            return replace(back, prompt=prompt)
        if found.silent and not known:
            reason = "unknown" if written.why == "unknown" else "below_threshold"
            return replace(refusal(turn, reason), prompt=prompt)
        why = f"{written.why}: {written.fault}" if written.fault else written.why
        answer = _disagreeing(turn, question, found) or quoted(turn, _worth_showing(found), reason=why)
        return replace(answer, prompt=prompt)

    def heard(
        self,
        turn: Turn,
        question: str,
        passages: Sequence[Passage],
        *,
        about: Sequence[str] = (),
        bare: str = "",
        leaning: bool = False,
    ) -> Heard:
        """What the model makes of the passages, without an answer: what the weights of its opinion are fitted on.

        Args:
            turn: the message.
            question: standing alone.
            passages: as search ranked them.
            about: ids of the products that the question is about.
            bare: what it asks, without the names of these products; empty: the question.
            leaning: whether the message leans on what was said before it.
        """
        found = self._extractor.read(bare or question, passages, about=about)
        read = _for_the_model(found, turn.language)
        sources = _sources(read)
        opinions: list[Opinion] = []

        def hear(opinion: Opinion) -> bool:
            opinions.append(opinion)
            return False

        for _ in self._writer.write(self._prompt(turn, question, sources, leaning=leaning), sources, hear):
            pass
        return Heard(found, tuple(read), opinions[0] if opinions else None)

    def _prompt(self, turn: Turn, question: str, sources: Sequence[Source], *, leaning: bool) -> Prompt:
        """A message that leans on the one before is put as it was, after what it leans on: so it was learned."""
        history = said_last(turn.earlier) if leaning else ()
        spoken = turn.text if history else ""
        return self._writer.prompt(question, sources, language=turn.language, history=history, spoken=spoken)

    def _written(
        self, turn: Turn, question: str, found: Readings, watch: Stopwatch, *, leaning: bool
    ) -> Generator[ReplyChunk, None, tuple[Answer | Ended, str, Readings]]:
        """An answer by the model, or why there is none; what it was given, and the readings once it was heard."""
        read = _for_the_model(found, turn.language)
        sources = _sources(read)
        prompt = self._prompt(turn, question, sources, leaning=leaning)
        weighed = found
        in_steps = asking(question).kind == "way"  # a model tells one of them

        def hear(opinion: Opinion) -> bool:
            """Whether what the model answers from is what answers best: a true sentence on something else is none."""
            nonlocal weighed
            weighed = heard(found, opinion, read)
            best = weighed.ranked[0]
            if opinion.source is None:  # asking back helps only where nothing answers surely
                beside = best.chance >= SURE * (1 - weighed.none)
            else:
                beside = best.stretch != read[opinion.source].stretch or (in_steps and len(best.stretch.chosen) > 1)
            return not (weighed.silent or beside or found.torn or contradicting(weighed, question))

        said: list[Written] = []
        with watch.stage("generate"):
            ended = yield from self._sentences(self._writer.write(prompt, sources, hear), said, turn, watch)
        given = prompt.text if ended.asked else ""
        if not said:
            return ended, given, weighed
        citations = citations_of(said)
        text = text_of(said, turn.language)
        return Answer(text, "answered", "generated", ended.why, citations=citations, streamed=True), given, weighed

    def _sentences(
        self, writing: Generator[Waiting | Written, None, Ended], said: list[Written], turn: Turn, watch: Stopwatch
    ) -> Generator[ReplyChunk, None, Ended]:
        """Show each checked sentence as it comes, and keep it in `said`."""
        try:
            while True:
                try:
                    step = next(writing)
                except StopIteration as stop:
                    ended: Ended = stop.value
                    return ended
                if isinstance(step, Waiting):
                    yield ReplyChunk(kind="status", status="queued", position=step.position)
                    continue
                if not said:
                    yield ReplyChunk(kind="status", status="writing")
                    watch.mark("first_token")
                said.append(step)
                yield ReplyChunk(kind="token", text=piece(said, turn.language))
        finally:
            writing.close()


def _asked_back(found: Readings, which: Callable[[Sequence[str]], Answer | None] | None) -> Answer | None:
    """The question which of several products is meant, where that is open and there is somebody to ask."""
    return which(found.torn) if found.torn and which else None


def _for_the_model(found: Readings, language: str) -> list[Reading]:
    """The likeliest stretch of each passage: several of one would leave no room for what another says."""
    best: dict[str, Reading] = {}
    for one in found.ranked:
        if one.passage.chunk.language == language:
            best.setdefault(one.passage.chunk.id, one)
    return list(best.values())[:SOURCES]


def _sources(read: Sequence[Reading]) -> list[Source]:
    return [Source(one.passage, to_write_from(one), one.units[one.stretch.best]) for one in read]


def _worth_showing(found: Readings) -> list[Extract]:
    return [extract(reading, led=True) for reading in found.worth_showing()]


def _disagreeing(turn: Turn, question: str, found: Readings) -> Answer | None:
    """What two pages say, where they contradict each other in what answers best: a person has to say which holds."""
    other = contradicting(found, question)
    if other is None:
        return None
    answer = quoted(turn, [extract(found.ranked[0]), extract(other)], reason="contradicted")
    return replace(answer, text=f"{turn.words.say('pages_disagree')}{PARAGRAPH}{answer.text}", offers_person=True)


def refusal(turn: Turn, reason: str) -> Answer:
    """Says that the answer is not known and offers a person."""
    text = turn.words.say("refused", shop=turn.shop_name)
    return Answer(text, "refused", "none", reason, suggestions=suggestions.starters(turn))


def _same_question(asked: str, title: str, share: float) -> bool:
    """Whether so many of the words of both are the same, order and small words aside."""
    mine, theirs = set(tokenize(asked)), set(tokenize(title))
    return len(mine & theirs) >= share * max(len(mine | theirs), 1)
