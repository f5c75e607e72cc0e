"""The exam of a generator: what it writes to examples whose right answers are known, without checks around it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.answering.tuned_text import MARK, REFUSAL
from bot.learning.answers_evaluation import Share
from bot.learning.examples import Example
from bot.learning.judging import holds

Examinee = Callable[[Example], str]
"""Reads an example's question and passages, and gives what it writes to them."""

GUARDED = {
    "facts right": True,
    "false answers": False,
    "false refusals": False,
    "cited rightly": True,
    "golden facts right": True,
    "golden wrong shown": False,
    "golden refused rightly": True,
    "golden refused wrongly": False,
    "golden cited": True,
}
"""The measures of the release gate, and whether more is better: of the bare model on examples, and of the whole bot on
golden questions where a shop has them."""


@dataclass(frozen=True)
class Sat:
    """One example and what the model wrote to it."""

    example: Example
    written: str

    @property
    def refused(self) -> bool:
        """Whether it said that it does not know."""
        return REFUSAL[self.example.language] in self.written

    @property
    def right(self) -> bool:
        """Whether it has all facts and nothing forbidden; of an unanswerable question, whether it was refused."""
        if self.example.kind == "refuse":
            return self.refused
        facts = [fact.split("|") for fact in self.example.facts]
        return not self.refused and holds(self.written, facts, self.example.forbidden)

    @property
    def cited_rightly(self) -> bool:
        """Whether just the passages are marked that hold the answer."""
        return {int(number) for number in MARK.findall(self.written)} == set(self.example.cited)


def sit(examples: Iterable[Example], write: Examinee) -> Iterator[Sat]:
    """Have a model write to each example."""
    for example in examples:
        yield Sat(example, write(example).strip())


def shares(sat: Sequence[Sat]) -> Mapping[str, Share]:
    """The guarded measures, with how many there were of each."""
    answerable = [one for one in sat if one.example.kind != "refuse"]
    unanswerable = [one for one in sat if one.example.kind == "refuse"]
    answered = [one for one in answerable if not one.refused and one.example.cited]
    return {
        "facts right": Share(sum(one.right for one in answerable), len(answerable)),
        "false answers": Share(sum(not one.refused for one in unanswerable), len(unanswerable)),
        "false refusals": Share(sum(one.refused for one in answerable), len(answerable)),
        "cited rightly": Share(sum(one.cited_rightly for one in answered), len(answered)),
    }


def fallen(old: Mapping[str, Share], new: Mapping[str, Share]) -> list[str]:
    """The guarded measures in which the new model lies beyond the old one's 95 % interval, on the wrong side."""
    return [
        name
        for name, more_is_better in GUARDED.items()
        if name in old
        and (new[name].value < old[name].interval[0] if more_is_better else new[name].value > old[name].interval[1])
    ]
