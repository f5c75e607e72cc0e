"""Programs made for OpenAI's models can ask the shop bot: the real client, stream and not."""

from collections.abc import Iterator

import openai
import pytest
from fastapi.testclient import TestClient
from openai import OpenAI

from bot.errors import GeneratorError
from tests.e2e.scripted_server import scripted_server
from tests.ui.scripted_shop import CITATION, DEFAULT_SCRIPT, SHOE, Script, ScriptedShopclerk
from ui.app import create_app

KEY = "a-key-of-the-shop"
QUESTION = {"role": "user", "content": "Can I return shoes?"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ScriptedShopclerk, str]]:
    clerk = ScriptedShopclerk(tmp_path_factory.mktemp("shop"), shops=("demo", "mugs"), api_key=KEY)
    with scripted_server(clerk) as address:
        yield clerk, f"{address}/v1"
    clerk.close()


@pytest.fixture
def shop(served: tuple[ScriptedShopclerk, str]) -> ScriptedShopclerk:
    served[0].begin_anew()
    return served[0]


@pytest.fixture
def client(served: tuple[ScriptedShopclerk, str], shop: ScriptedShopclerk) -> Iterator[OpenAI]:
    with OpenAI(base_url=served[1], api_key=KEY, max_retries=0) as client:
        yield client


def test_answer_comes_with_its_citations_and_counts(client: OpenAI) -> None:
    done = client.chat.completions.create(model="shopclerk", messages=[QUESTION])
    (choice,) = done.choices
    assert (done.object, done.model, choice.finish_reason) == ("chat.completion", "shopclerk", "stop")
    assert choice.message.content == DEFAULT_SCRIPT.text
    assert choice.message.citations[0]["quote"] == CITATION.quote
    assert choice.message.outcome == "answered"
    assert done.usage is not None
    assert done.usage.prompt_tokens == 4
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens > 20


def test_stream_brings_the_same_text_in_pieces_and_the_citations_last(client: OpenAI, shop: ScriptedShopclerk) -> None:
    shop.assistant.answer = lambda text: Script("好的。 One two. [1]", citations=(CITATION,), products=(SHOE,))
    options = {"include_usage": True}
    chunks = list(
        client.chat.completions.create(model="shopclerk", messages=[QUESTION], stream=True, stream_options=options)
    )
    *pieces, end, usage = chunks
    assert "".join(chunk.choices[0].delta.content or "" for chunk in pieces).strip() == "好的。 One two. [1]"
    assert len({chunk.id for chunk in chunks}) == 1
    assert {chunk.choices[0].finish_reason for chunk in pieces} == {None}
    assert end.choices[0].finish_reason == "stop"
    assert end.choices[0].delta.citations[0]["title"] == CITATION.title
    assert end.choices[0].delta.products[0]["price"] == "64.90"
    assert usage.choices == []
    assert usage.usage.completion_tokens > 0


def test_earlier_messages_are_the_history_of_the_answer(client: OpenAI, shop: ScriptedShopclerk) -> None:
    talk = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "assistant", "content": "Welcome!"},
        {"role": "user", "content": [{"type": "text", "text": "Where is my parcel? I am anna@example.com"}]},
        {"role": "assistant", "content": "On its way."},
        {"role": "user", "content": "And the shoes?"},
    ]
    client.chat.completions.create(model="shopclerk/mugs", messages=talk)
    (conversation,) = shop.assistant.conversations
    said = shop.history.messages(conversation)
    assert [(message.role, message.text) for message in said] == [
        ("user", "Where is my parcel? I am [EMAIL]"),
        ("assistant", "On its way."),
        ("user", "And the shoes?"),
        ("assistant", DEFAULT_SCRIPT.text),
    ]
    assert shop.history.conversation(conversation).shop == "mugs"


def test_each_shop_is_a_model(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["shopclerk", "shopclerk/mugs"]


@pytest.mark.parametrize("model", ["gpt-5", "shopclerk/nowhere"])
def test_unknown_model_is_not_found(client: OpenAI, model: str) -> None:
    with pytest.raises(openai.NotFoundError, match=model.rpartition("/")[2]):
        client.chat.completions.create(model=model, messages=[QUESTION])


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "system", "content": "Be kind."}],
        [QUESTION, {"role": "assistant", "content": "Yes."}],
        [{"role": "user", "content": ""}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]}],
        [{"role": "user", "content": "x" * 2001}],
    ],
)
def test_talk_that_cannot_be_answered_is_refused_in_a_problem_document(client: OpenAI, messages: list) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as refused:
        client.chat.completions.create(model="shopclerk", messages=messages)
    assert refused.value.response.headers["content-type"] == "application/problem+json"


def test_failed_answer_is_an_error_for_the_client_too(client: OpenAI, shop: ScriptedShopclerk) -> None:
    shop.assistant.error = GeneratorError("gone")
    with pytest.raises(openai.InternalServerError, match="could not be finished"):
        client.chat.completions.create(model="shopclerk", messages=[QUESTION])
    with pytest.raises(openai.APIError, match="could not be finished"):
        list(client.chat.completions.create(model="shopclerk", messages=[QUESTION], stream=True))


def test_without_the_key_nothing_opens(client: OpenAI) -> None:
    stranger = client.with_options(api_key="guess")
    with pytest.raises(openai.AuthenticationError, match="SHOPCLERK_API_KEY"):
        stranger.chat.completions.create(model="shopclerk", messages=[QUESTION])
    with pytest.raises(openai.AuthenticationError):
        stranger.models.list()


def test_without_a_key_set_the_door_is_not_there(tmp_path) -> None:
    clerk = ScriptedShopclerk(tmp_path / "home")
    with TestClient(create_app(clerk)) as client:
        headers = {"Authorization": "Bearer "}
        assert client.post("/v1/chat/completions", json={"messages": [QUESTION]}, headers=headers).status_code == 404
    clerk.close()
