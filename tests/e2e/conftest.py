"""A browser and a scripted server for the tests of the chat page."""

from collections.abc import Callable, Iterator
from pathlib import Path

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


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ScriptedShopclerk]:
    clerk = ScriptedShopclerk(tmp_path / "home")
    yield clerk
    clerk.close()


@pytest.fixture
def address(shop: ScriptedShopclerk) -> Iterator[str]:
    with scripted_server(shop) as address:
        yield address


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
