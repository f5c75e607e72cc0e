"""Example: one question with the passages it is asked over and the answer that a generator learns to give."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from bot.errors import InvalidInput

Split = Literal["train", "dev", "test"]

Kind = Literal["answer", "refuse", "half", "ask_back"]
"""`half`: part of what is asked stands in the passages, and the answer says which part does not. `ask_back`: the
question cannot be understood without a detail that the answer asks for."""


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
