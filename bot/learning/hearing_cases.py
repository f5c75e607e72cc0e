"""What choice and model make of questions whose answers are known: what the weights of hearing are fitted on."""

from collections.abc import Iterable, Iterator

from bot.answering.answerer import Answerer
from bot.answering.extraction import Reading
from bot.learning.answering_systems import GivenPassages
from bot.learning.choice_fitting import ELSEWHERE, answers, turn_of
from bot.learning.examples import Example
from bot.learning.golden import GoldenQuestion
from bot.learning.hearing_fitting import HearingCase
from bot.learning.judging import holds
from knowledge.profile import ShopProfile


def golden_cases(
    questions: Iterable[GoldenQuestion], *, answerer: Answerer, shop: str, profile: ShopProfile
) -> Iterator[HearingCase]:
    """The golden questions that passages have to answer; those that rows answer are left out."""
    for question in questions:
        if question.expected not in {"answered", "facts", "refused"} or ELSEWHERE & set(question.tags):
            continue
        heard = answerer.heard(turn_of(question, shop, profile))
        if heard is not None and heard.found.ranked:
            right = tuple(answers(question, one.passage, one.stretch) for one in heard.found.ranked)
            yield HearingCase(heard, right, question.expected != "refused")


def example_cases(examples: Iterable[Example], system: GivenPassages) -> Iterator[HearingCase]:
    """Questions over given passages; those that ask back are left out."""
    for example in examples:
        if example.kind != "ask_back":
            heard = system.heard(example)
            right = tuple(_right(example, one) for one in heard.found.ranked)
            if right:
                yield HearingCase(heard, right, example.kind != "refuse")


def _right(example: Example, reading: Reading) -> bool:
    cited = int(reading.passage.chunk.id.rpartition("#")[2]) in example.cited
    facts = [fact.split("|") for fact in example.facts]
    return cited and holds(reading.stretch.shown, facts, example.forbidden)
