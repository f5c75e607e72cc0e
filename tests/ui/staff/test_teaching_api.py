"""Teach and Knowledge over HTTP: who may do what, uploads with their dry run, versions, and the audit of it all."""

import time

import pytest

from bot.staff.sessions import csrf_token
from ui.app import _BODY_BYTES
from ui.staff.door import COOKIE, CSRF_HEADER

ENTRY = {"kind": "faq", "questions": {"en": ["Do you rent tents?"]}, "answers": {"en": "Yes, for $25 a night."}}
ROWS = b"question,answer,valid_until\nDo you sharpen knives?,Yes for $8 a knife.,\nIs there a sale?,Yes.,someday\n"


@pytest.fixture(scope="module", autouse=True)
def _knowledge(house, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    (folder / "faq.csv").write_text("question,answer\nDo you deliver to Canada?,Yes for $11.90.\n", "utf-8")
    house[0].ingest([folder], shop="demo")


@pytest.fixture
def ben(sign_in):
    return sign_in("ben")


@pytest.fixture
def vi(sign_in):
    return sign_in("vi")


def done(colleague, job):
    while job["state"] == "running":
        time.sleep(0.02)
        job = colleague.get(f"/jobs/{job['id']}")
    assert job["state"] == "done", job
    return job["result"]


def brought(colleague, name: str, content: bytes) -> str:
    upload = colleague.ask("POST", "/knowledge/uploads").json()["id"]
    answer = sent(colleague, upload, name, content)
    assert answer.status_code == 200, answer.text
    return upload


def sent(colleague, upload: str, name: str, content: bytes):
    headers = {"Cookie": f"{COOKIE}={colleague.token}", CSRF_HEADER: csrf_token(colleague.token)}
    colleague.client.cookies.clear()
    path = f"/api/staff/knowledge/uploads/{upload}/files/{name}"
    return colleague.client.put(path, content=content, headers=headers)


READING = ("/teach/lessons", "/teach/verdicts", "/knowledge", "/knowledge/documents", "/knowledge/ending",
           "/knowledge/duplicates")  # fmt: skip
AGENTS = (("POST", "/teach/lessons", ENTRY), ("PUT", "/teach/verdicts/x", {"right": True}))
ADMINS = (
    ("POST", "/knowledge/uploads", None),
    ("POST", "/knowledge/rollback", {"to": 1}),
    ("POST", "/knowledge/reread", {}),
    ("PUT", "/knowledge/uploads/" + "a" * 32 + "/files/faq.csv", None),
)


@pytest.mark.parametrize("path", READING)
def test_staff_read_and_nobody_else(vi, nobody, path):
    assert vi.ask("GET", path).status_code == 200
    assert nobody.ask("GET", path).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), [*AGENTS, *ADMINS])
def test_a_viewer_changes_nothing(vi, nobody, method, path, body):
    assert vi.ask(method, path, body).status_code == 403
    assert nobody.ask(method, path, body).status_code in (401, 403)


@pytest.mark.parametrize(("method", "path", "body"), ADMINS)
def test_an_agent_does_not_change_the_knowledge_alone(ben, method, path, body):
    assert ben.ask(method, path, body).status_code == 403


def test_an_agent_drafts_and_another_approves(shop, ben, ann):
    drafted = ben.ask("POST", "/teach/lessons", ENTRY).json()
    waiting = ben.ask("POST", f"/teach/lessons/{drafted['id']}/submit", {"revision": drafted["revision"]}).json()
    step = {"revision": waiting["revision"]}
    assert ben.ask("POST", f"/teach/lessons/{waiting['id']}/approve", step).status_code == 403
    stale = {"revision": waiting["revision"] - 1}
    assert ann.ask("POST", f"/teach/lessons/{waiting['id']}/approve", stale).status_code == 409
    result = done(ann, ann.ask("POST", f"/teach/lessons/{waiting['id']}/approve", step).json())
    assert result["published"]
    shown = ann.get(f"/teach/lessons/{waiting['id']}")
    assert (shown["state"], shown["in_force"], shown["may_approve"]) == ("live", True, False)
    done(ann, ann.ask("POST", f"/teach/lessons/{waiting['id']}/end").json())
    assert ann.get(f"/teach/lessons/{waiting['id']}")["state"] == "retired"
    actions = [entry.action for entry in shop.audit.entries(target=waiting["id"])]
    assert {"lesson.draft", "lesson.submit", "lesson.publish", "lesson.retire"} <= set(actions)


def test_a_draft_is_shown_beside_what_is_published(ben):
    body = {**ENTRY, "questions": {"en": ["Do you deliver to Canada?"]}, "answers": {"en": "Yes for $9.90."}}
    drafted = ben.ask("POST", "/teach/lessons", {**body, "replaces": "faq.csv#1"}).json()
    shown = ben.get(f"/teach/lessons/{drafted['id']}")
    assert shown["published"]["answers"] == {"en": "Yes for $11.90."}
    changed = [piece for piece in shown["difference"]["en"]["answer"] if piece["how"] != "same"]
    assert {piece["how"] for piece in changed} == {"removed", "added"}


def test_an_upload_is_tried_before_it_is_published(shop, ann):
    before = shop.versions.active("demo")
    upload = brought(ann, "more-faq.csv", ROWS)
    tried = done(ann, ann.ask("POST", f"/knowledge/uploads/{upload}/check", {}).json())
    assert tried["counts"]["added"] == 1
    (failed,) = tried["failed"]
    assert (failed["path"], failed["line"], failed["column"]) == ("more-faq.csv", 3, "valid_until")
    assert shop.versions.active("demo") == before
    result = done(ann, ann.ask("POST", f"/knowledge/uploads/{upload}/publish", {}).json())
    version = result["version"]
    assert version == shop.versions.active("demo") > before
    overview = ann.get("/knowledge")
    assert [one["line"] for one in overview["failures"]] == [3]
    changes = ann.get(f"/knowledge/changes?older={before}&newer={version}")
    assert [one["title"] for one in changes["added"]] == ["Do you sharpen knives?"]
    again = done(ann, ann.ask("POST", "/knowledge/reread", {}).json())
    assert not again["published"]
    ann.ask("POST", "/knowledge/rollback", {"to": before})
    assert shop.versions.active("demo") == before


@pytest.mark.parametrize("name", ["..%2Ffaq.csv", "faq.exe", ".env", "a%5C..%5Cfaq.csv"])
def test_a_file_with_an_unsafe_name_is_refused(ann, name):
    upload = ann.ask("POST", "/knowledge/uploads").json()["id"]
    assert sent(ann, upload, name, b"x").status_code in (404, 422)


def test_only_files_may_be_larger_than_other_bodies(ann):
    large = b"x" * (_BODY_BYTES + 1)
    upload = brought(ann, "page.txt", large)
    assert ann.ask("POST", f"/knowledge/uploads/{upload}/check", {"shop": "x" * _BODY_BYTES}).status_code == 413


def test_a_search_shows_its_stages(ben):
    found = ben.ask("POST", "/knowledge/search", {"question": "Do you deliver to Canada?"}).json()
    first = found["passages"][0]
    assert first["source"] == "faq.csv#1"
    assert first["shown"] == 1
    assert {"dense", "keyword", "fused"} <= first["scores"].keys()
    assert first["places"]["fused"] == 1
