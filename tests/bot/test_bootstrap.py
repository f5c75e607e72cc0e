"""The assembled bot: loads no more than a command needs, heals its index, and never waits for the generator."""

import threading
from pathlib import Path

import pytest

from bot import bootstrap
from bot.bootstrap import Shopclerk, build
from bot.settings import Settings
from knowledge import embedding_lazy
from tests.fakes import FakeEmbedder, MemoryIndexes, fake_shopclerk, says

PAGE = "# Returns\n\nUnworn shoes can be sent back within 30 days of delivery, and return postage is free.\n"
QUESTION = "Within how many days can unworn shoes be sent back?"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "returns.en.md"
    file.write_text(PAGE)
    return file


def _gear(shopclerk: Shopclerk) -> str:
    conversation = shopclerk.history.start("demo")
    *_, last = shopclerk.assistant.reply(conversation.id, QUESTION)
    return last.reply.gear


def test_an_unchanged_ingest_loads_no_embedder(tmp_path, page, monkeypatch):
    loaded = []

    def load(name, *, store, device):
        loaded.append(name)
        return FakeEmbedder(dim=embedding_lazy.DIMS[name], name=name)

    monkeypatch.setattr(embedding_lazy, "load_embedder", load)
    indexes = MemoryIndexes()
    for times in (1, 1):
        with build(Settings(home=tmp_path / "home", generator="none"), indexes=indexes) as shopclerk:
            shopclerk.ingest([page])
            shopclerk.mend_index()
            indexes.close = lambda: None  # the next one goes on with it
        assert len(loaded) == times


def test_a_lost_index_is_mended_for_every_shop(tmp_path, page):
    with fake_shopclerk(tmp_path / "home") as shopclerk:
        for shop in ("demo", "other"):
            shopclerk.ingest([page], shop=shop)
            shopclerk.indexes.drop(shop)
        assert shopclerk.mend_index() == 2
        assert shopclerk.mend_index() == 0
        assert shopclerk.indexes.open("other", shopclerk.embedder.name, shopclerk.embedder.dim).count() == 1


def test_what_is_asked_while_the_generator_loads_is_quoted_at_once(tmp_path, page, monkeypatch):
    go_on = threading.Event()
    model = says("Unworn shoes can be sent back within 30 days of delivery.")
    monkeypatch.setattr(bootstrap, "load_chat_model", lambda settings, store: model if go_on.wait(30) else None)
    settings = Settings(home=tmp_path / "home", generator="small")
    with build(settings, embedder=FakeEmbedder(), indexes=MemoryIndexes()) as shopclerk:
        shopclerk.ingest([page])
        shopclerk.load_generator_ahead()
        health = shopclerk.health()
        assert (health.ready, health.loading, health.generator) == (True, True, "none")
        assert "small is being loaded" in health.problems[0]
        assert _gear(shopclerk) == "extracted"
        go_on.set()
        shopclerk.warm()
        health = shopclerk.health()
        assert (health.ready, health.loading, health.generator, health.problems) == (True, False, "small", ())


def test_a_generator_that_cannot_be_loaded_is_a_problem_and_answers_are_quoted(tmp_path, page, monkeypatch):
    def broken(settings, store):
        raise RuntimeError("no such layer")

    monkeypatch.setattr(bootstrap, "load_chat_model", broken)
    settings = Settings(home=tmp_path / "home", generator="small")
    with build(settings, embedder=FakeEmbedder(), indexes=MemoryIndexes()) as shopclerk:
        shopclerk.ingest([page])
        assert _gear(shopclerk) == "extracted"
        health = shopclerk.health()
    assert (health.ready, health.generator) == (True, "none")
    assert "no such layer" in health.problems[0]
