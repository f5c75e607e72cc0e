"""Signing in and out over HTTP: forms, cookies, the second factor, the first account, one's own account, the team."""

from uuid import uuid4

import pyotp
import pytest
from fastapi.testclient import TestClient

from bot.bootstrap import build
from bot.settings import Settings
from knowledge.evaluation.memory import MemoryIndexes
from tests.fake_embedder import FakeEmbedder
from tests.migrated import write_migrated
from tests.ui.staff.colleague import PASSWORD, Colleague
from tests.ui.staff.conftest import FIRST_CODE
from ui.app import create_app
from ui.staff.door import COOKIE


def cookie_of(answer) -> str:
    return answer.headers["set-cookie"]


def entered(answer, client: TestClient) -> Colleague:
    assert answer.status_code in (200, 201), answer.text
    token = cookie_of(answer).partition(";")[0].removeprefix(f"{COOKIE}=")
    colleague = Colleague(client, token)
    assert answer.json()["csrf"] == colleague.get("/session")["csrf"]
    return colleague


@pytest.fixture
def give(house):
    # From an address of its own: attempts are counted.
    client = TestClient(house[1].app, raise_server_exceptions=False, client=(f"test-{uuid4().hex}", 1))

    def give(email="ann@shop.example", password=PASSWORD, code="", **headers):
        return Colleague(client, "").ask(
            "POST", "/session", {"email": email, "password": password, "code": code}, **headers
        )

    return give


def test_signing_in_and_out(house, give):
    answer = give()
    kept = cookie_of(answer).lower()
    assert all(part in kept for part in ("httponly", "samesite=lax", "path=/", "max-age="))
    assert "secure" not in kept
    ann = entered(answer, house[1])
    assert ann.get("/session")["account"]["role"] == "admin"
    ann.do("DELETE", "/session")
    assert ann.get("/session")["account"] is None
    assert ann.ask("GET", "/transcripts").status_code == 401


def test_over_https_the_cookie_stays_there(house):
    with TestClient(house[1].app, base_url="https://shop.example") as client:
        answer = client.post("/api/staff/session", json={"email": "vi@shop.example", "password": PASSWORD})
        assert "secure" in cookie_of(answer).lower()


def test_wrong_words_get_the_same_answer(give):
    answers = [give(email=email, password="wrong horse") for email in ("ben@shop.example", "eve@shop.example")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_guessing_is_slowed_down_whether_or_not_there_is_an_account(give):
    for email in ("guessed@shop.example", "vi@shop.example"):
        codes = [give(email=email, password=f"wrong horse {number}").status_code for number in range(8)]
        assert codes[-1] == 429
        answer = give(email=email)  # also with the right password
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0


def test_a_second_factor_is_asked_for(house, sign_in, give):
    clerk, client = house
    ben = sign_in("ben")
    enrolment = ben.do("POST", "/second-factor")
    assert enrolment["picture"].startswith("<svg")
    codes = ben.do("POST", "/second-factor/confirm", {"code": pyotp.TOTP(enrolment["secret"]).now()})["recovery_codes"]
    assert give(email="ben@shop.example").json() == {"account": None, "csrf": None, "code_needed": True}
    assert give(email="ben@shop.example", code="000000").status_code == 401
    entered(give(email="ben@shop.example", code=codes[0]), client)
    ben.do("POST", "/second-factor/off", {"code": codes[1]})
    assert clerk.audit.entries(action="account.second_factor_off")[0].actor == "ben@shop.example"


def test_own_name_and_sessions(sign_in, ann):
    vi, elsewhere = sign_in("vi"), sign_in("vi")
    assert vi.do("PATCH", "/me", {"name": " Vi Tran "})["name"] == "Vi Tran"
    sessions = vi.get("/sessions")
    assert sum(session["own"] for session in sessions) == 1
    other = next(session for session in sessions if not session["own"])
    vi.do("DELETE", f"/sessions/{other['id']}")
    assert [one.get("/session")["account"] is None for one in (vi, elsewhere)].count(True) in (0, 1)
    anns = ann.get("/sessions")[0]["id"]
    assert vi.ask("DELETE", f"/sessions/{anns}").status_code == 404


def test_the_team(ann, sign_in, give):
    made = ann.do("POST", "/accounts", {"email": "Cy@shop.example", "name": "Cy", "role": "viewer"})
    assert (made["email"], made["must_change"], len(made["password"])) == ("cy@shop.example", True, 19)
    assert ann.do("PATCH", f"/accounts/{made['id']}", {"role": "agent"})["role"] == "agent"
    cy = sign_in("cy")
    assert len(ann.get(f"/accounts/{made['id']}/sessions")) == 1
    password = ann.do("POST", f"/accounts/{made['id']}/reset")["password"]
    assert cy.get("/session")["account"] is None
    assert give(email="cy@shop.example", password=password).status_code == 200
    ann.do("DELETE", f"/accounts/{made['id']}")
    assert give(email="cy@shop.example", password=password).status_code == 401
    me = ann.get("/session")["account"]["id"]
    assert ann.ask("DELETE", f"/accounts/{me}").status_code == 422
    assert "cy@shop.example" not in [one["email"] for one in ann.get("/accounts")]


def test_admins_read_and_check_the_audit_log(ann):
    page = ann.get("/audit?action=signin.")
    assert all(entry["action"].startswith("signin.") for entry in page["entries"])
    checked = ann.get("/audit/check")
    assert (checked["whole"], checked["broken"]) == (True, None)


def test_the_first_account_takes_the_code_of_the_terminal(tmp_path):
    write_migrated(tmp_path / "shopclerk.db")
    clerk = build(Settings(home=tmp_path, generator="none"), embedder=FakeEmbedder(), indexes=MemoryIndexes())
    wanted = {"code": FIRST_CODE, "email": "ann@shop.example", "password": PASSWORD}
    client = TestClient(create_app(clerk, first_code=FIRST_CODE), raise_server_exceptions=False)
    nobody = Colleague(client, "")
    assert nobody.get("/session") == {"account": None, "csrf": None, "first": True, "openid": False}
    assert nobody.ask("POST", "/first", wanted | {"code": "guessed"}).status_code == 401
    assert nobody.ask("POST", "/first", wanted | {"password": "short"}).status_code == 422
    ann = entered(nobody.ask("POST", "/first", wanted), client)
    assert ann.get("/session")["account"]["role"] == "admin"
    assert nobody.get("/session")["first"] is False
    assert nobody.ask("POST", "/first", wanted | {"email": "eve@shop.example"}).status_code == 401
    clerk.close()
