"""Setting up by shell: nothing twice, and a clear sentence when something is missing."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = (
    "bash",
    "sed",
    "sha256sum",
    "cut",
    "dirname",
    "readlink",
    "cat",
    "grep",
    "head",
    "tail",
    "sleep",
    "mkdir",
    "flock",
    "env",
)


@pytest.fixture
def clone(tmp_path):
    """A copy of what set-up reads, on a machine that has a shell and little else."""
    folder = tmp_path / "clone"
    (folder / "scripts").mkdir(parents=True)
    for name in ("environment.sh", "serve", "test"):
        shutil.copy(ROOT / "scripts" / name, folder / "scripts" / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (tmp_path / "bin").mkdir()
    for program in PROGRAMS:
        if found := shutil.which(program):
            (tmp_path / "bin" / program).symlink_to(found)
    return folder


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/usr/bin/env bash\n{text}\n")
    path.chmod(0o755)


def _run(clone: Path, *words: str):
    path = str(clone.parent / "bin")
    return subprocess.run(words, cwd="/", env={"PATH": path, "HOME": str(clone.parent)}, capture_output=True, text=True)


def test_without_python_the_person_is_told_what_to_install(clone):
    done = _run(clone, str(clone / "scripts" / "serve"))
    assert done.returncode == 1
    assert done.stderr.strip().endswith("apt-get install python3.11 python3.11-venv")


def test_a_python_that_cannot_make_environments_is_named(clone):
    _program(clone.parent / "bin" / "python3.11", 'case "$*" in *ensurepip*) exit 1;; *print*) echo python3.11;; esac')
    done = _run(clone, str(clone / "scripts" / "serve"))
    assert done.returncode == 1
    assert "apt-get install python3.11-venv" in done.stderr


def test_a_failed_installation_shows_why_and_fails(clone):
    _program(
        clone / ".venv" / "bin" / "python", 'case "$*" in *install*) echo "No space left on device"; exit 1;; esac'
    )
    done = _run(clone, str(clone / "scripts" / "serve"))
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "run the same command again" in done.stderr


def test_packages_are_installed_once_and_again_only_when_their_pins_change(clone):
    log = clone / "installed.txt"
    _program(clone / ".venv" / "bin" / "python", f'[[ "$*" == *install* ]] && echo "$*" >> {log}; exit 0')
    _program(clone / ".venv" / "bin" / "shopclerk", f'echo "started $*" >> {log}')
    serve = str(clone / "scripts" / "serve")
    assert _run(clone, serve, "--port", "0").returncode == 0
    lines = log.read_text().splitlines()
    assert lines[0] == "-m pip install torch==2.13.0"
    assert lines[1].startswith("-m pip install torch==2.13.0 -e ")
    assert lines[2] == "started serve --set-up --port 0"

    pyproject = clone / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("line-length = 120", "line-length = 119"))
    _run(clone, serve)
    assert len(log.read_text().splitlines()) == 4

    pyproject.write_text(pyproject.read_text().replace('"rich==15.0.0"', '"rich==15.0.1"'))
    _run(clone, serve)
    assert len(log.read_text().splitlines()) == 7


def test_the_scripts_are_sound_shell():
    for name in ("scripts/serve", "scripts/test", "scripts/environment.sh", ".ci/run"):
        assert subprocess.run(["bash", "-n", str(ROOT / name)]).returncode == 0
