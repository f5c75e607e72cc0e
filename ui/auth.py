"""Visitor tokens: who may read and continue which conversation, for how long, and how that is renewed."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from bot.errors import NotAllowed

TOKEN_SECONDS = 60 * 60
REFRESH_DAYS = 30
_SECONDS_A_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Visit:
    """What a token opens.

    Attributes:
        generation: of a renewing token; 0 otherwise.
    """

    conversation_id: str
    shop: str
    generation: int = 0


class VisitorTokens:
    """Signs and checks the tokens that open one conversation each.

    One opens it for an hour. The other renews that one, changes each time (`bot.identity.Rotations`), and is good for
    a month from the last change. Both are kept by the shopper's browser, not in a cookie: cookies do not reach a chat
    inside another site's frame.

    Args:
        secret: known to this installation only.
    """

    def __init__(self, secret: str) -> None:
        self._opening = URLSafeTimedSerializer(secret, salt="shopclerk-visit")
        self._renewing = URLSafeTimedSerializer(secret, salt="shopclerk-visit-renewed")

    def issue(self, conversation_id: str, shop: str) -> str:
        """A token that opens this conversation and no other."""
        return str(self._opening.dumps([conversation_id, shop]))

    def issue_renewing(self, conversation_id: str, shop: str, generation: int = 0) -> str:
        """A token that is exchanged for new ones."""
        return str(self._renewing.dumps([conversation_id, shop, generation]))

    def check(self, authorization: str | None, conversation_id: str) -> Visit:
        """Let the bearer of the token pass.

        Args:
            authorization: the request's `Authorization` header.
            conversation_id: what it wants to open.

        Raises:
            NotAllowed: the token is missing, damaged, too old or for another conversation.
        """
        visit = self.opened_by(authorization)
        if visit.conversation_id != conversation_id:
            raise NotAllowed("This token opens another conversation; send the one given when this one was started.")
        return visit

    def earlier(self, token: str | None) -> str | None:
        """The id of the conversation that a token once opened; None where it cannot be told, which is no fault.

        It opens nothing by that, and tells only who came back: so it may be as old as a visit can get.
        """
        try:
            return _read(self._opening, token, REFRESH_DAYS * _SECONDS_A_DAY, "").conversation_id if token else None
        except NotAllowed:
            return None

    def opened_by(self, authorization: str | None) -> Visit:
        """What the token opens.

        Raises:
            NotAllowed: the token is missing, damaged or too old.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAllowed("A token is needed: send `Authorization: Bearer TOKEN` as given with the conversation.")
        return _read(self._opening, token, TOKEN_SECONDS, "This token is too old; renew it with the `refresh` token.")

    def renewed_by(self, token: str) -> Visit:
        """What the renewing token is for.

        Raises:
            NotAllowed: it is damaged or too old.
        """
        return _read(
            self._renewing, token, REFRESH_DAYS * _SECONDS_A_DAY, "This token is too old; start a new conversation."
        )


def _read(signer: URLSafeTimedSerializer, token: str, seconds: int, too_old: str) -> Visit:
    try:
        return Visit(*signer.loads(token.strip(), max_age=seconds))
    except SignatureExpired as error:
        raise NotAllowed(too_old) from error
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
