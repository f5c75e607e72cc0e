"""Tokens open one conversation and cannot be made up."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed
from ui.auth import VisitorTokens, read_or_make_secret


def test_token_opens_its_conversation() -> None:
    tokens = VisitorTokens("secret")
    tokens.check(f"Bearer {tokens.issue('a1')}", "a1")


def test_token_of_another_installation_is_refused() -> None:
    foreign = VisitorTokens("other").issue("a1")
    with pytest.raises(NotAllowed):
        VisitorTokens("secret").check(f"Bearer {foreign}", "a1")


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
