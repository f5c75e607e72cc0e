"""ConversationMood: how one conversation goes, told from the moods of its messages and the fate of its answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from sqlalchemy import Engine
from sqlmodel import Session

from bot.insight.scoring.talk import Talk, read_talk

ANGRY = -0.5
"""A message with at most this mood is clearly negative."""

LATEST = 3  # shopper's messages in which anger is sustained
TURN = 0.7  # how far apart the moods before and after must be for the mood to have turned


@dataclass(frozen=True)
class ConversationMood:
    """How one conversation goes.

    Attributes:
        satisfaction: predicted mean of many raters, -2 to 2.
        trend: mean mood of the second half of the shopper's messages less that of the first, -2 to 2.
        turned_at_message: the shopper's message with which the mood turned, if it did.
        turned_after_message: the answer before it.
        sustained_anger: the latest message is clearly negative, and so was another of the last three.
        failures_in_a_row: how many of the latest answers in a row were none or were rated bad.
        last_sequence: of the latest message counted in.
    """

    satisfaction: float = 0.0
    trend: float = 0.0
    turned_at_message: str | None = None
    turned_after_message: str | None = None
    sustained_anger: bool = False
    failures_in_a_row: int = 0
    last_sequence: int = 0

    @property
    def angry(self) -> bool:
        """Clearly negative, and not for the first time."""
        return self.sustained_anger


class Moods:
    """How conversations go, told at any moment from what is scored already; it never waits for a model.

    Args:
        engine: the database.
        satisfaction: predicts it.
    """

    def __init__(self, engine: Engine, satisfaction: Callable[[Talk], float]) -> None:
        self._engine, self._satisfaction = engine, satisfaction

    def mood_of(self, conversation_id: str) -> ConversationMood:
        """How this conversation goes; one that is not there goes neither well nor badly."""
        with Session(self._engine) as session:
            return mood_of(read_talk(session, conversation_id), self._satisfaction)

    def temper_of(self, conversation_id: str) -> ConversationMood:
        """As `mood_of`, without the prediction of satisfaction, for which a model would have to be read."""
        with Session(self._engine) as session:
            return mood_of(read_talk(session, conversation_id), lambda _talk: 0.0)


def mood_of(talk: Talk, satisfaction: Callable[[Talk], float]) -> ConversationMood:
    """How a conversation goes."""
    moods = talk.moods
    values = [mood for _, mood in moods]
    turned = turning_point(values)
    at = moods[turned][0] if turned is not None else None
    return ConversationMood(
        satisfaction=satisfaction(talk) if moods else 0.0,
        trend=trend(values),
        turned_at_message=at,
        turned_after_message=_answer_before(talk, at) if at else None,
        sustained_anger=sustained_anger(values),
        failures_in_a_row=failures_in_a_row(talk),
        last_sequence=talk.last_sequence,
    )


def trend(moods: Sequence[float]) -> float:
    """Mean of the second half less that of the first, the middle one left out; 0 for fewer than two."""
    half = len(moods) // 2
    return fmean(moods[-half:]) - fmean(moods[:half]) if half else 0.0


def turning_point(moods: Sequence[float]) -> int | None:
    """The place from which on the mood is another one: where the means before and after lie furthest apart."""
    jumps = [(abs(fmean(moods[place:]) - fmean(moods[:place])), place) for place in range(1, len(moods))]
    jump, place = max(jumps, key=lambda one: (one[0], -one[1]), default=(0.0, 0))
    return place if jump >= TURN else None


def sustained_anger(moods: Sequence[float]) -> bool:
    """Whether the latest message is clearly negative and another of the last three was too."""
    latest = [mood <= ANGRY for mood in moods[-LATEST:]]
    return bool(latest) and latest[-1] and sum(latest) > 1


def failures_in_a_row(talk: Talk) -> int:
    """How many of the latest answers in a row were none or were rated bad."""
    count = 0
    for one in reversed(talk.said):
        if one.by_shopper:
            continue
        if not one.failed:
            break
        count += 1
    return count


def _answer_before(talk: Talk, message_id: str) -> str | None:
    """The latest answer before a shopper's message."""
    latest = None
    for one in talk.said:
        if one.message_id == message_id:
            break
        if not one.by_shopper:
            latest = one.message_id
    return latest
