"""Finds again the files that a shop's knowledge was read from."""

from collections.abc import Collection, Iterable
from pathlib import Path

from knowledge.publishing import StoredFile
from knowledge.sources.content import Failure
from knowledge.sources.files import FoundFile, FoundFiles

NOWHERE = ""
"""The location of a source that no file holds."""


def find_again(stored: Iterable[StoredFile], live: Collection[str]) -> FoundFiles:
    """Each stored file at its location, and the files of live rows that lie beside them.

    Args:
        stored: files of documents, which know their location.
        live: sources of files of live rows, which do not.
    """
    files, failures, folders = {}, [], set()
    for file in stored:
        if file.location == NOWHERE:
            continue
        path = Path(file.location)
        if file.location.endswith(file.source):
            folders.add(Path(file.location.removesuffix(file.source)))
        if path.is_file():
            files[file.source] = FoundFile(path, file.source)
        else:
            reason = "the file is no longer there; what it said stays published until it is removed"
            failures.append(Failure(file.location, None, None, reason))
    for source in live:
        beside = [folder / source for folder in folders if (folder / source).is_file()]
        if beside:
            newest = max(beside, key=lambda path: path.stat().st_mtime)
            files.setdefault(source, FoundFile(newest, source))
    return FoundFiles(tuple(files[source] for source in sorted(files)), tuple(failures))
