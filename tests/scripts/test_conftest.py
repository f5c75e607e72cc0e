"""The walls around every test hold."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings


def test_reaching_beyond_this_machine_fails():
    with pytest.raises(AssertionError, match="this machine only"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(AssertionError, match="this machine only"):
        socket.getaddrinfo("example.org", 80)


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()


def test_settings_of_the_person_are_not_seen(tmp_path):
    assert Settings().home == tmp_path / "home"
    assert {name for name in os.environ if name.startswith("SHOPCLERK_")} == {"SHOPCLERK_HOME"}


@pytest.mark.full
@pytest.mark.parametrize(
    ("reason", "ci", "exit_code"),
    [("no browser", "true", 1), ("no browser", "", 0), ("needs a GPU", "true", 0)],
)
def test_in_ci_only_what_set_up_cannot_install_may_be_left_out(tmp_path, reason, ci, exit_code):
    (tmp_path / "test_skipped.py").write_text(f"import pytest\ndef test_one(): pytest.skip({reason!r})\n")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "--rootdir", str(tmp_path), str(tmp_path)]
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        words, cwd=tmp_path, env={"CI": ci, "PYTHONPATH": root, "HOME": str(tmp_path)}, capture_output=True
    )
    assert done.returncode == exit_code, done.stdout
