"""Finds the files of a shop below the paths that a user names."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.sources.content import Failure

PAGES = frozenset((".md", ".markdown", ".html", ".htm", ".txt", ".pdf", ".docx"))
ROWS = frozenset((".csv", ".tsv", ".jsonl", ".ndjson", ".xlsx"))
OLD_FORMATS = {".doc": ".docx", ".xls": ".xlsx", ".rtf": ".docx", ".odt": ".docx", ".ods": ".xlsx", ".ppt": ".pdf"}
PROFILES = frozenset(("shop.yaml", "shop.yml"))
PAGE_BYTES_MAX = 20_000_000
ROWS_BYTES_MAX = 200_000_000


@dataclass(frozen=True)
class FoundFile:
    """A file to read.

    Attributes:
        path: as reached from the path that the user named.
        source: its name in the shop: relative to the named folder, or the file's name.
    """

    path: Path
    source: str

    @property
    def location(self) -> str:
        """Where it is, whatever folder the command was given in."""
        return str(self.path.resolve())

    @property
    def suffix(self) -> str:
        """Lower-case ending with its dot."""
        return self.path.suffix.lower()

    def content_hash(self) -> str:
        """SHA-256 of its bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class FoundFiles:
    """The files below some paths, by source, and what is wrong with the paths."""

    files: tuple[FoundFile, ...]
    failures: tuple[Failure, ...]


def find_files(paths: Sequence[Path]) -> FoundFiles:
    """Every file below the paths that a reader knows; hidden files and other kinds in folders are passed over."""
    files: dict[str, FoundFile] = {}
    failures: list[Failure] = []
    for path in paths:
        for found in _below(path):
            if isinstance(found, Failure):
                failures.append(found)
            elif (other := files.get(found.source)) is None:
                files[found.source] = found
            elif other.location != found.location:
                reason = f"{other.path} has the same name in the shop, {found.source!r}; ingest the folder above both"
                failures.append(Failure(str(found.path), None, None, reason))
    return FoundFiles(tuple(files[source] for source in sorted(files)), tuple(failures))


def _below(path: Path) -> Iterator[FoundFile | Failure]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path)
            if not file.is_file() or any(part.startswith((".", "~$")) for part in inside.parts):
                continue
            if _known(file) or file.suffix.lower() in OLD_FORMATS:
                yield _checked(FoundFile(file, inside.as_posix()))
    elif path.is_file():
        yield _checked(FoundFile(path, path.name))
    else:
        yield Failure(str(path), None, None, "there is no such file or folder; check the path")


def _known(path: Path) -> bool:
    return path.suffix.lower() in PAGES | ROWS or path.name in PROFILES


def _checked(file: FoundFile) -> FoundFile | Failure:
    if _known(file.path):
        return file
    better = OLD_FORMATS.get(file.suffix)
    advice = f"save it as {better}" if better else f"known are {', '.join(sorted(PAGES | ROWS))} and shop.yaml"
    return Failure(str(file.path), None, None, f"files ending in {file.suffix!r} cannot be read; {advice}")
