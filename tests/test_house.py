"""The rules of the house that no linter knows: documents that cannot lie, imports that do nothing, names that fit."""

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from bot.settings import Settings
from scripts.cli import app

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "knowledge", "ui", "scripts")
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
BANNED_NAMES = {"utils", "util", "helpers", "common", "core", "manager", "base", "misc"}


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines()]


def _shell_lines() -> list[str]:
    blocks = re.findall(r"^```(?:bash|sh|console)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    lines = [line.removeprefix("$ ").partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _words_after_settings(line: str) -> list[str]:
    words = shlex.split(line)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words.pop(0)
    return words


SHOPCLERK_LINES = [line for line in _shell_lines() if _words_after_settings(line)[:1] == ["shopclerk"]]


@pytest.mark.parametrize("line", SHOPCLERK_LINES)
def test_every_command_in_the_readme_exists_with_those_options(line):
    words = _words_after_settings(line)[1:]
    command = typer.main.get_command(app)
    context = command.make_context("shopclerk", [words[0]], resilient_parsing=True)
    name, command, _ = command.resolve_command(context, [words[0]])
    words = words[1:]
    if hasattr(command, "commands"):
        context = command.make_context(name, [words[0]], resilient_parsing=True)
        _, command, _ = command.resolve_command(context, [words[0]])
        words = words[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)} <= known


def test_every_script_in_the_readme_exists():
    named = {word for line in _shell_lines() for word in _words_after_settings(line)[:1] if word.startswith("scripts/")}
    assert {"scripts/serve", "scripts/test"} <= named
    assert all((ROOT / name).stat().st_mode & 0o100 for name in named)


def test_every_file_that_the_readme_links_to_exists():
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link.partition("#")[0]).exists()] == []


def test_the_settings_table_is_the_settings():
    rows = re.findall(r"^\| `(SHOPCLERK_[A-Z_]+)` \| (.*?) \| (.*?) \|$", README, re.MULTILINE)
    written = {name: (default, text) for name, default, text in rows}
    real = {}
    for name, field in Settings.model_fields.items():
        default = "`~/.shopclerk`" if name == "home" else f"`{field.default}`" if field.default != "" else "(empty)"
        real[f"SHOPCLERK_{name.upper()}"] = (default, field.description)
    assert written == real


def test_only_settings_read_the_environment():
    readers = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if re.search(r"os\.environ\b(?!\[.*\] =)|os\.getenv|\benviron\.get", path.read_text(encoding="utf-8"))
    }
    assert readers == set()


def test_importing_does_nothing(tmp_path):
    code = """
import importlib, logging, os, pkgutil, sys, threading
rooms = [importlib.import_module(name) for name in sys.argv[1:]]
names = [found.name for room in rooms for found in pkgutil.walk_packages(room.__path__, room.__name__ + ".")]
before = dict(os.environ)
torch_classes = ("knowledge.embedding_universal", "knowledge.reranking_reader", "knowledge.training.low_rank")
for name in names:
    # Alembic runs its own; a torch module can only be written with torch, and is imported where a model is loaded.
    if ".migrations" not in name and name not in torch_classes:
        importlib.import_module(name)
heavy = [name for name in ("torch", "transformers", "sentence_transformers", "xllamacpp") if name in sys.modules]
assert not heavy, heavy
assert not logging.getLogger().handlers, "logging was set up"
assert threading.active_count() == 1, threading.enumerate()
changed = {name for name in {*before, *os.environ} if before.get(name) != os.environ.get(name)}
assert not {name for name in changed if name.startswith("SHOPCLERK")}, changed
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *ROOMS],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    made = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in made if "shopclerk" in path] == []


def test_every_file_opens_with_a_sentence_that_says_what_it_owns():
    silent = []
    for path in MODULES:
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if not said.partition("\n")[0].endswith(".") and "versions" not in path.parts:  # migrations are generated
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_no_file_has_a_name_that_could_hold_anything():
    assert [str(path) for path in MODULES if path.stem in BANNED_NAMES or path.parent.name in BANNED_NAMES] == []


def test_nothing_is_left_to_do_and_nothing_of_one_machine_is_in_the_files():
    forbidden = re.compile("|".join(("TODO", "FIXME", "/work/", "/opt/wheels", "/opt/pypi", "pypi\\.org")))
    found = []
    for path in _tracked():
        if path == Path(__file__) or path.suffix in {".png", ".pdf", ".docx", ".xlsx", ".gz"} or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if forbidden.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []
