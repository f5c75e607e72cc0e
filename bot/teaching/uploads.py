"""Uploads: files that staff bring in the browser, kept in folders of HOME from which they are ingested."""

import re
import shutil
import time
import unicodedata
import zipfile
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import uuid4

from bot.errors import InvalidInput, NotFound
from knowledge.sources.files import OLD_FORMATS, PAGES, PROFILES, ROWS

FILE_BYTES = 50_000_000
UPLOAD_BYTES = 200_000_000
FILES = 500
NAME_CHARACTERS = 200
UNPACKED_BYTES = 200_000_000
UNPACKED_TIMES = 200  # as large as packed; office files stay far below
FORGOTTEN_SECONDS = 24 * 3600.0
"""So long an upload that was never published is kept."""

PICTURES = frozenset((".svg", ".png", ".jpg", ".jpeg", ".webp"))
"""A shop's logo may come along with its profile."""

_ID = re.compile(r"[0-9a-f]{32}")
_PART = re.compile(r"[^\x00-\x1f\x7f<>:\"|?*\\/]+")
_ZIPPED = (".docx", ".xlsx")


@dataclass(frozen=True)
class UploadedFile:
    """One file as it lies there; `name` may have folders in it."""

    name: str
    size: int


class Uploads:
    """A folder for each upload: `HOME/uploads/ID`, where published files stay, to be read again.

    Args:
        folder: holds them all; made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, kept: Collection[str]) -> str:
        """Open an upload, and forget those that were never published.

        Args:
            kept: locations of files that a kept knowledge version was read from.

        Returns:
            Its id.
        """
        self._forget(kept)
        upload_id = uuid4().hex
        (self._folder / upload_id).mkdir(parents=True)
        return upload_id

    def add(self, upload_id: str, name: str, content: Iterable[bytes]) -> UploadedFile:
        """Take one file; one of the same name is replaced.

        Raises:
            InvalidInput: its name or kind cannot be used, or it is too large; nothing of it is kept.
            NotFound: no such upload.
        """
        folder = self.folder(upload_id)
        safe = safe_name(name)
        others = [file for file in self.files(upload_id) if file.name != safe]
        if len(others) >= FILES:
            raise InvalidInput(f"One upload takes at most {FILES} files; publish these first.")
        room = min(FILE_BYTES, UPLOAD_BYTES - sum(file.size for file in others))
        path = folder / safe
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{uuid4().hex}.part")
        try:
            size = _write(partial, content, room, safe)
            _refuse_bomb(partial, path.suffix.lower(), safe)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return UploadedFile(safe, size)

    def files(self, upload_id: str) -> list[UploadedFile]:
        """What has come so far, by name."""
        folder = self.folder(upload_id)
        found = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
        return [UploadedFile(path.relative_to(folder).as_posix(), path.stat().st_size) for path in sorted(found)]

    def remove(self, upload_id: str, name: str) -> None:
        """Leave one file out."""
        (self.folder(upload_id) / safe_name(name)).unlink(missing_ok=True)

    def discard(self, upload_id: str) -> None:
        """Forget an upload that was not published."""
        shutil.rmtree(self.folder(upload_id))

    def folder(self, upload_id: str) -> Path:
        """Where its files lie.

        Raises:
            NotFound: no such upload.
        """
        folder = self._folder / upload_id
        if not _ID.fullmatch(upload_id) or not folder.is_dir():
            raise NotFound("This upload is no longer here; bring the files again.")
        return folder.resolve()

    def _forget(self, kept: Collection[str]) -> None:
        if not self._folder.is_dir():
            return
        held = {Path(location).resolve() for location in kept if location}
        for folder in self._folder.iterdir():
            old = time.time() - folder.stat().st_mtime > FORGOTTEN_SECONDS
            if old and not any(path.is_relative_to(folder.resolve()) for path in held):
                with suppress(OSError):
                    shutil.rmtree(folder)


def safe_name(name: str) -> str:
    """A file's name below the upload's folder, as a relative path with `/`.

    Raises:
        InvalidInput: it leads elsewhere, is hidden, has signs that file systems refuse, or is of no kind that is read.
    """
    path = PurePosixPath(unicodedata.normalize("NFC", name.replace("\\", "/")))
    parts = path.parts
    sound = parts and len(name) <= NAME_CHARACTERS and all(
        _PART.fullmatch(part) and not part.startswith((".", "~$")) and part == part.strip(" .") for part in parts
    )  # fmt: skip
    if not sound or path.is_absolute():
        raise InvalidInput(f"{name[:NAME_CHARACTERS]!r} cannot be the name of a file here; rename it.")
    suffix = path.suffix.lower()
    if suffix not in PAGES | ROWS | PICTURES and path.name not in PROFILES:
        better = OLD_FORMATS.get(suffix)
        known = ", ".join(sorted(PAGES | ROWS))
        advice = f"save it as {better}" if better else f"known are {known} and shop.yaml"
        raise InvalidInput(f"{path.name!r} cannot be read; {advice}.")
    return path.as_posix()


def _write(path: Path, content: Iterable[bytes], room: int, name: str) -> int:
    size = 0
    with path.open("wb") as file:
        for piece in content:
            size += len(piece)
            if size > room:
                most = f"{FILE_BYTES // 1_000_000} MB a file and {UPLOAD_BYTES // 1_000_000} MB an upload"
                raise InvalidInput(f"{name!r} is too large; at most {most} are taken.")
            file.write(piece)
    return size


def _refuse_bomb(path: Path, suffix: str, name: str) -> None:
    """Refuse an office file that unpacks to far more than it is."""
    if suffix not in _ZIPPED:
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InvalidInput(f"{name!r} is no {suffix} file that can be read ({error}); save it again.") from None
    if unpacked > min(UNPACKED_BYTES, max(UNPACKED_TIMES * path.stat().st_size, 1_000_000)):
        raise InvalidInput(f"{name!r} unpacks to {unpacked // 1_000_000} MB, far more than it is; it is not taken.")
