"""A fresh copy of the demo shop's orders for each test."""

import shutil
from pathlib import Path

import pytest

from tests.bot.answering.orders.shop import OrderShop, build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("order_shop"))


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> OrderShop:
    return OrderShop.at(Path(shutil.copy(built, tmp_path / "shop.db")))
