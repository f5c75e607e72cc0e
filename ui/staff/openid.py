"""OpenIdProvider: the organisation whose accounts staff sign in with (OpenID Connect, code flow with PKCE)."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.errors import NotAllowed

_PATIENCE_SECONDS = 10.0
_LEEWAY_SECONDS = 60
# Signatures with a key pair only: what is signed with the shared secret could be made by who has stolen it here.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


@dataclass(frozen=True)
class Attempt:
    """What must be known again when the browser comes back.

    Attributes:
        state: ties the answer to this browser.
        nonce: ties the identity to this attempt.
        verifier: proves that who comes back is who left (PKCE).
    """

    state: str
    nonce: str
    verifier: str

    def as_json(self) -> dict[str, str]:
        """To be kept by the browser, sealed."""
        return asdict(self)


@dataclass(frozen=True)
class Identity:
    """Who somebody is, as the organisation says."""

    email: str
    name: str


class OpenIdProvider:
    """Sends browsers there and understands what they bring back.

    Args:
        issuer: its address, under which its description lies.
        client_id: ours.
        client_secret: ours; empty where PKCE alone protects us.
    """

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer, self._client_id, self._client_secret = issuer.rstrip("/"), client_id, client_secret
        self._description: dict[str, Any] | None = None
        self._describing = Lock()

    def begin(self, back: str) -> tuple[str, Attempt]:
        """Where to send a browser, and what to remember of it.

        Args:
            back: our address that it comes back to.

        Raises:
            NotAllowed: the provider cannot be reached or described.
        """
        attempt = Attempt(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        endpoint = self._described("authorization_endpoint")
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                endpoint, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
            )
        return str(address), attempt

    def finish(self, back: str, given: Mapping[str, str], attempt: Attempt) -> Identity:
        """Who came back.

        Args:
            back: our address, as at the beginning.
            given: the parameters of the request.
            attempt: as remembered.

        Raises:
            NotAllowed: anything is not as it should be; the reason is for the server's log, not for the browser.
        """
        if not secrets.compare_digest(given.get("state", "").encode(), attempt.state.encode()):
            raise NotAllowed("The answer belongs to another attempt.")
        if "code" not in given:
            raise NotAllowed(f"The provider refused: {given.get('error', 'it gave no code')}.")
        try:
            with self._client(back) as client:
                tokens = client.fetch_token(
                    self._described("token_endpoint"), code=given["code"], code_verifier=attempt.verifier
                )
            return _identity(self._claims(str(tokens.get("id_token", "")), attempt.nonce))
        except (httpx.HTTPError, AuthlibBaseError, JoseError, ValueError) as error:
            raise NotAllowed(f"The provider's answer cannot be taken: {type(error).__name__}: {error}.") from error

    def _client(self, back: str) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret or None,
            token_endpoint_auth_method="client_secret_basic" if self._client_secret else "none",
            scope="openid email profile",
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=_PATIENCE_SECONDS,
        )

    def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        # Fetched each time: a provider may have changed its keys, and people sign in seldom.
        answer = httpx.get(self._described("jwks_uri"), timeout=_PATIENCE_SECONDS).raise_for_status()
        claims = jwt.decode(id_token, KeySet.import_key_set(answer.json()), algorithms=_ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": str(self._described("issuer"))},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        return dict(claims)

    def _described(self, name: str) -> str:
        """One entry of the provider's description, fetched once."""
        with self._describing:
            if self._description is None:
                self._description = self._fetched_description()
        try:
            return str(self._description[name])
        except KeyError as error:
            raise NotAllowed(f"The provider {self._issuer} does not say its {name}.") from error

    def _fetched_description(self) -> dict[str, Any]:
        try:
            answer = httpx.get(f"{self._issuer}/.well-known/openid-configuration", timeout=_PATIENCE_SECONDS)
            description: dict[str, Any] = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotAllowed(f"The provider {self._issuer} cannot be reached: {error}.") from error
        if str(description.get("issuer", "")).rstrip("/") != self._issuer:
            raise NotAllowed(f"The provider at {self._issuer} says it is {description.get('issuer')!r}.")
        return description


def _identity(claims: Mapping[str, Any]) -> Identity:
    email = str(claims.get("email", ""))
    if claims.get("email_verified") is not True or "@" not in email:
        raise ValueError("the e-mail address is missing or not verified")
    return Identity(email, str(claims.get("name", "")))
