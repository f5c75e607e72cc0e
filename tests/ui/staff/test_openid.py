"""Sign-in with an organisation's accounts, against a small OpenID provider that signs real tokens."""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from bot.bootstrap import build
from bot.settings import Settings
from knowledge.evaluation.memory import MemoryIndexes
from tests.fake_embedder import FakeEmbedder
from tests.migrated import write_migrated
from ui.app import create_app
from ui.staff.door import COOKIE

CLIENT, SECRET = "shopclerk", "s3cret"


class Provider:
    """Lets everybody in as `claims` says; checks the client's secret, the code and PKCE."""

    def __init__(self) -> None:
        self.key, self.stranger = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
        self.claims: dict[str, object] = {}
        self.forged = False
        self.grants: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/.well-known/openid-configuration":
                    self.answer(
                        {
                            "issuer": provider.issuer,
                            "authorization_endpoint": f"{provider.issuer}/authorize",
                            "token_endpoint": f"{provider.issuer}/token",
                            "jwks_uri": f"{provider.issuer}/keys",
                        }
                    )
                elif self.path == "/keys":
                    self.answer(KeySet([provider.key]).as_dict(private=False))
                else:
                    self.answer({}, 404)

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
                given = base64.b64decode(self.headers["authorization"].removeprefix("Basic ")).decode()
                grant = provider.grants.pop(form["code"][0], None)
                digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
                challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
                if given != f"{CLIENT}:{SECRET}" or grant is None or grant["code_challenge"] != challenge:
                    self.answer({"error": "invalid_grant"}, 400)
                    return
                self.answer({"access_token": "x", "token_type": "Bearer", "id_token": provider.token(grant["nonce"])})

            def answer(self, document: object, status: int = 200) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(dumps(document).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 60, "nonce": nonce}
        key = self.stranger if self.forged else self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.thumbprint()}, claims | self.claims, key)

    def consent(self, address: str) -> dict[str, str]:
        """What the person's browser brings back after they agreed."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
        self.grants["c0de"] = asked
        return {"code": "c0de", "state": asked["state"]}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture(scope="module")
def app(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    home = tmp_path_factory.mktemp("openid")
    write_migrated(home / "shopclerk.db")
    settings = Settings(
        home=home,
        generator="none",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_allowed="@shop.example, boss@shop.example=admin",
    )
    clerk = build(settings, embedder=FakeEmbedder(), indexes=MemoryIndexes())
    clerk.staff.accounts.add("ben@partner.example", by="test", role="agent")
    yield create_app(clerk)
    clerk.close()


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """From an address of its own: attempts are counted."""
    return TestClient(app, follow_redirects=False, client=(f"test-{uuid4().hex}", 1))


@pytest.fixture
def arrive(provider: Provider, client: TestClient):
    """Goes to the provider and back; gives the answer to coming back."""

    def arrive(forged: bool = False, given: dict[str, str] | None = None, **claims: object):
        begun = client.get("/api/staff/openid/begin")
        assert begun.status_code == 303
        provider.claims, provider.forged = {"email_verified": True} | claims, forged
        back = provider.consent(begun.headers["location"]) | (given or {})
        return client.get("/api/staff/openid/callback", params=back)

    return arrive


def test_an_account_is_found_by_its_verified_address(client, arrive):
    answer = arrive(email="Ben@partner.example")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff")
    assert client.get("/api/staff/session").json()["account"]["role"] == "agent"


@pytest.mark.parametrize(("email", "role"), [("new@shop.example", "viewer"), ("boss@shop.example", "admin")])
def test_newcomers_become_what_the_settings_say(client, arrive, email, role):
    assert arrive(email=email, name="New Person").headers["location"] == "/staff"
    account = client.get("/api/staff/session").json()["account"]
    assert (account["role"], account["name"], account["has_password"]) == (role, "New Person", False)


def test_strangers_are_told_that_they_have_no_account(client, arrive):
    assert arrive(email="eve@evil.example").headers["location"] == "/staff?signin=unknown"
    assert client.get("/api/staff/session").json()["account"] is None


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email": ""},
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "http://another.example"},
        {"exp": 1},
        {"forged": True},
        {"given": {"state": "another"}},
        {"given": {"code": "another"}},
    ],
)
def test_what_is_not_as_it_should_be_opens_nothing(client, arrive, claims):
    answer = arrive(**{"email": "ben@partner.example"} | claims)
    assert answer.headers["location"] == "/staff?signin=failed"
    assert COOKIE not in client.cookies
    assert client.get("/api/staff/session").json()["account"] is None


def test_coming_back_without_having_left_opens_nothing(client):
    answer = client.get("/api/staff/openid/callback?code=x&state=y")
    assert answer.headers["location"] == "/staff?signin=failed"
