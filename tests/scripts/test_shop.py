"""`shopclerk shop secret`: the same each time, until it is rotated."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.identity import ShopSecrets
from scripts.shop import app


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOPCLERK_HOME", str(tmp_path))
    return tmp_path


def printed(*words: str) -> str:
    answer = CliRunner().invoke(app, ["secret", *words])
    assert answer.exit_code == 0, answer.output
    return answer.stdout.strip()


def test_secret_stays_until_it_is_rotated(home: Path) -> None:
    first = printed("tidepine")
    assert printed("tidepine") == first == ShopSecrets(home / "shops").of("tidepine")
    rotated = json.loads(printed("tidepine", "--rotate", "--json"))
    assert rotated["secret"] != first
    assert printed("tidepine") == rotated["secret"]
    assert printed("other") != rotated["secret"]
