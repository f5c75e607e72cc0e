"""The same assistant on the engines to grow into, by settings only: PostgreSQL, a Chroma server, a model server."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text

from bot.bootstrap import Shopclerk, build
from bot.settings import Settings
from knowledge.database import create_database_engine
from knowledge.weights import ModelStore
from tests.bot.small_shops import ask, write_files
from tests.chroma_server import chroma_url  # noqa: F401 - a fixture
from tests.postgres import postgresql_url  # noqa: F401 - a fixture

pytestmark = pytest.mark.full

FILES = {
    "shop.yaml": "name: {en: Testpine, zh: 试松}\nlanguages: [en, zh]\ncurrency: USD\n",
    "returns.en.md": "---\ntitle: Returns\nlanguage: en\n---\n# Returns\n\n"
    "You can return most items within 30 days of delivery. Worn shoes cannot be returned.\n",
    "returns.zh.md": "---\ntitle: 退货\nlanguage: zh\n---\n# 退货\n\n"
    "大多数商品签收后 30 天内可以退货。穿过的鞋不能退货。\n",
    "faq.csv": "question,answer,language\n"
    "Do you deliver to Canada?,Yes. Delivery to Canada costs $11.90 and takes 5 to 8 business days.,en\n"
    "寄到加拿大运费多少？,寄到加拿大运费 11.90 美元。,zh\n",
    "products.csv": "id,title,title_zh,category,category_zh,brand,price,currency,stock,description,description_zh\n"
    "HP-1,Quietude 3 Headphones,Quietude 3 耳机,Headphones,耳机,Aura,189.00,USD,4,Our quietest.,最安静的耳机。\n",
    "orders.jsonl": '{"order_number": "TP-20261104-034", "email": "anna@example.com", "postcode": "98107", '
    '"status": "shipped", "placed_on": "2026-11-04", "lines": [{"product_id": "HP-1", "variant_id": null, '
    '"title": "Quietude 3", "title_zh": "", "quantity": 1, "unit_price": "189.00"}], "total": "189.00", '
    '"currency": "USD", "carrier": "UPS", "tracking_number": "1Z999", "expected_on": null, "delivered_on": null}\n',
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("shop"), FILES)


@pytest.fixture
def database_url(postgresql_url: str) -> str:  # noqa: F811 - the fixture
    """A database of its own on the server."""
    name = f"growing_{uuid4().hex}"
    engine = create_database_engine(postgresql_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(postgresql_url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def generator_url(model_store: ModelStore) -> Iterator[str]:
    """llama.cpp's own server with the default model."""
    xllamacpp = pytest.importorskip("xllamacpp", reason="needs xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(next(model_store.path("gemma-3-270m").glob("*.gguf")))
    params.n_ctx, params.port, params.cpuparams.n_threads = 4096, 0, 2
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server


@pytest.fixture
def fresh_shop() -> str:
    """A name that no other test has on the servers they share."""
    return f"shop-{uuid4().hex[:8]}"


def knows_its_shop(shopclerk: Shopclerk, shop: str) -> str:
    """Ask what every shop is asked, in both languages; the conversation."""
    conversation = shopclerk.history.start(shop).id

    def told(question: str) -> str:
        answer = ask(shopclerk, question, conversation_id=conversation)
        assert answer.reply.outcome == "answered", (question, answer)
        for citation in answer.reply.citations:
            chunk = shopclerk.passage(shop, citation.chunk_id)
            assert chunk is not None
            assert chunk.text == citation.passage
        return f"{answer.shown} {[citation.source for citation in answer.reply.citations]}"

    delivery = told("Do you deliver to Canada?")
    assert "$11.90" in delivery
    assert "faq.csv#1" in delivery
    assert "11.90 美元" in told("寄到加拿大运费多少？")
    assert "30 days" in told("return most items after delivery?")
    assert "189" in told("Quietude 3 耳机多少钱？")
    assert "1Z999" in told("Where is TP-20261104-034? I am anna@example.com")
    return conversation


def check(settings: Settings, files: Path, *, generator: str) -> None:
    """A whole life: ingested, asked, closed; built anew, it remembers and goes on."""
    shop = settings.shop
    with build(settings) as shopclerk:
        report = shopclerk.ingest([files], shop=shop)
        assert not report.failed
        health = shopclerk.health()
        assert (health.ready, health.generator, health.problems) == (True, generator, ())
        conversation = knows_its_shop(shopclerk, shop)
        asked_model = ask(shopclerk, "return most items after delivery?", shop=shop).trace
        assert asked_model.versions["generator"] == settings.generator
        assert (asked_model.reason == "no_model") == (generator == "none")
        said = shopclerk.history.messages(conversation)
        rated = said[-1].id
        shopclerk.feedback.rate(rated, rating=1)
        shopclerk.handoffs.request(conversation, reason="asked_for_person")
    with build(settings) as again:
        assert again.ingest([files], shop=shop).version == report.version
        kept = again.history.messages(conversation)
        assert [(one.id, one.text, one.citations, one.products) for one in kept] == [
            (one.id, one.text, one.citations, one.products) for one in said
        ]
        assert kept[-1].rating == 1
        assert again.handoffs.open_request(conversation) is not None
        assert "anna@example.com" not in " ".join(one.text for one in kept)
        assert "$11.90" in ask(again, "Do you deliver to Canada?", shop=shop).shown
        write_files(files.parent / "news", {"news.en.md": "# News\n\nThe kiosk in Oslo opens on Tuesday.\n"})
        again.ingest([files.parent / "news"], shop=shop)
        assert "Tuesday" in ask(again, "When does the kiosk in Oslo open?", shop=shop).shown
        again.versions.rollback(shop)
        assert "Tuesday" not in ask(again, "When does the kiosk in Oslo open?", shop=shop).shown


def test_all_at_once(home_with_models, files, fresh_shop, database_url, chroma_url, generator_url):  # noqa: F811
    settings = Settings(
        home=home_with_models,
        shop=fresh_shop,
        database_url=database_url,
        chroma_url=chroma_url,
        generator_url=generator_url,
    )
    check(settings, files, generator=settings.generator)
    made_here = {path.name for path in home_with_models.iterdir()}
    assert not {name for name in made_here if name.startswith(("shopclerk.db", "index"))}, (
        "it kept rows or vectors here"
    )


def test_rows_in_postgresql_alone(home_with_models, files, fresh_shop, database_url):
    settings = Settings(home=home_with_models, shop=fresh_shop, database_url=database_url, generator="none")
    check(settings, files, generator="none")
    assert not list(home_with_models.glob("shopclerk.db*"))


def test_vectors_on_a_server_alone(home_with_models, files, fresh_shop, chroma_url):  # noqa: F811 - the fixture
    settings = Settings(home=home_with_models, shop=fresh_shop, chroma_url=chroma_url, generator="none")
    check(settings, files, generator="none")
    assert not (home_with_models / "index").exists()


def test_answers_written_by_a_server_alone(home_with_models, files, fresh_shop, generator_url):
    settings = Settings(home=home_with_models, shop=fresh_shop, generator_url=generator_url)
    check(settings, files, generator=settings.generator)


def test_no_generator_answers_by_quoting_and_says_so(home_with_models, files):
    with build(Settings(home=home_with_models, generator="none")) as shopclerk:
        shopclerk.ingest([files], shop="demo")
        health = shopclerk.health()
        assert (health.ready, health.generator, health.problems) == (True, "none", ())
        told = ask(shopclerk, "How many days do I have to return most items after delivery?")
        assert (told.reply.outcome, told.reply.gear) == ("answered", "extracted")
        assert "30 days" in told.shown


def test_a_model_server_that_is_gone_is_told_and_answers_are_quoted(home_with_models, files):
    settings = Settings(home=home_with_models, generator_url="http://127.0.0.1:9/v1")
    with build(settings) as shopclerk:
        shopclerk.ingest([files], shop="demo")
        health = shopclerk.health()
        assert (health.ready, health.generator) == (True, "none")
        assert len(health.problems) == 1
        assert "quoted" in health.problems[0]
        told = ask(shopclerk, "How many days do I have to return most items after delivery?")
        assert (told.reply.outcome, told.reply.gear) == ("answered", "extracted")
