"""Files of ranked groups: one question a line, as JSON, with texts that answer it and texts that do not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.errors import UnreadableFile
from knowledge.training.ranked_groups import RankedGroup

_SHAPE = (
    'expected one JSON object with question, texts and, for each text, true or false in answers, such as {"question": '
    '"is it red?", "texts": ["Red.", "2 kg"], "answers": [true, false]}; mend or delete the line'
)


def read_groups(path: Path) -> Iterator[RankedGroup]:
    """The groups of a file.

    Raises:
        UnreadableFile: it is not there, or a line is no group; says which.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _group(line, path.name, number)
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(str(path), f"cannot be read ({error}); expected JSON lines in UTF-8.") from error


def _group(line: str, name: str, number: int) -> RankedGroup:
    try:
        read: dict[str, Any] = json.loads(line)
        question, texts, answers = read["question"], read["texts"], read["answers"]
        group = RankedGroup(
            str(read.get("source", name)), str(read.get("subject", question)), question, tuple(texts), tuple(answers)
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFile(name, f"is no question with its texts ({error!r}); {_SHAPE}.", line=number) from error
    if not _sound(group):
        raise UnreadableFile(name, f"has parts of another kind or of unequal number; {_SHAPE}.", line=number)
    return group


def _sound(group: RankedGroup) -> bool:
    return (
        isinstance(group.question, str)
        and bool(group.question.strip())
        and all(isinstance(text, str) and text.strip() for text in group.texts)
        and all(isinstance(answers, bool) for answers in group.answers)
        and len(group.texts) == len(group.answers)
        and any(group.answers)
    )
