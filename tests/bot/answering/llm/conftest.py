"""The tiny model, and an engine of it."""

from typing import Any

import pytest

from bot.answering.llm.torch_engine import TorchEngine
from tests.bot.answering.llm.tiny import byte_tokenizer, tiny_model


@pytest.fixture(scope="session")
def tiny() -> tuple[Any, Any]:
    return tiny_model(), byte_tokenizer()


@pytest.fixture
def engine(tiny) -> TorchEngine:
    return TorchEngine(*tiny, name="tiny")
