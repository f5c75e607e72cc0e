"""RemoteChatModel: any OpenAI-compatible server behind LangChain's chat-model interface."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import cached_property
from typing import Any

import httpx
import openai
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI, OpenAI
from pydantic import ConfigDict, SecretStr

from bot.answering.decoding.answer_text import AnswerText
from bot.answering.decoding.pieces import Limits, Piece, Prompt
from bot.answering.llm.chat import TextChatModel
from bot.answering.llm.rendering import render_examples
from bot.errors import GeneratorError

CONNECT_SECONDS = 5.0
AT_ONCE = 4
"""Answers that are asked of a server at the same time: those for many users batch them."""

KEYLESS = "none"
"""Sent where no key is set: the client wants one, and must not pick up a stranger's from the environment."""


class RemoteChatModel(BaseChatModel):
    """Chat completions of a server; plain completions where its model has no chat template.

    The server is first called with the first question, so it may be started after the bot.

    Args:
        url: base URL, ending in /v1.
        api_key: empty where the server wants none.
        model: used if the server serves it, else the server's first.
    """

    model_config = ConfigDict(ignored_types=(cached_property,))

    url: str
    api_key: SecretStr = SecretStr("")
    model: str = ""
    max_tokens: int = 160
    time_limit_seconds: float = 60.0
    at_once: int = AT_ONCE

    @property
    def _llm_type(self) -> str:
        return "shopclerk-remote"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.model, "url": self.url}

    @cached_property
    def _served(self) -> str:
        """The name of the model to ask for."""
        try:
            answer = httpx.get(f"{self.url.rstrip('/')}/models", headers=self._headers, timeout=CONNECT_SECONDS)
            answer.raise_for_status()
            names = [str(entry["id"]) for entry in answer.json()["data"]]
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            raise self._unreachable(error) from error
        if not names:
            raise GeneratorError(f"The model server at {self.url} serves no model; load one there.")
        return self.model if self.model in names else names[0]

    @cached_property
    def _chat(self) -> BaseChatModel:
        """The LangChain model that speaks to the server."""
        client: dict[str, Any] = {
            "model": self._served,
            "base_url": self.url,
            "api_key": self._key,
            "temperature": 0,
            "max_retries": 1,
            "timeout": openai.Timeout(self.time_limit_seconds, connect=CONNECT_SECONDS),
        }
        if not lacks_chat_template(self.url, self._headers):
            return ChatOpenAI(**client)
        engine = CompletionsEngine(OpenAI(**client), name=self._served)
        return TextChatModel(engine=engine, max_tokens=self.max_tokens, time_limit_seconds=self.time_limit_seconds)

    @property
    def _key(self) -> SecretStr:
        return self.api_key if self.api_key.get_secret_value() else SecretStr(KEYLESS)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key.get_secret_value()}"}

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        *,
        max_tokens: int | None = None,
        **_: Any,
    ) -> Iterator[ChatGenerationChunk]:
        deadline = time.monotonic() + self.time_limit_seconds
        try:
            with closing(self._chat.stream(messages, stop=stop, max_tokens=max_tokens or self.max_tokens)) as parts:  # type: ignore[type-var]  # LangChain's iterators are generators
                for part in parts:
                    chunk = ChatGenerationChunk(message=AIMessageChunk(**part.model_dump(exclude={"type"})))
                    if run_manager and chunk.text:
                        run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                    yield chunk
                    if time.monotonic() > deadline:
                        yield _out_of_time()
                        return
        except (openai.OpenAIError, httpx.HTTPError) as error:
            raise self._unreachable(error) from error

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        parts = [chunk.message for chunk in self._stream(messages, stop, run_manager, **kwargs)]
        reason = next((part.response_metadata.get("finish_reason") for part in reversed(parts)), None)
        message = AIMessage("".join(part.text for part in parts), response_metadata={"finish_reason": reason})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _unreachable(self, error: Exception) -> GeneratorError:
        return GeneratorError(
            f"The model server at {self.url} did not answer as expected ({_reason(error)}); "
            "start it, or check SHOPCLERK_GENERATOR_URL."
        )


class CompletionsEngine:
    """A server's plain completions as a text engine."""

    device = "server"
    tuned = False
    at_once = AT_ONCE

    def __init__(self, client: OpenAI, *, name: str) -> None:
        self.name = name
        self._client = client

    def render(self, messages: Sequence[BaseMessage]) -> Prompt:
        """Few-shot text."""
        return render_examples(messages)

    def stream(self, prompt: Prompt, limits: Limits) -> Iterator[Piece]:
        """The continuation; stops are found here, since a server would take a line's end before the answer for one."""
        deadline = time.monotonic() + limits.seconds
        answer = AnswerText(limits.stops)
        with closing(self._client.stream(prompt.text, max_tokens=limits.max_tokens)) as parts:  # type: ignore[type-var]  # as above
            for part in parts:
                yield Piece(answer.add(part), tokens=int(bool(part)))
                if answer.stopped or time.monotonic() > deadline:
                    yield Piece("", ending="stop" if answer.stopped else "time")
                    return
        yield Piece(answer.end(), ending="stop")


def lacks_chat_template(url: str, headers: dict[str, str]) -> bool:
    """Whether the server would put chat into a template that its model was never trained on.

    llama.cpp's server falls back to ChatML for models without a template of their own; the marks of ChatML are then
    no tokens of the model, but several. A server that cannot be asked this is taken to know its model.
    """
    root = url.rstrip("/").removesuffix("/v1")
    try:
        template = httpx.get(f"{root}/props", headers=headers, timeout=CONNECT_SECONDS).json().get("chat_template", "")
        mark = "<|im_start|>"
        if mark not in template:
            return False
        question = {"content": mark, "parse_special": True}
        answer = httpx.post(f"{root}/tokenize", json=question, headers=headers, timeout=CONNECT_SECONDS).json()
        return len(answer["tokens"]) > 1
    except (httpx.HTTPError, ValueError, KeyError, AttributeError, TypeError):
        return False


def _out_of_time() -> ChatGenerationChunk:
    return ChatGenerationChunk(message=AIMessageChunk(content="", response_metadata={"finish_reason": "time"}))


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
