"""A scripted shop behind the real web application."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.ui.scripted_shop import ScriptedShopclerk
from tests.ui.visitor import Visitor
from ui.app import create_app


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ScriptedShopclerk, TestClient]]:
    """One for all tests of a file: the schema and Gradio's page take a moment to make."""
    clerk = ScriptedShopclerk(tmp_path_factory.mktemp("shop"))
    with TestClient(create_app(clerk), raise_server_exceptions=False) as client:
        yield clerk, client
    clerk.close()


@pytest.fixture
def shop(server: tuple[ScriptedShopclerk, TestClient]) -> ScriptedShopclerk:
    server[0].begin_anew()
    return server[0]


@pytest.fixture
def client(server: tuple[ScriptedShopclerk, TestClient], shop: ScriptedShopclerk) -> TestClient:
    return server[1]


@pytest.fixture
def visitor(client: TestClient) -> Visitor:
    return Visitor.arrive(client)
