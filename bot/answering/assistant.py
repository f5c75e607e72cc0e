"""Assistant: one shopper Message in, a stream of ReplyChunks out, both kept."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from time import monotonic
from typing import cast
from uuid import uuid4

from bot.answering import small_talk
from bot.answering.answerer import Answerer
from bot.answering.evidence import sentences
from bot.answering.handing_over import Availability, always_there, hand_over, noted
from bot.answering.intent import SMALL_TALK, classify
from bot.answering.language import detect, reply_language
from bot.answering.offering import Temper, accepted, offer
from bot.answering.one_at_a_time import OneAtATime
from bot.answering.person_said import after_their_words, person_said
from bot.answering.stopwatch import Stopwatch
from bot.answering.tools.orders.desk import NEVER_OFFERS, OrderDesk
from bot.answering.turn import Answer, ShopPage, Turn
from bot.conversation.handoff import Handoffs
from bot.conversation.history import ConversationView, History, MessageView
from bot.conversation.privacy import mask
from bot.errors import Conflict
from bot.reply import PassageTrace, Reply, ReplyChunk, TurnTraceValues
from knowledge.profile import Profiles

MESSAGE_CHARACTERS = 2000
LOOK_SECONDS = 0.5
"""How often the bot looks, while it answers, whether a person has taken over."""

_NEVER_AN_ANSWER = frozenset({"injection", "unclear", "person", "angry", "thanks", "goodbye", "who", "capabilities"})
"""Intents that answer no question of the order desk's."""

_SPOKEN_OFFERS = {
    ("mood", "answered"): "offer_person",
    ("failed_twice", "answered"): "offer_person_failed",
}


class Assistant:
    """Answers shoppers; holds no state between turns but what the database holds.

    Args:
        history: where messages are kept.
        handoffs: where a conversation is passed to a person.
        profiles: the shops' names, voices and contacts.
        orders: answers for orders.
        answerer: answers from the shop's knowledge.
        availability: whether people would answer now.
        temper: how the shopper of a conversation feels, by its id; None where that was not told in time.
    """

    def __init__(
        self,
        *,
        history: History,
        handoffs: Handoffs,
        profiles: Profiles,
        orders: OrderDesk,
        answerer: Answerer,
        availability: Availability = always_there,
        temper: Callable[[str], Temper | None] = lambda _conversation_id: None,
    ) -> None:
        self._history, self._handoffs, self._profiles = history, handoffs, profiles
        self._orders, self._answerer = orders, answerer
        self._availability, self._temper = availability, temper
        self._turns = OneAtATime()

    def reply(
        self, conversation_id: str, text: str, *, message_id: str | None = None, page: ShopPage | None = None
    ) -> Iterator[ReplyChunk]:
        """Answer a message; the message is stored, personal data masked, before this returns.

        The chunks come as they are made, the whole Reply last. Closing the iterator stops the work. A second
        message to the same conversation waits until the first is answered. While a person is in charge the message
        is theirs, and the Reply has no text.

        Args:
            conversation_id: of a started conversation.
            text: as typed.
            message_id: chosen by the sender, so that sending the same message again stores and answers it once.
            page: what the shopper looks at.

        Raises:
            InvalidInput: the message is empty.
            NotFound: no such conversation.
        """
        conversation = self._history.conversation(conversation_id)
        language = reply_language(text, before=conversation.language)
        self._handoffs.reopen(conversation_id)
        message = self._history.add_shopper_message(conversation_id, text, language=language, message_id=message_id)
        return self._turn(message, conversation.shop, typed=text, page=page)

    def resume(self, conversation_id: str) -> Iterator[ReplyChunk]:
        """Answer the message that was left waiting, e.g. by a killed process; nothing when none waits."""
        conversation = self._history.conversation(conversation_id)
        message = self._history.unanswered(conversation_id)
        return iter(()) if message is None else self._turn(message, conversation.shop, typed=message.text)

    def warm(self, shop: str) -> None:
        """Have the model read the constant part of its prompts, so that the first shopper does not wait for it."""
        self._answerer.warm(shop)

    def draft(self, conversation_id: str, message: MessageView) -> Answer:
        """What the bot would answer from the shop's knowledge, for a person to edit; nothing is stored or sent.

        Args:
            conversation_id: the conversation.
            message: the shopper's message to answer.
        """
        conversation = self._history.conversation(conversation_id)
        return last_of(self._answerer.answer(self._prepared(message, conversation, message.text), Stopwatch()))

    def _turn(
        self, message: MessageView, shop: str, *, typed: str, page: ShopPage | None = None
    ) -> Iterator[ReplyChunk]:
        if self._turns.busy(message.conversation_id):
            yield ReplyChunk(kind="status", status="queued", position=1)
        with self._turns.hold(message.conversation_id):
            conversation = self._history.conversation(message.conversation_id)
            known = self._history.reply_to(message.id)
            if known is not None:
                reply = _again(known)
            elif conversation.state == "human":
                reply = _silent(message, "person_in_charge")
            else:
                reply = yield from self._bots_turn(message, conversation, shop, typed, page or ShopPage())
        yield ReplyChunk(kind="done", reply=reply)

    def _bots_turn(
        self, message: MessageView, conversation: ConversationView, shop: str, typed: str, page: ShopPage
    ) -> Generator[ReplyChunk, None, Reply]:
        """The bot's reply, stored; withdrawn when a person takes over before it is."""
        watch = Stopwatch()
        turn = replace(self._prepared(message, conversation, typed), page=page)
        intent = classify(turn.text)
        shown: list[str] = []
        try:
            answer = yield from self._while_ours(self._answer(turn, intent.name, watch), conversation, shown)
            answer = self._with_offer(turn, answer, conversation)
            if not answer.streamed:
                yield from _heard(_spoken(answer), shown)
                watch.mark("first_token")
            yield from (ReplyChunk(kind="citation", citation=citation) for citation in answer.citations)
            yield from (ReplyChunk(kind="product", product=product) for product in answer.products)
            watch.mark("total")
            if not answer.text:
                return _silent(message, answer.reason)
            reply = _reply(turn, answer, watch)
            trace = _trace(answer, intent.name, watch, self._answerer.versions(shop))
            self._history.add_reply(reply, reply_to=message.id, trace=trace, takeovers=conversation.takeovers)
        except Conflict:
            self._history.withdraw_reply(message, "".join(shown))
            return _silent(message, "taken_over")
        return reply

    def _while_ours(
        self, steps: Generator[ReplyChunk, None, Answer], conversation: ConversationView, shown: list[str]
    ) -> Generator[ReplyChunk, None, Answer]:
        """The steps of an answer; looks between them whether a person has taken over.

        Raises:
            Conflict: one has.
        """
        looked = monotonic()
        with closing(steps):
            while True:
                try:
                    step = next(steps)
                except StopIteration as end:
                    return cast(Answer, end.value)
                if monotonic() - looked > LOOK_SECONDS:
                    looked = monotonic()
                    if self._history.conversation(conversation.id).takeovers != conversation.takeovers:
                        raise Conflict("A person has taken over.")
                shown.append(step.text)
                yield step

    def _with_offer(self, turn: Turn, answer: Answer, conversation: ConversationView) -> Answer:
        """The answer with the offer of a person where it needs one, or kept for the one that is waited for."""
        if conversation.state == "waiting":
            return noted(turn) if answer.outcome == "refused" else replace(answer, offers_person=False)
        if answer.outcome == "handed_off" or answer.reason in NEVER_OFFERS:
            return answer
        why = offer(turn, answer, self._temper(turn.conversation_id))
        if not why:
            return answer
        # A refusal says by itself that a person could be asked; what was streamed is said already.
        spoken = _SPOKEN_OFFERS.get((why, answer.outcome)) if not answer.streamed else None
        text = turn.words.join(answer.text, turn.words.say(spoken)) if spoken else answer.text
        return replace(answer, text=text, offers_person=True)

    def _handed_over(self, turn: Turn, reason: str) -> Answer:
        return hand_over(turn, self._handoffs, reason=reason, there=self._availability(turn.profile))

    def _answer(self, turn: Turn, intent: str, watch: Stopwatch) -> Generator[ReplyChunk, None, Answer]:
        if intent not in _NEVER_AN_ANSWER and self._orders.waits(turn):
            answered = self._orders.answer(turn, asked=intent == "order")
            if answered:
                return answered
        if accepted(turn):
            return self._handed_over(turn, "accepted_offer")
        if intent in SMALL_TALK:
            return small_talk.courtesy(turn, intent)
        if intent == "unclear":
            return small_talk.unclear(turn)
        if intent == "injection":
            return small_talk.out_of_bounds(turn)
        if len(turn.text) > MESSAGE_CHARACTERS:
            return small_talk.too_long(turn)
        if intent in {"person", "angry"}:
            return self._handed_over(turn, "angry" if intent == "angry" else "asked_for_person")
        if curated := self._answerer.curated(turn):
            return curated
        about_order = self._orders.answer(turn, asked=intent == "order")
        if about_order:
            return about_order
        told = person_said(turn, turn.text)
        if told:
            return after_their_words(told, last_of(self._answerer.answer(turn, watch)))
        return (yield from self._answerer.answer(turn, watch))

    def _prepared(self, message: MessageView, conversation: ConversationView, typed: str) -> Turn:
        said = self._history.messages(message.conversation_id)
        return Turn(
            conversation_id=message.conversation_id,
            message_id=message.id,
            shop=conversation.shop,
            text=mask(typed).text,
            typed=typed,
            language=message.language or "en",
            spoken=detect(typed),
            earlier=tuple(_before(message, said)),
            profile=self._profiles.get(conversation.shop),
            customer_id=conversation.customer_id,
        )


def last_of(steps: Generator[ReplyChunk, None, Answer]) -> Answer:
    """What the steps end with; nobody reads the steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast(Answer, end.value)


def _heard(steps: Iterator[ReplyChunk], shown: list[str]) -> Iterator[ReplyChunk]:
    for step in steps:
        shown.append(step.text)
        yield step


def _silent(message: MessageView, reason: str) -> Reply:
    """What is given to the shopper while a person is to answer: nothing was said, so nothing is stored."""
    return Reply(
        text="",
        language=message.language or "en",
        outcome="handed_off",
        gear="none",
        citations=(),
        products=(),
        conversation_id=message.conversation_id,
        message_id="",
        timings_ms={},
        reason=reason,
    )


def _again(known: MessageView) -> Reply:
    """The reply that a message has already."""
    return Reply(
        text=known.text,
        language=known.language or "en",
        outcome=known.outcome or "answered",
        gear=known.gear or "none",
        citations=known.citations,
        products=known.products,
        conversation_id=known.conversation_id,
        message_id=known.id,
        timings_ms={},
        suggestions=known.suggestions,
        reason="given",
        offers_person=known.offers_person,
        orders=known.orders,
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
        offers_person=answer.offers_person,
        orders=answer.orders,
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
        prompt=answer.prompt,
    )
