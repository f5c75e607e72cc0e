"""Assistant: one shopper Message in, a stream of ReplyChunks out, both kept."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from uuid import uuid4

from bot.answering import small_talk
from bot.answering.answerer import Answerer
from bot.answering.evidence import sentences
from bot.answering.handing_over import hand_over
from bot.answering.intent import SMALL_TALK, classify
from bot.answering.language import detect, reply_language
from bot.answering.one_at_a_time import OneAtATime
from bot.answering.stopwatch import Stopwatch
from bot.answering.tools.orders import OrderDesk
from bot.answering.turn import Answer, Turn
from bot.conversation.handoff import Handoffs
from bot.conversation.history import History, MessageView
from bot.conversation.privacy import mask
from bot.reply import PassageTrace, Reply, ReplyChunk, TurnTraceValues
from knowledge.profile import Profiles

MESSAGE_CHARACTERS = 2000


class Assistant:
    """Answers shoppers; holds no state between turns but what the database holds.

    Args:
        history: where messages are kept.
        handoffs: where a conversation is passed to a person.
        profiles: the shops' names, voices and contacts.
        orders: answers for orders.
        answerer: answers from the shop's knowledge.
    """

    def __init__(
        self, *, history: History, handoffs: Handoffs, profiles: Profiles, orders: OrderDesk, answerer: Answerer
    ) -> None:
        self._history, self._handoffs, self._profiles = history, handoffs, profiles
        self._orders, self._answerer = orders, answerer
        self._turns = OneAtATime()

    def reply(self, conversation_id: str, text: str) -> Iterator[ReplyChunk]:
        """Answer a message; the message is stored, personal data masked, before this returns.

        The chunks come as they are made, the whole Reply last. Closing the iterator stops the work. A second
        message to the same conversation waits until the first is answered.

        Args:
            conversation_id: of a started conversation.
            text: as typed.

        Raises:
            InvalidInput: the message is empty.
            NotFound: no such conversation.
        """
        conversation = self._history.conversation(conversation_id)
        language = reply_language(text, before=conversation.language)
        message = self._history.add_shopper_message(conversation_id, text, language=language)
        return self._turn(message, conversation.shop, typed=text)

    def resume(self, conversation_id: str) -> Iterator[ReplyChunk]:
        """Answer the message that was left waiting, e.g. by a killed process; nothing when none waits."""
        conversation = self._history.conversation(conversation_id)
        message = self._history.unanswered(conversation_id)
        return iter(()) if message is None else self._turn(message, conversation.shop, typed=message.text)

    def warm(self, shop: str) -> None:
        """Have the model read the constant part of its prompts, so that the first shopper does not wait for it."""
        self._answerer.warm(shop)

    def _turn(self, message: MessageView, shop: str, *, typed: str) -> Iterator[ReplyChunk]:
        if self._turns.busy(message.conversation_id):
            yield ReplyChunk(kind="status", status="queued", position=1)
        with self._turns.hold(message.conversation_id):
            watch = Stopwatch()
            turn = self._prepared(message, shop, typed)
            intent = classify(turn.text)
            answer = yield from self._answer(turn, intent.name, watch)
            if not answer.streamed:
                yield from _spoken(answer)
                watch.mark("first_token")
            yield from (ReplyChunk(kind="citation", citation=citation) for citation in answer.citations)
            yield from (ReplyChunk(kind="product", product=product) for product in answer.products)
            watch.mark("total")
            reply = _reply(turn, answer, watch)
            trace = _trace(answer, intent.name, watch, self._answerer.versions(shop))
            self._history.add_reply(reply, reply_to=message.id, trace=trace)
        yield ReplyChunk(kind="done", reply=reply)

    def _answer(self, turn: Turn, intent: str, watch: Stopwatch) -> Generator[ReplyChunk, None, Answer]:
        if intent in SMALL_TALK:
            return small_talk.courtesy(turn, intent)
        if intent == "unclear":
            return small_talk.unclear(turn)
        if intent == "injection":
            return small_talk.out_of_bounds(turn)
        if len(turn.text) > MESSAGE_CHARACTERS:
            return small_talk.too_long(turn)
        if intent in {"person", "angry"}:
            return hand_over(turn, self._handoffs, reason="angry" if intent == "angry" else "asked_for_person")
        about_order = self._orders.answer(turn, asked=intent == "order")
        if about_order:
            return about_order
        return (yield from self._answerer.answer(turn, watch))

    def _prepared(self, message: MessageView, shop: str, typed: str) -> Turn:
        said = self._history.messages(message.conversation_id)
        return Turn(
            conversation_id=message.conversation_id,
            message_id=message.id,
            shop=shop,
            text=mask(typed).text,
            typed=typed,
            language=message.language or "en",
            spoken=detect(typed),
            earlier=tuple(_before(message, said)),
            profile=self._profiles.get(shop),
        )


def _before(message: MessageView, said: Sequence[MessageView]) -> Iterator[MessageView]:
    """What was said before the message; a reply belongs to its question, however late it came."""
    sequences = {other.id: other.sequence for other in said}
    for other in said:
        asked = sequences.get(other.reply_to or "", other.sequence)
        if asked < message.sequence:
            yield other


def _spoken(answer: Answer) -> Iterator[ReplyChunk]:
    """A ready text in the pieces it would come in."""
    for line in answer.text.splitlines(keepends=True):
        rest = line
        for sentence in sentences(line):
            end = rest.find(sentence) + len(sentence)
            piece, rest = rest[:end], rest[end:]
            yield ReplyChunk(kind="token", text=piece)
        if rest:
            yield ReplyChunk(kind="token", text=rest)


def _reply(turn: Turn, answer: Answer, watch: Stopwatch) -> Reply:
    return Reply(
        text=answer.text,
        language=turn.language,
        outcome=answer.outcome,
        gear=answer.gear,
        citations=answer.citations,
        products=answer.products,
        conversation_id=turn.conversation_id,
        message_id=uuid4().hex,
        timings_ms=dict(watch.timings_ms),
        suggestions=answer.suggestions,
        reason=answer.reason,
    )


def _trace(answer: Answer, intent: str, watch: Stopwatch, versions: Mapping[str, str]) -> TurnTraceValues:
    return TurnTraceValues(
        gear=answer.gear,
        reason=answer.reason,
        intent=intent,
        question=answer.question,
        timings_ms=dict(watch.timings_ms),
        scores={"passage": answer.passages[0].score} if answer.passages else {},
        versions=versions,
        passages=tuple(
            PassageTrace(
                chunk_id=passage.chunk.id,
                source=passage.chunk.source,
                rank=passage.rank,
                score=passage.score,
                found_by=passage.found_by,
                scores=passage.scores,
            )
            for passage in answer.passages
        ),
        prompt_hash=answer.prompt_hash,
    )
