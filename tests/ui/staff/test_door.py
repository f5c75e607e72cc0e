"""Every endpoint of the staff's area checks who asks: all of them are walked, so that a forgotten check fails."""

import re

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from tests.ui.visitor import Visitor
from ui.staff.door import COOKIE, CSRF_HEADER

# What must be open to those who are not signed in: the door itself.
OPEN = {
    ("GET", "/api/staff/session"),
    ("POST", "/api/staff/session"),
    ("DELETE", "/api/staff/session"),
    ("POST", "/api/staff/first"),
}

# What a viewer may do beside reading: their own account, and their own marks of what they read.
VIEWERS_OWN = re.compile(
    r"/api/staff/(session|me|password|sessions/|second-factor|transcripts/read-all"
    r"|transcripts/\{conversation_id\}/(un)?read|knowledge/search|heartbeat)"
)


def staff_routes(client: TestClient) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def walk(routes: object, prefix: str = "") -> None:
        for route in routes:  # type: ignore[attr-defined]
            if isinstance(route, APIRoute):
                found.extend((method, prefix + route.path) for method in route.methods)
            elif hasattr(route, "original_router"):  # how FastAPI keeps an included router
                walk(route.original_router.routes, prefix + route.include_context.prefix)

    walk(client.app.routes)
    return sorted({one for one in found if one[1].startswith("/api/staff")})


def filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "x1", path).removeprefix("/api/staff")


@pytest.fixture
def routes(house):
    found = staff_routes(house[1])
    assert len(found) > 30, "the walk found too few routes; it must find all"
    return found


def test_nobody_gets_anything(routes, nobody):
    wrong = {}
    for method, path in routes:
        if (method, path) not in OPEN:
            answer = nobody.ask(method, filled(path), {})
            if answer.status_code != 401 or "type" not in answer.json():
                wrong[method, path] = answer.status_code
    assert wrong == {}


def test_a_shoppers_token_opens_nothing(routes, house, nobody):
    visitor = Visitor.arrive(house[1])
    for method, path in routes:
        if (method, path) not in OPEN:
            assert nobody.ask(method, filled(path), {}, **visitor.headers).status_code == 401, (method, path)
            forged = f"{COOKIE}={visitor.token}"
            assert nobody.ask(method, filled(path), {}, Cookie=forged).status_code == 401, (method, path)


def test_a_viewer_changes_nothing_but_what_is_theirs(routes, vi):
    wrong = {}
    for method, path in routes:
        if method != "GET" and (method, path) not in OPEN and not VIEWERS_OWN.match(path):
            answer = vi.ask(method, filled(path), {})
            if answer.status_code != 403:
                wrong[method, path] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("who", ["vi", "ben"])
def test_team_and_audit_are_the_admins(routes, sign_in, who):
    colleague = sign_in(who)
    guarded = [(method, path) for method, path in routes if re.match(r"/api/staff/(accounts|audit)", path)]
    assert len(guarded) > 6
    for method, path in guarded:
        assert colleague.ask(method, filled(path), {}).status_code == 403, (method, path)


def test_changes_need_the_csrf_token(routes, ann):
    wrong = {}
    for method, path in routes:
        if method != "GET" and (method, path) not in OPEN - {("DELETE", "/api/staff/session")}:
            for headers in ({}, {CSRF_HEADER: "0" * 64}):
                answer = ann.ask(method, filled(path), {}, csrf=False, **headers)
                if answer.status_code != 403:
                    wrong[method, path] = answer.status_code
    assert wrong == {}


def test_changes_from_another_sites_page_are_refused(routes, ann, nobody):
    evil = {"Origin": "https://evil.example"}
    for method, path in routes:
        if method != "GET" and (method, path) not in OPEN:
            assert ann.ask(method, filled(path), {}, **evil).status_code == 403, (method, path)
    given = {"email": "ann@shop.example", "password": "correct horse"}
    assert nobody.ask("POST", "/session", given, **evil).status_code == 403
    assert nobody.ask("POST", "/session", given, Origin="http://testserver").status_code == 200


def test_who_must_change_the_password_may_do_nothing_else(routes, shop, sign_in, ann):
    made = ann.do("POST", "/accounts", {"email": "new@shop.example", "role": "admin"})
    new = sign_in("new")
    for method, path in routes:
        if (method, path) not in OPEN and path != "/api/staff/password":
            assert new.ask(method, filled(path), {}).status_code == 403, (method, path)
    new.do("POST", "/password", {"old": made["password"], "new": "another horse"})
    assert new.get("/transcripts")["lines"] == []


def test_refusals_are_problems_in_the_readers_language(nobody, vi):
    answer = vi.ask("GET", "/audit", **{"Accept-Language": "zh"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "您的角色无权使用"
    assert nobody.ask("GET", "/audit").json()["status"] == 401


def test_the_page_itself_tells_nothing(house):
    page = house[1].get("/staff")
    assert page.status_code == 200
    assert "shop.example" not in page.text
    assert "<title>Staff desk</title>" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "unsafe-eval" not in page.headers["content-security-policy"]
    assert "gradio.app" not in page.text.split("</head>")[0].split("og:")[0]
    for address in re.findall(r'(?:src|href)="(/page/[^"]+)"', page.text):
        assert house[1].get(address).status_code == 200, address


def test_the_page_comes_in_chinese(house):
    page = house[1].get("/staff", headers={"Accept-Language": "zh-CN"}).text
    assert "<title>客服工作台</title>" in page
    assert '<base href="/staff" />' in page
