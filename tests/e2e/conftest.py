"""A browser and a scripted server for the tests of the chat page."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.browsing import Shopper, open_browser
from tests.e2e.scripted_server import scripted_server
from tests.ui.scripted_shop import ScriptedShopclerk


# Not for the whole session: while it is open an event loop runs in this thread, and later tests could start none.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ScriptedShopclerk, str]]:
    clerk = ScriptedShopclerk(tmp_path_factory.mktemp("scripted"))
    with scripted_server(clerk) as address:
        yield clerk, address
    clerk.close()


@pytest.fixture
def shop(served: tuple[ScriptedShopclerk, str]) -> ScriptedShopclerk:
    served[0].begin_anew()
    return served[0]


@pytest.fixture
def address(served: tuple[ScriptedShopclerk, str], shop: ScriptedShopclerk) -> str:
    return served[1]


@pytest.fixture
def arrive(browser: Browser, address: str) -> Iterator[Callable[..., Shopper]]:
    """Shoppers who leave at the end; the page must have asked nobody else and raised no error."""
    shoppers: list[Shopper] = []

    def arrive(**device: object) -> Shopper:
        shoppers.append(Shopper.arrive(browser, address, **device))
        return shoppers[-1]

    yield arrive
    for shopper in shoppers:
        shopper.leave()
