"""Our scripts and styles, served under an address that changes with their content, so browsers may keep them."""

import hashlib
import os
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FOLDER = Path(__file__).parent / "static"
_FOR_A_YEAR = "public, max-age=31536000, immutable"


class KeptStaticFiles(StaticFiles):
    """Static files that never change under their address."""

    def __init__(self) -> None:
        super().__init__(directory=_FOLDER)
        self.prefix = f"/page/{_digest()}"

    def address(self, name: str) -> str:
        """Where a file is served."""
        return f"{self.prefix}/{name}"

    def addresses(self, ending: str, folder: str = "") -> list[str]:
        """Where all files of a kind in a folder are served."""
        files = sorted((_FOLDER / folder).glob(f"*{ending}"))
        return [self.address(file.relative_to(_FOLDER).as_posix()) for file in files]

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, to be kept for a year."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = _FOR_A_YEAR
        return response


def _digest() -> str:
    digest = hashlib.sha256()
    for file in sorted(file for file in _FOLDER.rglob("*") if file.is_file()):
        digest.update(file.relative_to(_FOLDER).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
