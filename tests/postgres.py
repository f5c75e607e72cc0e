"""A real PostgreSQL for tests: its own server in a temporary folder, reached by a Unix socket, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# Nothing here has to survive a power cut, and tests should not wait for the disk.
_SERVER_OPTIONS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
_SETTLE_SECONDS = 120  # until a loaded machine must have started or stopped the server


def postgresql_binaries() -> Path | None:
    """The folder with the newest `initdb` and `pg_ctl`; Debian keeps them off the PATH."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    on_path = shutil.which("initdb")
    folders += [Path(on_path).parent] if on_path else []
    return next((folder for folder in folders if (folder / "pg_ctl").exists() and (folder / "initdb").exists()), None)


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Start a server; gives the URL of its `postgres` database, reachable only by a socket in the folder."""
    binaries = postgresql_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed; `apt-get install postgresql` brings it")
    # Not under pytest's folder: the path of a Unix socket may have 107 bytes only.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    owner = _owner()
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)

    def run(program: str, *arguments: str) -> None:
        user = {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        with (folder / f"{program}.out").open("a") as output:  # no pipe: the server would keep it open
            command = [str(binaries / program), *arguments]
            done = subprocess.run(command, cwd=folder, stdout=output, stderr=output, timeout=_SETTLE_SECONDS, **user)
        assert done.returncode == 0, (folder / f"{program}.out").read_text()

    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-U", "shopclerk", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        options = f"{_SERVER_OPTIONS} -k {folder}"
        run("pg_ctl", "-D", data, "-w", "-t", str(_SETTLE_SECONDS), "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://shopclerk@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd | None:
    """Who runs the server: PostgreSQL refuses to run as root, so `postgres` or `nobody` does then."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The URL of a running server's `postgres` database."""
    with running_postgresql() as url:
        yield url
