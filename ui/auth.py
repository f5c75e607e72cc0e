"""Visitor tokens: who may read and continue which conversation."""

import os
import secrets
from pathlib import Path

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from bot.errors import NotAllowed

TOKEN_DAYS = 180
_SECONDS_A_DAY = 24 * 60 * 60


class VisitorTokens:
    """Signs and checks the tokens that open one conversation each.

    A token is kept by the shopper's browser, not in a cookie: cookies do not reach a chat inside another site's frame.

    Args:
        secret: known to this installation only.
    """

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="shopclerk-visitor")

    def issue(self, conversation_id: str) -> str:
        """A token that opens this conversation and no other."""
        return str(self._signer.dumps(conversation_id))

    def check(self, authorization: str | None, conversation_id: str) -> None:
        """Let the bearer of the token pass.

        Args:
            authorization: the request's `Authorization` header.
            conversation_id: what it wants to open.

        Raises:
            NotAllowed: the token is missing, damaged, too old or for another conversation.
        """
        if self.opened_by(authorization) != conversation_id:
            raise NotAllowed("This token opens another conversation; send the one given when this one was started.")

    def opened_by(self, authorization: str | None) -> str:
        """The id of the conversation that the token opens.

        Raises:
            NotAllowed: the token is missing, damaged or too old.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAllowed("A token is needed: send `Authorization: Bearer TOKEN` as given with the conversation.")
        try:
            return str(self._signer.loads(token.strip(), max_age=TOKEN_DAYS * _SECONDS_A_DAY))
        except SignatureExpired as error:
            raise NotAllowed("This token is too old; start a new conversation.") from error
        except BadSignature as error:
            raise NotAllowed("This token is not one of ours; start a new conversation.") from error


def read_or_make_secret(path: Path) -> str:
    """The installation's signing secret, made on first use and readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret
