"""Example: one question with the passages it is asked over and the answer that a generator learns to give."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from bot.answering.tuned_text import END, asked_from, cued
from bot.errors import InvalidInput

Split = Literal["train", "dev", "test"]

Kind = Literal["answer", "refuse", "half", "ask_back"]
"""`half`: part of what is asked stands in the passages, and the answer says which part does not. `ask_back`: the
question cannot be understood without a detail that the answer asks for."""

OPENING = "opening"
"""Tag of an example of which only that is learned whether the answer is a refusal, which its first token tells."""


@dataclass(frozen=True)
class Example:
    """What the model reads and what it should write.

    Attributes:
        id: unique in its source.
        source: where it is from: `imaginary`, `hetpqa`, `semipqa`, `epqa`, `staff`.
        history: earlier turns, shopper and bot alternating, oldest first.
        passages: as they stand in the prompt, best first: title, colon, text.
        answer: the target text, each sentence followed by its marks such as `[1]`; of a refusal, the words of the
            prompt's refusal.
        cited: numbers of the passages it rests on, from 1.
        facts: strings of which a right answer has all; alternatives joined by `|`.
        forbidden: strings that would be wrong in an answer.
        tags: what the example exercises: `number`, `negation`, `condition`, `exception`, `table`, `outdated`,
            `contradiction`, `injection`, `typo`, `short`, `follow_up`, `several_passages`, …
    """

    id: str
    split: Split
    source: str
    language: Literal["en", "zh"]
    kind: Kind
    question: str
    passages: tuple[str, ...]
    answer: str
    cited: tuple[int, ...] = ()
    history: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def rendered(example: Example) -> tuple[str, str]:
    """What the model reads of an example, and what it should go on with."""
    asked = asked_from(example.question, example.passages, language=example.language, history=example.history)
    prompt = cued(asked)
    space = " " if prompt.endswith(":") else ""  # the first English word is the token that begins with a space
    return prompt, f"{space}{example.answer.strip()}{END}"


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """One JSON object a line; how many were written."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for example in examples:
            file.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")
            count += 1
    return count


def read_examples(path: Path) -> Iterator[Example]:
    """The examples of a file that `write_examples` wrote.

    Raises:
        InvalidInput: a line is not an example; says which and why.
    """
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                read = json.loads(line)
                for name in ("passages", "cited", "history", "facts", "forbidden", "tags"):
                    read[name] = tuple(read.get(name, ()))
                yield Example(**read)
            except (ValueError, TypeError, AttributeError) as error:
                raise InvalidInput(
                    f"{path.name}, line {number} is not a training example ({error}); expected one JSON object with "
                    "id, split, source, language, kind, question, passages and answer. Mend or delete the line."
                ) from error


LICENCES = {
    "imaginary": "made by this project, Apache-2.0",
    "hetpqa": "CDLA-Sharing-1.0",
    "semipqa": "CDLA-Sharing-1.0",
    "epqa": "CDLA-Sharing-1.0",
    "staff": "the shop's own, masked",
}


def data_card(examples: Iterable[Example]) -> str:
    """What is in a training set, as Markdown: how many of what, how long, under which licence."""
    rows = list(examples)
    if not rows:
        return "# Training data\n\nThere are no examples.\n"
    counted = "\n\n".join(
        f"## By {name}\n\n{_table((name, 'train', 'dev', 'test'), _counts(rows, of))}" for name, of in _CARD_PARTS
    )
    return (
        f"# Training data\n\n{len(rows):,} examples of questions over passages with the answers to be learned. "
        f"Half an answer (`half`) says which part the passages do not hold; `ask_back` asks for the missing detail; "
        f"`refuse` is the refusal.\n\n{counted}\n\n## Lengths in characters\n\n"
        f"{_table(('part', 'language', 'median', '95 %', 'longest'), _lengths(rows))}\n\n## Licences\n\n"
        f"{_table(('source', 'licence'), _licences(rows))}\n"
    )


_CARD_PARTS: tuple[tuple[str, Callable[[Example], Iterable[str]]], ...] = (
    ("source", lambda example: (example.source,)),
    ("language", lambda example: (example.language,)),
    ("kind", lambda example: (example.kind,)),
    ("number of passages", lambda example: (str(len(example.passages)),)),
    ("tag", lambda example: example.tags),
)


def _counts(rows: Sequence[Example], of: Callable[[Example], Iterable[str]]) -> list[tuple[str, ...]]:
    counts = Counter((value, example.split) for example in rows for value in of(example))
    values = sorted({value for value, _ in counts})
    return [(value, *(f"{counts[value, split]:,}" for split in ("train", "dev", "test"))) for value in values]


def _lengths(rows: Sequence[Example]) -> list[tuple[str, ...]]:
    parts: dict[str, Callable[[Example], int]] = {
        "question": lambda example: len(example.question),
        "passages": lambda example: sum(len(passage) for passage in example.passages),
        "answer": lambda example: len(example.answer),
    }
    found = []
    for part, measure in parts.items():
        for language in sorted({example.language for example in rows}):
            sizes = sorted(measure(example) for example in rows if example.language == language)
            shown = sizes[len(sizes) // 2], sizes[int(len(sizes) * 0.95)], sizes[-1]
            found.append((part, language, *(f"{size:,}" for size in shown)))
    return found


def _licences(rows: Sequence[Example]) -> list[tuple[str, ...]]:
    sources = sorted({example.source for example in rows})
    return [(source, LICENCES.get(source, "not stated")) for source in sources]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
