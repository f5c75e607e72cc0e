"""Fits the weights by which the bot chooses what answers, from golden questions, and measures them on unseen ones.

`shopclerk train choice` runs it. The likelihood is that of a conditional logit with a choice of none, in which any
stretch that holds all the facts counts as right (see `bot.answering.choice`).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from bot.answering.answerer import Answerer
from bot.answering.choice import shared_out
from bot.answering.language import detect
from bot.answering.traits import TRAITS, Stretch
from bot.answering.turn import Turn
from bot.conversation.history import MessageView
from bot.learning.golden import GoldenQuestion
from bot.learning.judging import holds
from knowledge.documents import Passage
from knowledge.profile import ShopProfile
from knowledge.whole_file import replace_text

QUESTIONS = Path(__file__).parent / "choice_questions.jsonl"
"""Golden questions that none is measured on; `relevant` may name a file or a page in both languages."""

RIDGE = 1.0  # of 0.1 to 3, the best on left-out questions
FOLDS = 8
STEPS = 200
REFUSED_WRONGLY = 0.06  # of what can be answered, the most that the threshold may withhold
SEED = 20261122
ELSEWHERE = frozenset({"order", "injection"})
"""Kinds of questions that are answered or turned away before any passage is read."""


@dataclass(frozen=True)
class Case:
    """One question with what could be shown for it.

    Attributes:
        traits: (n_stretches, n_traits).
        right: which stretches hold the answer, (n_stretches,), bool.
    """

    question: GoldenQuestion
    traits: np.ndarray
    right: np.ndarray

    @property
    def unanswerable(self) -> bool:
        """Whether none is right."""
        return self.question.expected == "refused"


@dataclass(frozen=True)
class Weights:
    """Of the traits, and the constant."""

    constant: float
    traits: np.ndarray

    def chances(self, case: Case) -> tuple[float, np.ndarray]:
        """That none answers, and that each does."""
        return shared_out(case.traits @ self.traits + self.constant)


@dataclass(frozen=True)
class Figures:
    """On questions that the weights were not fitted on.

    Attributes:
        first, first_two: how many answerable questions have a right stretch there, of all `answerable`.
        auroc: chance that "none" is likelier for an unanswerable question than for an answerable one.
        threshold: of that chance, from which on refusing withholds no more than allowed.
        refused: unanswerable questions above it, of all `unanswerable`.
    """

    answerable: int
    first: int
    first_two: int
    unanswerable: int
    auroc: float
    threshold: float
    refused: int


def cases(
    questions: Iterable[GoldenQuestion], *, answerer: Answerer, shop: str, profile: ShopProfile
) -> Iterator[Case]:
    """The questions that passages have to answer, as the bot meets them; those that rows answer are left out."""
    for question in questions:
        if question.expected not in {"answered", "facts", "refused"} or ELSEWHERE & set(question.tags):
            continue
        weighed = answerer.weighed(turn_of(question, shop, profile))
        if weighed is not None:
            stretches, traits = weighed
            yield Case(question, traits, np.array([answers(question, *one) for one in stretches]))


def fit(known: Sequence[Case], *, ridge: float = RIDGE) -> Weights:
    """The weights under which what is right is likeliest, large ones held back; by L-BFGS."""
    import torch

    used = [case for case in known if case.unanswerable or case.right.any()]
    traits = [torch.from_numpy(case.traits) for case in used]
    right = [torch.from_numpy(np.concatenate([[case.unanswerable], case.right])) for case in used]
    constant = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    weights = torch.zeros(len(TRAITS), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([constant, weights], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> Any:
        optimizer.zero_grad()
        total = ridge * (weights @ weights) / 2
        for rows, one in zip(traits, right, strict=True):
            chances = torch.cat([torch.zeros(1, dtype=torch.float64), rows @ weights + constant]).log_softmax(0)
            total = total - chances[one].logsumexp(0)
        total.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]  # as above
    return Weights(float(constant.detach()[0]), weights.detach().numpy())


def left_out(known: Sequence[Case], *, folds: int = FOLDS) -> list[tuple[Case, float, np.ndarray]]:
    """Each case with its chances by weights fitted without it and without all others of its topic."""
    topics = {topic: number for number, topic in enumerate(dict.fromkeys(_topic(case.question) for case in known))}
    drawn = np.random.default_rng(SEED).permutation(len(topics)) % folds
    fold = [int(drawn[topics[_topic(case.question)]]) for case in known]
    result = []
    for number in range(folds):
        weights = fit([case for case, mine in zip(known, fold, strict=True) if mine != number])
        held_out = [case for case, mine in zip(known, fold, strict=True) if mine == number]
        result += [(case, *weights.chances(case)) for case in held_out]
    return result


def _topic(question: GoldenQuestion) -> str:
    """The page, list of questions or product that answers, in whatever language; each unanswerable one is its own."""
    if not question.relevant:
        return question.id
    file, _, part = question.relevant[0].partition("@")[0].partition("#")
    return f"{file.split('.')[0]}#{part}"


def figures(judged: Sequence[tuple[Case, float, np.ndarray]], *, questions: int) -> Figures:
    """Figures of chances.

    Args:
        judged: cases with the chances that none and that each stretch answers.
        questions: answerable ones in all, with those that rows answer.
    """
    answerable = [one for one in judged if not one[0].unanswerable]
    none = np.array([chance for case, chance, _ in judged if case.unanswerable])
    some = np.array([chance for _, chance, _ in answerable])
    orders = [(case.right, np.argsort(-each)) for case, _, each in answerable]
    threshold = float(np.sort(some)[::-1][min(int(REFUSED_WRONGLY * questions), len(some) - 1)])
    return Figures(
        answerable=len(answerable),
        first=sum(bool(right[order[0]]) for right, order in orders),
        first_two=sum(bool(right[order[:2]].any()) for right, order in orders),
        unanswerable=len(none),
        auroc=float((none[:, None] > some[None, :]).mean()),
        threshold=threshold,
        refused=int((none > threshold).sum()),
    )


def write(weights: Weights, measured: Figures, path: Path) -> None:
    """Keep the weights with how they were made."""
    named = {name: round(float(value), 3) for name, value in zip(TRAITS, weights.traits, strict=True)}
    made = {
        "by": "shopclerk train choice",
        "ridge": RIDGE,
        "left_out_folds": FOLDS,
        **{name: round(value, 3) for name, value in vars(measured).items()},
    }
    replace_text(
        path, json.dumps({"made": made, "constant": round(weights.constant, 3), "weights": named}, indent=1) + "\n"
    )


def answers(question: GoldenQuestion, passage: Passage, stretch: Stretch) -> bool:
    """Whether a stretch of a passage is an answer to a golden question."""
    source = passage.chunk.source
    relevant = any(source == one or source.startswith((f"{one}#", f"{one}.")) for one in question.relevant)
    return question.expected != "refused" and relevant and holds(stretch.shown, question.facts, question.forbidden)


def turn_of(question: GoldenQuestion, shop: str, profile: ShopProfile) -> Turn:
    """A golden question as a turn of a conversation in which its history was said."""
    said = [
        MessageView(
            id=uuid4().hex,
            conversation_id="",
            sequence=place,
            role="user" if place % 2 else "assistant",
            text=text,
            language=question.language,
            created_at=datetime.now(UTC),
        )
        for place, text in enumerate(question.history, start=1)
    ]
    return Turn(
        conversation_id="",
        message_id="",
        shop=shop,
        text=question.question,
        typed=question.question,
        language=question.language,
        spoken=detect(question.question),
        earlier=tuple(said),
        profile=profile,
    )
