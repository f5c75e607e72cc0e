"""The real house on a small database, with three people, behind the real web application."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from bot.bootstrap import Shopclerk, build
from bot.settings import Settings
from knowledge.evaluation.memory import MemoryIndexes
from tests.fake_embedder import FakeEmbedder
from tests.migrated import write_migrated
from tests.ui.staff.colleague import PASSWORD, Colleague
from ui.app import create_app

FIRST_CODE = "abcd-efgh-jkmn"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shopclerk, TestClient]]:
    """One for all tests of a file; its people are ann (admin), ben (agent) and vi (viewer)."""
    home = tmp_path_factory.mktemp("staffed")
    write_migrated(home / "shopclerk.db")
    settings = Settings(home=home, generator="none", originals_days=30)
    clerk = build(settings, embedder=FakeEmbedder(), indexes=MemoryIndexes())
    for name, role in (("ann", "admin"), ("ben", "agent"), ("vi", "viewer")):
        email = f"{name}@shop.example"
        clerk.staff.accounts.add(email, by="test", role=role, name=name.title(), password=PASSWORD)
    with TestClient(create_app(clerk, first_code=FIRST_CODE), raise_server_exceptions=False) as client:
        yield clerk, client
    clerk.close()


@pytest.fixture
def shop(house: tuple[Shopclerk, TestClient]) -> Shopclerk:
    return house[0]


@pytest.fixture
def sign_in(house: tuple[Shopclerk, TestClient]) -> Callable[[str], Colleague]:
    """Signs somebody in, by session and not by form, so that attempts are not counted."""
    clerk, client = house

    def sign_in(name: str) -> Colleague:
        account = clerk.staff.accounts.by_email(f"{name}@shop.example")
        assert account is not None
        return Colleague(client, clerk.staff.sessions.open(account))

    return sign_in


@pytest.fixture
def nobody(house: tuple[Shopclerk, TestClient]) -> Colleague:
    return Colleague(house[1], "")


@pytest.fixture
def ann(sign_in: Callable[[str], Colleague]) -> Colleague:
    return sign_in("ann")


@pytest.fixture
def ben(sign_in: Callable[[str], Colleague]) -> Colleague:
    return sign_in("ben")


@pytest.fixture
def vi(sign_in: Callable[[str], Colleague]) -> Colleague:
    return sign_in("vi")
