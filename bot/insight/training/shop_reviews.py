"""Reads a shop's own labelled reviews: a table of `text,label`; a bad row is reported and the rest is learned from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.insight.sentiment.feeling import LABELS
from bot.insight.training.examples import MoodExample, part_of
from bot.insight.training.own_messages import label_of
from knowledge.errors import UnreadableFile
from knowledge.sources.content import Failure, SourceContext
from knowledge.sources.rows import Row, RowFile, read_rows

SOURCE = "own reviews"
SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".xlsx")


@dataclass(frozen=True)
class LabelledReviews:
    """What a file gave: examples, and the rows that could not be used."""

    examples: tuple[MoodExample, ...]
    failures: tuple[Failure, ...]


def read_labelled(path: Path) -> LabelledReviews:
    """The examples of a file with columns `text` and `label`.

    Raises:
        UnreadableFile: there is no such file, it has no such columns, or no row of it can be used.
    """
    examples: list[MoodExample] = []
    failures: list[Failure] = []
    for read in _examples(path, open_rows(path, ("text", "label"))):
        if isinstance(read, Failure):
            failures.append(read)
        else:
            examples.append(read)
    if not examples:
        first = f"; the first: line {failures[0].line}: {failures[0].reason}" if failures else ""
        raise UnreadableFile(str(path), f"no row can be learned from{first}; write one text and its label a row")
    return LabelledReviews(tuple(examples), tuple(failures))


def open_rows(path: Path, columns: Sequence[str]) -> RowFile:
    """A file of rows that has these columns.

    Raises:
        UnreadableFile: it has not, or cannot be read.
    """
    context = SourceContext(shop="", source=path.name, path=str(path))
    if path.suffix.lower() not in SUFFIXES:
        raise context.unreadable(f"the name ends in {path.suffix!r}; expected one of {', '.join(SUFFIXES)}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise context.unreadable(f"the file cannot be opened ({error.strerror})") from error
    found = read_rows(data, path.suffix.lower(), context)
    missing = [name for name in columns if name not in found.columns]
    if missing:
        there = ", ".join(name for name in found.columns if name) or "none"
        raise context.unreadable(
            f"there is no column {missing[0]!r} (there are: {there}); the file needs {', '.join(columns)}"
        )
    return found


def _examples(path: Path, rows: RowFile) -> Iterator[MoodExample | Failure]:
    for row in rows.rows:
        problem, column = _problem(row)
        if problem:
            yield Failure(str(path), row.line, column, problem)
        else:
            text = row.cells["text"]
            yield MoodExample(text, label_of(row.text("label").casefold()), SOURCE, part_of(text))


def _problem(row: Row) -> tuple[str | None, str | None]:
    if row.problem:
        return row.problem, row.problem_column
    if "text" not in row.cells:
        return "the text is empty; write what the review says", "text"
    label = row.text("label")
    if not label:
        return f"the row has no label; expected one of {', '.join(LABELS)}", "label"
    if label.casefold() not in LABELS:
        return f"the label is {label!r}; expected one of {', '.join(LABELS)}", "label"
    return None, None
