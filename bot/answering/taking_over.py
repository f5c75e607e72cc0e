"""Takes over a talk that another program has kept: what was said there becomes a conversation here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import uuid4

from bot.answering.language import Language, reply_language
from bot.conversation.history import History, MessageView
from bot.reply import Reply, TurnTraceValues
from knowledge.chunking import approximate_tokens

MESSAGES_TAKEN = 20
"""What was said before the last so many messages bears on no answer."""


@dataclass(frozen=True)
class Said:
    """One message of the other program's talk."""

    role: Literal["user", "assistant"]
    text: str

    @property
    def tokens(self) -> int:
        """About how long it is; each model counts a little differently."""
        return approximate_tokens(self.text)


def take_over(history: History, shop: str, talk: Sequence[Said]) -> str:
    """Store what was said so far, personal data masked, and give the id of the new conversation.

    A reply that this shop gave before in the same words has its citations and products again, so that "which of them
    is cheaper?" is understood; another is kept as it is given.

    Args:
        history: where conversations are kept.
        shop: which shop goes on with the talk.
        talk: oldest first; the last message of a shopper may wait for its reply.
    """
    conversation_id = history.start(shop).id
    language: Language | None = None
    question = ""
    for said in talk[-MESSAGES_TAKEN:]:
        if not said.text.strip():
            continue
        if said.role == "user":
            language = reply_language(said.text, before=language)
            question = history.add_shopper_message(conversation_id, said.text, language=language).id
        elif question:  # a greeting before the first question is no reply to anything
            known = history.reply_in_words(shop, said.text.strip())
            reply = _given(conversation_id, said.text.strip(), language or "en", known)
            history.add_reply(reply, reply_to=question, trace=TurnTraceValues(gear=reply.gear, reason="given"))
    return conversation_id


def _given(conversation_id: str, text: str, language: Language, known: MessageView | None) -> Reply:
    return Reply(
        text=text,
        language=language,
        outcome=(known and known.outcome) or "answered",
        gear=(known and known.gear) or "none",
        citations=known.citations if known else (),
        products=known.products if known else (),
        conversation_id=conversation_id,
        message_id=uuid4().hex,
        timings_ms={},
        reason="given",
    )
