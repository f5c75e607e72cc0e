"""Sealing: what must be read again but not by who steals the database, encrypted with this installation's key."""

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from bot.errors import DatabaseError


class Seal:
    """Encrypts and decrypts with a key in a file beside the database, made on first use and readable by its owner only.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def close(self, words: str) -> str:
        """The words, unreadable without the key."""
        return self._fernet().encrypt(words.encode("utf-8", "replace")).decode()

    def open(self, sealed: str) -> str:
        """The words again.

        Raises:
            DatabaseError: they were sealed with another key.
        """
        try:
            return self._fernet().decrypt(sealed.encode()).decode("utf-8")
        except InvalidToken as error:
            raise DatabaseError(
                f"This was encrypted with another key than that in {self._path}; put the key of that time back."
            ) from error

    def _fernet(self) -> Fernet:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return Fernet(self._path.read_bytes().strip())
        with os.fdopen(descriptor, "wb") as file:
            file.write(key := Fernet.generate_key())
        return Fernet(key)
