"""Tokens open one conversation and cannot be made up."""

import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed
from ui.auth import REFRESH_DAYS, TOKEN_SECONDS, Visit, VisitorTokens, read_or_make_secret


def test_token_opens_its_conversation() -> None:
    tokens = VisitorTokens("secret")
    visit = tokens.check(f"Bearer {tokens.issue('a1', 'demo')}", "a1")
    assert visit == Visit("a1", "demo")


def test_token_of_another_installation_is_refused() -> None:
    foreign = VisitorTokens("other").issue("a1", "demo")
    with pytest.raises(NotAllowed):
        VisitorTokens("secret").check(f"Bearer {foreign}", "a1")


def test_tokens_are_short_lived(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = VisitorTokens("secret")
    opening, renewing = f"Bearer {tokens.issue('a1', 'demo')}", tokens.issue_renewing("a1", "demo", 3)
    begun = time.time()
    monkeypatch.setattr(time, "time", lambda: begun + TOKEN_SECONDS + 2)
    with pytest.raises(NotAllowed, match="too old"):
        tokens.check(opening, "a1")
    assert tokens.renewed_by(renewing) == Visit("a1", "demo", 3)
    monkeypatch.setattr(time, "time", lambda: begun + REFRESH_DAYS * 86_400 + 2)
    with pytest.raises(NotAllowed, match="too old"):
        tokens.renewed_by(renewing)


def test_one_token_does_not_stand_in_for_the_other() -> None:
    tokens = VisitorTokens("secret")
    with pytest.raises(NotAllowed):
        tokens.opened_by(f"Bearer {tokens.issue_renewing('a1', 'demo')}")
    with pytest.raises(NotAllowed):
        tokens.renewed_by(tokens.issue("a1", "demo"))


@given(st.text(max_size=60))
def test_no_made_up_header_opens_anything(header: str) -> None:
    with pytest.raises(NotAllowed):
        VisitorTokens("secret").opened_by(header)


def test_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "home" / "visitor.secret"
    first = read_or_make_secret(path)
    assert len(first) >= 32
    assert read_or_make_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
