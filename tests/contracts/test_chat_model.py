"""What every chat model keeps: the tests' fake, Gemma in both engines, and a real OpenAI-compatible server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from bot.answering.llm import load_chat_model, probe
from bot.errors import GeneratorError
from bot.settings import Settings
from knowledge.weights import ModelStore

TALK = [
    SystemMessage("A shop assistant answers from the text."),
    HumanMessage("Text: Gift cards never expire.\nQuestion: How long is a gift card good for?"),
    AIMessage("Gift cards never expire."),
    HumanMessage("Text: The customer service answers from Monday to Friday.\nQuestion: When is it open?"),
]


class ChatModelContract:
    """Inherit, and give a `model` fixture."""

    def test_a_probe_gets_a_token(self, model: BaseChatModel):
        probe(model)

    def test_an_answer_comes_in_parts(self, model: BaseChatModel):
        parts = [chunk.text for chunk in model.stream(TALK, max_tokens=30)]
        assert sum(bool(part) for part in parts) > 1
        assert "".join(parts).strip()

    def test_invoke_gives_the_answer_whole(self, model: BaseChatModel):
        assert model.invoke(TALK, max_tokens=30).text.strip()

    def test_after_a_reader_left_the_next_is_served(self, model: BaseChatModel):
        with closing(model.stream(TALK, max_tokens=30)) as chunks:
            next(chunks)
        assert any(chunk.text for chunk in model.stream(TALK, max_tokens=30))


class RealChatModelContract(ChatModelContract):
    """What the fake need not do."""

    def test_the_same_question_gets_the_same_answer(self, model: BaseChatModel):
        assert model.invoke(TALK, max_tokens=20).text == model.invoke(TALK, max_tokens=20).text

    def test_the_token_limit_holds(self, model: BaseChatModel):
        short = "".join(chunk.text for chunk in model.stream(TALK, max_tokens=3))
        assert 0 < len(short.split()) <= 3

    def test_a_stop_text_is_not_part_of_the_answer(self, model: BaseChatModel):
        whole = model.invoke(TALK, max_tokens=20).text
        stop = whole.split()[1]
        stopped = "".join(chunk.text for chunk in model.stream(TALK, stop=[stop], max_tokens=20))
        assert stopped.strip() == whole.partition(stop)[0].strip()

    def test_the_answer_is_in_the_text(self, model: BaseChatModel):
        assert "Monday to Friday" in model.invoke(TALK, max_tokens=40).text

    def test_chinese_comes_whole(self, model: BaseChatModel):
        talk = [
            HumanMessage("资料：礼品卡永久有效。\n问题：礼品卡多久过期？"),
            AIMessage("礼品卡永久有效。"),
            HumanMessage("资料：客服在周一至周五上班。\n问题：客服什么时候上班？"),
        ]
        parts = [chunk.text for chunk in model.stream(talk, max_tokens=30)]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in "".join(parts))
        assert not any("\ufffd" in part for part in parts)


class TestFake(ChatModelContract):
    @pytest.fixture
    def model(self) -> BaseChatModel:
        return FakeListChatModel(responses=["It is open from Monday to Friday."])


@pytest.mark.full
@pytest.mark.parametrize("model", ["llama", "torch"], indirect=True, scope="class")
class TestLocal(RealChatModelContract):
    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, model_store: ModelStore, request: pytest.FixtureRequest) -> BaseChatModel:
        # Tuned weights expect prompts of one form; the port is held to any.
        settings = Settings(generator="gemma-3-270m", adapter="none", device="cpu", engine=request.param)
        model = load_chat_model(settings, model_store)
        assert model
        return model

    def test_several_at_once_get_the_answers_they_would_get_alone(self, model: BaseChatModel):
        alone = model.invoke(TALK, max_tokens=20).text
        with ThreadPoolExecutor(6) as crowd:
            assert set(crowd.map(lambda _: model.invoke(TALK, max_tokens=20).text, range(6))) == {alone}

    def test_a_prompt_that_is_too_long_is_refused_in_one_sentence(self, model: BaseChatModel):
        with pytest.raises(GeneratorError, match=r"The prompt is too long for gemma-3-270m: \d+ tokens"):
            model.invoke([HumanMessage("very " * 40_000)], max_tokens=5)


@pytest.mark.full
class TestLlamaServer(RealChatModelContract):
    """llama.cpp's own server, in this process, over HTTP; it serves a base model, so plain completions are used."""

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls, model_store: ModelStore) -> Iterator[BaseChatModel]:
        xllamacpp = pytest.importorskip("xllamacpp", reason="needs xllamacpp")
        params = xllamacpp.CommonParams()
        params.model.path = str(next(model_store.path("gemma-3-270m").glob("*.gguf")))
        params.n_ctx, params.port, params.cpuparams.n_threads = 4096, 0, 2
        server = xllamacpp.Server(params)
        model = load_chat_model(Settings(generator_url=f"{server.listening_address}/v1"), model_store)
        assert model
        yield model
        del server
