"""One conversation's rows of figures, made from everything that was said and felt in it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.insight.analytics.rounding import question_key, time_step
from bot.insight.analytics.standing import RULES, Said, came_back, standing
from bot.insight.analytics.tables import ConversationAspect, ConversationProduct, ConversationSummary, TurnSummary

_GEARS = ("curated", "facts", "generated", "extracted")


@dataclass(frozen=True)
class Feeling:
    """What one shopper's message feels: its label, and labels by aspect of the product it speaks of, if any."""

    label: str
    product_id: str = ""
    aspects: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answered:
    """What a reply shows beside its words: gear, products, and how long it took, in ms."""

    gear: str
    products: tuple[str, ...] = ()
    first_token_ms: float | None = None
    total_ms: float | None = None


@dataclass(frozen=True)
class Talk:
    """One conversation as it is digested.

    Attributes:
        said: all messages in order.
        answered: by id of the reply.
        feelings: by id of the shopper's message.
        satisfaction: predicted; None while nothing is.
        elsewhere: when the same visitor or customer wrote in other conversations with the shop.
    """

    conversation_id: str
    shop: str
    language: str
    last_sequence: int
    asked_for_person: bool
    said: tuple[Said, ...]
    answered: Mapping[str, Answered]
    feelings: Mapping[str, Feeling]
    satisfaction: float | None = None
    elsewhere: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Digest:
    """The rows of one conversation."""

    summary: ConversationSummary
    turns: tuple[TurnSummary, ...]
    products: tuple[ConversationProduct, ...]
    aspects: tuple[ConversationAspect, ...]


def digest(talk: Talk, *, zone: ZoneInfo, seen_until: datetime) -> Digest:
    """The rows of a conversation in which the shopper said something.

    Args:
        talk: the conversation.
        zone: of the shop's clock.
        seen_until: everything written before is in `talk`.
    """
    summary = _summary(talk, zone, seen_until)
    return Digest(
        summary, tuple(_turns(talk, summary)), tuple(_products(talk, summary)), tuple(_aspects(talk, summary))
    )


def _summary(talk: Talk, zone: ZoneInfo, seen_until: datetime) -> ConversationSummary:
    began = next(said for said in talk.said if said.role == "user").at
    local = began.astimezone(zone)
    replies = _replies(talk)
    outcomes = Counter(reply.outcome for reply in replies)
    gears = Counter(talk.answered[reply.id].gear for reply in replies)
    thumbs = [said.rating for said in talk.said if said.rating]
    moods = Counter(feeling.label for feeling in talk.feelings.values())
    return ConversationSummary(
        conversation_id=talk.conversation_id,
        shop=talk.shop,
        language=talk.language,
        day=local.date(),
        week_hour=local.weekday() * 24 + local.hour,
        time_zone=zone.key,
        began_at=began,
        last_at=talk.said[-1].at,
        last_sequence=talk.last_sequence,
        standing=standing(talk.said, asked_for_person=talk.asked_for_person, elsewhere=talk.elsewhere),
        came_back=came_back(talk.said, talk.elsewhere),
        questions=_questions(talk),
        answered=outcomes["answered"],
        refused=outcomes["refused"],
        handed_off=outcomes["handed_off"],
        **{gear: gears[gear] for gear in _GEARS},
        no_gear=gears["none"],
        thumbs_up=thumbs.count(1),
        thumbs_down=thumbs.count(-1),
        last_thumb=thumbs[-1] if thumbs else 0,
        negative=moods["negative"],
        neutral=moods["neutral"],
        positive=moods["positive"],
        satisfaction=talk.satisfaction,
        seen_until=seen_until,
        rules=RULES,
    )


def _replies(talk: Talk) -> list[Said]:
    """The bot's replies to questions."""
    return [said for said in talk.said if said.role == "assistant" and not said.courtesy and said.id in talk.answered]


def _questions(talk: Talk) -> int:
    courtesies = {said.reply_to for said in talk.said if said.role == "assistant" and said.courtesy}
    return sum(said.role == "user" and said.id not in courtesies for said in talk.said)


def _turns(talk: Talk, summary: ConversationSummary) -> Sequence[TurnSummary]:
    texts = {said.id: said.text for said in talk.said}
    return [
        TurnSummary(
            message_id=reply.id,
            conversation_id=talk.conversation_id,
            question_id=reply.reply_to,
            shop=talk.shop,
            day=summary.day,
            language=talk.language,
            outcome=reply.outcome,
            gear=talk.answered[reply.id].gear,
            rating=reply.rating,
            first_token_ms=time_step(talk.answered[reply.id].first_token_ms),
            total_ms=time_step(talk.answered[reply.id].total_ms),
            question_key=question_key(texts.get(reply.reply_to, "")),
        )
        for reply in _replies(talk)
    ]


def _products(talk: Talk, summary: ConversationSummary) -> Sequence[ConversationProduct]:
    shown = [product for answered in talk.answered.values() for product in answered.products]
    spoken_of = [feeling.product_id for feeling in talk.feelings.values() if feeling.product_id]
    return [
        ConversationProduct(conversation_id=summary.conversation_id, product_id=product, shop=talk.shop)
        for product in sorted({*shown, *spoken_of})
    ]


def _aspects(talk: Talk, summary: ConversationSummary) -> Sequence[ConversationAspect]:
    felt: dict[tuple[str, str], Counter[str]] = {}
    for feeling in talk.feelings.values():
        for aspect, label in feeling.aspects.items():
            felt.setdefault((feeling.product_id, aspect), Counter())[label] += 1
    return [
        ConversationAspect(
            conversation_id=summary.conversation_id,
            product_id=product,
            aspect=aspect,
            shop=talk.shop,
            day=summary.day,
            language=talk.language,
            negative=labels["negative"],
            neutral=labels["neutral"],
            positive=labels["positive"],
        )
        for (product, aspect), labels in sorted(felt.items())
    ]
