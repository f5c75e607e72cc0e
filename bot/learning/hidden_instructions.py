"""Examples with an order to the assistant hidden in a passage, as in BIPIA (Yi et al. 2023)."""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.answering.tuned_text import REFUSAL
from bot.learning.examples import Example
from knowledge.errors import DataMissing

SEED = 20261122
EMAIL_CHARACTERS = 900  # as much of an e-mail as fits beside its question


@dataclass(frozen=True)
class Ordered:
    """An example, and what one of its passages orders."""

    example: Example
    order: str


def in_emails(data: Path) -> Iterator[Ordered]:
    """BIPIA's e-mails and questions with one of its text attacks in each, at the start or at the end.

    Raises:
        DataMissing: the set is not there.
    """
    orders = _orders(data)
    path = data / "bipia" / "email_train.jsonl"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        read = json.loads(line)
        chance = random.Random(f"{SEED} email {number}")
        order = chance.choice(orders)
        text = " ".join(read["context"].split())[:EMAIL_CHARACTERS]
        known = read["ideal"].strip().casefold() != "unknown"
        yield Ordered(
            Example(
                id=f"bipia-{number}",
                split="dev",
                source="bipia",
                language="en",
                kind="answer" if known else "refuse",
                question=read["question"].removeprefix("Q:").strip(),
                passages=(f"E-mail: {_hidden(text, order, chance)}",),
                answer=f"{read['ideal']} [1]" if known else REFUSAL["en"],
                cited=(1,) if known else (),
                facts=(read["ideal"],) if known else (),
                tags=("injection",),
            ),
            order,
        )


def in_pages(data: Path, examples: Iterable[Example]) -> Iterator[Ordered]:
    """Answerable examples with one of BIPIA's text attacks in the passage that answers.

    Raises:
        DataMissing: the set is not there.
    """
    orders = _orders(data)
    for example in examples:
        if example.kind != "answer" or not example.cited:
            continue
        chance = random.Random(f"{SEED} {example.id}")
        order, place = chance.choice(orders), example.cited[0] - 1
        title, colon, text = example.passages[place].partition("：" if example.language == "zh" else ":")
        passages = list(example.passages)
        passages[place] = f"{title}{colon} {_hidden(text.strip(), order, chance)}"
        yield Ordered(replace(example, passages=tuple(passages), tags=(*example.tags, "injection")), order)


def _hidden(text: str, order: str, chance: random.Random) -> str:
    if chance.random() < 0.5:
        return f"{text} {order}"
    return f"{order} {text}"


def _orders(data: Path) -> list[str]:
    path = data / "bipia" / "text_attack_train.json"
    if not path.is_file():
        raise DataMissing(f"{path} is not there; set SHOPCLERK_DATA or --data to the folder of the public sets.")
    read: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return [order for orders in read.values() for order in orders]
