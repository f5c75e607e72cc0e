"""Passwords: hashed with argon2id, checked in the same time whether or not there is an account, made when asked."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import InvalidInput

SHORTEST, LONGEST = 10, 200
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike: a person reads it from one screen into another


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # the library's defaults are those of RFC 9106, low-memory profile


def checked_password(password: str) -> str:
    """The password, if it is one.

    Raises:
        InvalidInput: it is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(f"The password has {len(password)} characters; choose one of {SHORTEST} to {LONGEST}.")
    return password


def hashed(password: str) -> str:
    """What is kept of a password: argon2id with a salt of its own."""
    return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the kept one; takes as long when nothing is kept, so that time does not tell accounts."""
    try:
        _hasher().verify(kept or _nobodys(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def ages(kept: str) -> bool:
    """Whether the password should be hashed again, because the library's defaults have become stronger."""
    return _hasher().check_needs_rehash(kept)


def new_password() -> str:
    """Sixteen letters and digits in groups of four: 79 bits, and a person can read it out."""
    return grouped(16)


def grouped(characters: int) -> str:
    """That many random characters in groups of four."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(characters))
    return "-".join(drawn[start : start + 4] for start in range(0, characters, 4))


@cache
def _nobodys() -> str:
    return hashed(secrets.token_urlsafe())
