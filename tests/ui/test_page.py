"""The chat page is the shop's own, guarded, and loads nothing from elsewhere."""

import json
import re
from types import SimpleNamespace

from fastapi.testclient import TestClient

from knowledge.profile import ShopProfile
from tests.ui.scripted_shop import ScriptedShopclerk
from ui.page import content_security_policy
from ui.rendering import json_for_script


def facts_of(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="shopclerk-facts">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def test_page_shows_the_shop_not_gradio(client: TestClient) -> None:
    page = client.get("/").text
    assert "<title>Tidepine</title>" in page
    assert "Click to try out the app" not in page
    assert facts_of(page)["greeting"]["zh"].startswith("您好")


def test_page_comes_in_the_browsers_language(client: TestClient) -> None:
    page = client.get("/", headers={"Accept-Language": "zh-TW,zh;q=0.8"}).text
    assert 'lang="zh"' in page
    assert "<title>潮松生活</title>" in page
    assert facts_of(client.get("/?lang=zh").text)["language"] == "zh"


def test_unknown_shop_is_said_on_the_page(client: TestClient) -> None:
    assert facts_of(client.get("/?shop=<script>").text)["known"] is False


def test_every_response_is_guarded(client: TestClient) -> None:
    for path in ("/", "/healthz", "/api/v1/nothing", "/docs"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'self'" in policy
        assert "unsafe-eval" not in policy
        assert not re.search(r"script-src[^;]*unsafe-inline", policy)


def test_policy_allows_exactly_the_inline_scripts_that_the_server_wrote() -> None:
    policy = content_security_policy("<script>one()</script><script type='module' src='/x.js'></script>")
    assert policy.count("sha256-") == 1


def test_gradios_own_doors_are_shut(client: TestClient) -> None:
    for path in ("/gradio_api/upload", "/gradio_api/info", "/gradio_api/queue/join", "/config", "/monitoring"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404


def test_our_files_are_kept_by_browsers(client: TestClient) -> None:
    page = client.get("/").text
    for address in re.findall(r'(?:src|href)="(/page/[^"]+)"', page):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_font_that_gradio_ships_is_there(client: TestClient) -> None:
    fonts = re.findall(r'href="(/static/fonts/[^"]+)"', client.get("/").text)
    assert len(fonts) == 2
    assert all(client.get(font).status_code == 200 for font in fonts)


def test_page_data_cannot_close_its_script() -> None:
    text = json_for_script({"name": "</script><!-- \u2028"})
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text)["name"] == "</script><!-- \u2028"


def test_hostile_shop_name_stays_text(client: TestClient, shop: ScriptedShopclerk) -> None:
    hostile = ShopProfile(name={"en": "</title><script>alert(1)</script>"})
    shop.profiles = SimpleNamespace(get=lambda name: hostile)
    page = client.get("/").text
    assert "<script>alert(1)" not in page
