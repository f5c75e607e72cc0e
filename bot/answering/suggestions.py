"""Questions the shopper may ask next: only ones that the shop's own FAQ or profile holds an answer to."""

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from bot.answering.turn import Turn
from bot.reply import Citation
from knowledge.documents import Passage

OFFERED = 3
NEARLY_THE_SAME = 85  # of 100


def starters(turn: Turn) -> tuple[str, ...]:
    """The profile's questions that were not asked yet."""
    return _fresh(turn, iter(turn.profile.suggested_questions.get(turn.language, ())))


def after(turn: Turn, passages: Sequence[Passage], cited: Sequence[Citation]) -> tuple[str, ...]:
    """FAQ questions found beside the answer, in the reply's language."""
    used = {citation.source for citation in cited}
    return _fresh(turn, _titles(turn, passages, used))


def _titles(turn: Turn, passages: Sequence[Passage], used: set[str]) -> Iterator[str]:
    for passage in passages:
        chunk = passage.chunk
        if chunk.kind == "faq" and chunk.language == turn.language and chunk.source not in used:
            yield chunk.title


def _fresh(turn: Turn, questions: Iterator[str]) -> tuple[str, ...]:
    asked = [message.text for message in turn.earlier if message.role == "user"] + [turn.text]
    offered: list[str] = []
    for question in questions:
        if all(fuzz.ratio(question.casefold(), other.casefold()) < NEARLY_THE_SAME for other in [*asked, *offered]):
            offered.append(question)
        if len(offered) == OFFERED:
            break
    return tuple(offered)
