"""AdapterShelf: the adapters adopted for one base, and which of them is in use."""

import re
import shutil
from pathlib import Path

from knowledge.errors import ModelMissing
from knowledge.whole_file import replace_text

IN_USE = "in_use"
_VERSION = re.compile(r"v(\d+)")


class AdapterShelf:
    """`HOME/adapters/<base>` with a folder a version, and a file that names the one in use.

    Args:
        home: the bot's home.
        base: what settings call the base; of a folder or hub id, its last part.
    """

    def __init__(self, home: Path, base: str) -> None:
        self.folder = home / "adapters" / Path(base).name

    def current(self) -> Path | None:
        """The adopted adapter in use; None where the shipped one is."""
        version = self._in_use()
        return self.folder / version if version else None

    def versions(self) -> list[str]:
        """All adopted ones, oldest first."""
        found = [path.name for path in self.folder.glob("v*") if _VERSION.fullmatch(path.name)]
        return sorted(found, key=lambda name: int(name[1:]))

    def adopt(self, adapter: Path) -> Path:
        """Put a copy of an adapter's files on the shelf and use it; the copy."""
        last = max((int(name[1:]) for name in self.versions()), default=0)
        target = self.folder / f"v{last + 1}"
        fresh = self.folder / f".{target.name}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(adapter, fresh)
        fresh.rename(target)
        self._use(target.name)
        return target

    def rollback(self) -> str | None:
        """Use the version before the one in use; its name, or None for the shipped adapter.

        Raises:
            ModelMissing: the shipped one is in use already.
        """
        version = self._in_use()
        if not version:
            raise ModelMissing(
                f"No adapter was adopted for {self.folder.name}: there is none to go back from. "
                "shopclerk models list shows what is in use."
            )
        earlier = [name for name in self.versions() if int(name[1:]) < int(version[1:])]
        self._use(earlier[-1] if earlier else "")
        return earlier[-1] if earlier else None

    def _in_use(self) -> str:
        path = self.folder / IN_USE
        version = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
        return version if version and (self.folder / version).is_dir() else ""

    def _use(self, version: str) -> None:
        replace_text(self.folder / IN_USE, version)
