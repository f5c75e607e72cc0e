"""What a person of the shop said earlier in the talk, where it answers the question of now, word for word."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.evidence import sentences
from bot.answering.turn import Answer, Turn
from bot.conversation.messages import MessageView
from knowledge.keywords import tokenize

COVERED = 0.6
"""How much of the question's content words a sentence must share to be about the same."""

_FEWEST_WORDS = 2


def person_said(turn: Turn, question: str) -> str:
    """The sentence of a colleague's that is about the question, as the bot passes it on; empty when there is none.

    What a person promised holds for this shopper, whatever the shop's pages say for everybody.

    Args:
        turn: the message and what was said before it.
        question: the standalone question.
    """
    wanted = set(tokenize(question))
    best: tuple[float, int, str, str] | None = None
    for message in turn.earlier:
        if message.role != "human_agent":
            continue
        for sentence in _statements(message):
            shared = wanted & set(tokenize(sentence))
            share = len(shared) / len(wanted) if wanted else 0.0
            if len(shared) < _FEWEST_WORDS or share < COVERED:
                continue
            if best is None or (share, message.sequence) >= best[:2]:
                best = (share, message.sequence, sentence, message.author or "")
    return "" if best is None else turn.words.say("person_told", name=best[3], words=best[2])


def after_their_words(told: str, answer: Answer) -> Answer:
    """The answer after what a colleague said about the same; instead of a refusal, their words alone."""
    if answer.outcome == "refused":
        return replace(answer, text=told, outcome="answered", gear="extracted", reason="person_said")
    return replace(answer, text=f"{told}\n\n{answer.text}", streamed=False)


def _statements(message: MessageView) -> Sequence[str]:
    """Its sentences but for the questions."""
    return [sentence.strip() for sentence in sentences(message.text) if not sentence.strip().endswith(("?", "？"))]
