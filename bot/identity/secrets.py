"""ShopSecrets: the key each shop's server signs its customers' tokens with, kept in HOME and nowhere else."""

import os
import secrets
from pathlib import Path
from urllib.parse import quote

_BYTES = 48
"""More than HS256 needs: a key shorter than its 32 bytes of output could be guessed first."""


class ShopSecrets:
    """One secret a shop, each in a file that only its owner can read; made on first use.

    Args:
        folder: where the files lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, shop: str) -> str:
        """The shop's secret."""
        path = self._path(shop)
        try:
            return path.read_text(encoding="ascii")
        except FileNotFoundError:
            self._write(path, replace=False)
            return path.read_text(encoding="ascii")

    def rotate(self, shop: str) -> str:
        """A new secret for the shop; what was signed with the old one is refused from now on."""
        path = self._path(shop)
        self._write(path, replace=True)
        return path.read_text(encoding="ascii")

    def _path(self, shop: str) -> Path:
        return self._folder / f"{quote(shop, safe='')}.secret"

    def _write(self, path: Path, *, replace: bool) -> None:
        """Whole or not at all; of two processes that make the first one, the earlier wins."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_BYTES))
        try:
            if replace:
                new.replace(path)
            else:
                path.hardlink_to(new)
        except FileExistsError:
            pass  # somebody was faster
        finally:
            new.unlink(missing_ok=True)
