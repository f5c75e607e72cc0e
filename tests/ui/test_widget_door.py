"""What a shop's pages may do: listed origins only, short visits that renew themselves, signed customers, a budget."""

import gzip
import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey

from bot.identity import rotation
from knowledge.widget_profile import Opener, WidgetProfile
from tests.ui.scripted_shop import ScriptedProfiles, ScriptedShopclerk
from tests.ui.visitor import Visitor

SHOP, HOSTILE = "https://www.tidepine.example", "https://evil.example"


@pytest.fixture
def on_the_list(shop: ScriptedShopclerk) -> Iterator[None]:
    shop.profiles = ScriptedProfiles(
        WidgetProfile(origins=(SHOP,), openers=(Opener(text={"en": "Hi!", "zh": "您好！"}, path="/cart*"),))
    )
    yield
    shop.begin_anew()


@pytest.mark.usefixtures("on_the_list")
class TestOrigins:
    def test_listed_origin_may_call(self, client: TestClient) -> None:
        answer = client.post("/api/v1/conversations", json={}, headers={"Origin": SHOP})
        assert answer.status_code == 201
        assert answer.headers["access-control-allow-origin"] == SHOP
        assert "Origin" in answer.headers["vary"]

    def test_preflight_names_what_is_allowed(self, client: TestClient) -> None:
        asked = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
        answer = client.options("/api/v1/conversations", headers=asked)
        assert answer.status_code == 204
        assert "Authorization" in answer.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in answer.headers

    @pytest.mark.parametrize("origin", [HOSTILE, "null", f"{SHOP}.evil.example", "http://www.tidepine.example"])
    def test_other_origins_are_refused_whatever_they_carry(
        self, client: TestClient, visitor: Visitor, origin: str
    ) -> None:
        for answer in (
            client.post("/api/v1/conversations", json={}, headers={"Origin": origin}),
            client.get(f"{visitor.path}/messages", headers=visitor.headers | {"Origin": origin}),
            client.options("/api/v1/conversations", headers={"Origin": origin}),
        ):
            assert answer.status_code == 403
            assert "access-control-allow-origin" not in answer.headers

    def test_our_own_pages_and_programs_are_not_held_up(self, client: TestClient) -> None:
        own = str(client.base_url)
        assert client.post("/api/v1/conversations", json={}, headers={"Origin": own}).status_code == 201
        assert client.post("/api/v1/conversations", json={}).status_code == 201

    def test_chat_may_be_framed_by_listed_pages_only(self, client: TestClient) -> None:
        headers = client.get("/?widget=1").headers
        assert f"frame-ancestors 'self' {SHOP}" in headers["content-security-policy"]
        assert "x-frame-options" not in headers
        assert client.get("/staff").headers["x-frame-options"] == "SAMEORIGIN"

    def test_widget_learns_how_it_looks_and_whether_it_may_be_there(self, client: TestClient) -> None:
        looks = client.get("/api/v1/widget", headers={"Origin": SHOP}).json()
        assert looks["allowed"]
        assert looks["openers"] == [
            {"text": {"en": "Hi!", "zh": "您好！"}, "path": "/cart*", "after": 20.0, "cart": False}
        ]
        assert client.get("/api/v1/widget", headers={"Origin": HOSTILE}).json() == {"allowed": False}


def test_no_page_of_others_frames_a_shop_without_a_list(client: TestClient) -> None:
    headers = client.get("/").headers
    assert headers["content-security-policy"].endswith("frame-ancestors 'self'")
    assert headers["x-frame-options"] == "SAMEORIGIN"


def test_origin_that_would_widen_the_policy_is_refused() -> None:
    for wrong in ("*", "https://*", "https://a.example/path", "https://a.example; script-src *", "'self'"):
        with pytest.raises(ValueError, match="is not an origin"):
            WidgetProfile(origins=(wrong,))


def test_script_is_small_and_kept(client: TestClient) -> None:
    first = client.get("/widget.js")
    assert first.headers["content-type"].startswith("text/javascript")
    assert len(gzip.compress(first.content)) < 12_000
    again = client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content
    plain = client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert plain.content == first.content
    assert "content-encoding" not in plain.headers


def renewed(visitor: Visitor, refresh: str):
    return visitor.client.post(f"{visitor.path}/token", json={"refresh": refresh})


def test_visit_is_renewed(visitor: Visitor) -> None:
    first = renewed(visitor, visitor.refresh).json()
    assert first["expires_in"] == 3600
    again = Visitor(visitor.client, **renewed(visitor, first["refresh"]).json())
    assert again.history()["messages"] == []


def test_two_windows_may_renew_at_once(visitor: Visitor) -> None:
    assert renewed(visitor, visitor.refresh).status_code == 200
    assert renewed(visitor, visitor.refresh).status_code == 200


def test_stolen_copy_ends_the_visit(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "GRACE_SECONDS", 0)
    own = renewed(visitor, visitor.refresh).json()["refresh"]
    assert renewed(visitor, visitor.refresh).status_code == 401
    assert renewed(visitor, own).status_code == 401


def test_renewing_needs_its_own_conversation(visitor: Visitor, client: TestClient) -> None:
    other = Visitor.arrive(client)
    assert renewed(visitor, other.refresh).status_code == 401
    assert renewed(visitor, visitor.token).status_code == 401


def sign(shop: ScriptedShopclerk, customer: str, **claims: object) -> dict[str, str]:
    key = OctKey.import_key(shop.shop_secrets.of("demo"))
    payload = {"sub": customer, "exp": int(time.time()) + 300} | claims
    return {"token": jwt.encode({"alg": "HS256"}, payload, key)}


def test_signed_customer_is_known_and_stays(visitor: Visitor, shop: ScriptedShopclerk) -> None:
    assert visitor.post("customer", sign(shop, "c-7")).status_code == 204
    assert shop.history.conversation(visitor.id).customer_id == "c-7"
    assert visitor.post("customer", sign(shop, "c-8")).status_code == 409
    assert shop.history.conversation(visitor.id).customer_id == "c-7"


def test_unsigned_customer_is_refused_in_a_sentence(visitor: Visitor, shop: ScriptedShopclerk) -> None:
    for wrong in (sign(shop, "c-7", exp=1), {"token": "c-7"}):
        answer = visitor.post("customer", wrong)
        assert answer.status_code == 401
        assert "customer token" in answer.json()["detail"]
    assert shop.history.conversation(visitor.id).customer_id is None


def test_page_is_handed_to_the_bot(visitor: Visitor, shop: ScriptedShopclerk) -> None:
    visitor.post("messages", {"text": "Does it come in blue?", "page": {"product": "TP-101", "cart": ["TP-220"]}})
    (page,) = shop.assistant.pages
    assert (page.product_id, page.cart) == ("TP-101", ("TP-220",))


def test_shop_answers_as_many_as_its_day_allows(visitor: Visitor, shop: ScriptedShopclerk) -> None:
    spent = 0
    shop.profiles = ScriptedProfiles(WidgetProfile(messages_a_day=1))
    while visitor.ask("Can I return shoes?").status_code == 200:
        spent += 1
        assert spent <= 1
    refused = visitor.ask("Can I return shoes?", **{"Accept-Language": "zh"})
    assert refused.status_code == 429
    assert "明天" in refused.json()["detail"]
    assert int(refused.headers["retry-after"]) >= 1


def test_demo_shop_signs_for_its_own_invented_customers_only(visitor: Visitor, shop: ScriptedShopclerk) -> None:
    token = visitor.client.get("/demo/customers/C-1001").text
    assert visitor.post("customer", {"token": token}).status_code == 204
    assert shop.history.conversation(visitor.id).customer_id == "C-1001"
    assert visitor.client.get("/demo/customers/C-9").status_code == 404


def test_demo_shop_shows_the_catalogue_with_the_widget(client: TestClient) -> None:
    home = client.get("/demo?lang=zh")
    assert "Harbour Walk" in home.text
    assert 'lang="zh-CN"' in home.text
    product = client.get("/demo/products/TP-101")
    assert 'data-product="TP-101"' in product.text
    assert "script-src 'self'" in product.headers["content-security-policy"]
    assert client.get("/demo/products/nothing").status_code == 404
    assert client.get("/demo/page.css").status_code == 200
