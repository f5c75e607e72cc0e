"""Real llama.cpp goes on from what it has read before."""

import time

import pytest

from bot.answering.engine_choice import gguf_file
from bot.answering.llm.llama_server import LlamaServer, LlamaSetup, start_llama
from bot.settings import Settings
from knowledge.weights import ModelStore

pytestmark = pytest.mark.full

SHIPPING = "Standard shipping costs 5 dollars and takes 3 working days. " * 6
RETURNS = "Unworn items can be sent back within 30 days of delivery. " * 6


@pytest.fixture(scope="module")
def server(model_store: ModelStore) -> LlamaServer:
    gguf = gguf_file(Settings(generator="gemma-3-270m"), model_store)
    assert gguf
    return start_llama(LlamaSetup(gguf, None, context=512, at_once=1), name="gemma-3-270m")[0]


def newly_read(server: LlamaServer, prompt: str) -> int:
    """How many tokens of a prompt it read; the others it still knew."""
    request = {"prompt": prompt, "max_tokens": 1, "temperature": 0, "stream": True}
    *_, last = server.parts(request, deadline=time.monotonic() + 60)
    read: int = last["timings"]["prompt_n"]
    return read


def test_a_prompt_is_not_read_again_when_others_were_asked_in_between(server: LlamaServer) -> None:
    assert newly_read(server, f"{SHIPPING}How much is it?") > 50
    assert newly_read(server, RETURNS) > 50
    assert newly_read(server, f"{SHIPPING}How much is it?") == 1
    assert newly_read(server, f"{SHIPPING}How long does it take?") < 10
