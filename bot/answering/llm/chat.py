"""TextChatModel: any text engine behind LangChain's chat-model interface."""

from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, Field, SkipValidation

from bot.answering.decoding.pieces import Limits, Piece
from bot.answering.llm.engine import TextEngine

REFUSING = "refusing"
"""In the metadata of a tuned model's first chunk: the probability, 0 to 1, with which it opens with a refusal."""


class TextChatModel(BaseChatModel):
    """A chat model that renders messages to text and streams what an engine makes of it.

    Greedy: the same messages give the same answer. `stream(messages, stop=[...], max_tokens=...)` yields the answer as
    it comes; closing that iterator stops the generation. The last chunk's `response_metadata["finish_reason"]` is
    `stop`, `length`, `time` or `repetition`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    engine: SkipValidation[TextEngine] = Field(exclude=True)
    max_tokens: int = 160
    time_limit_seconds: float = 60.0

    @property
    def tuned(self) -> bool:
        """Whether it was tuned to answer from passages, and is to be asked so."""
        return self.engine.tuned

    @property
    def at_once(self) -> int:
        """How many answers it gains by writing at the same time."""
        return self.engine.at_once

    @property
    def _llm_type(self) -> str:
        return "shopclerk-text"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.engine.name, "device": self.engine.device}

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for piece in self._pieces(messages, stop, **kwargs):
            chunk = ChatGenerationChunk(message=_chunk(piece))
            if run_manager and piece.text:
                run_manager.on_llm_new_token(piece.text, chunk=chunk)
            yield chunk

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002  the interface has it
        **kwargs: Any,
    ) -> ChatResult:
        pieces = list(self._pieces(messages, stop, **kwargs))
        text = "".join(piece.text for piece in pieces)
        message = AIMessage(text, response_metadata={"finish_reason": pieces[-1].ending})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _pieces(
        self, messages: list[BaseMessage], stop: list[str] | None, *, max_tokens: int | None = None, **_: object
    ) -> Iterator[Piece]:
        prompt = self.engine.render(messages)
        stops = tuple(dict.fromkeys((*prompt.stops, *(stop or ()))))
        limits = Limits(max_tokens=max_tokens or self.max_tokens, seconds=self.time_limit_seconds, stops=stops)
        yield from self.engine.stream(prompt, limits)


def _chunk(piece: Piece) -> AIMessageChunk:
    chunk = AIMessageChunk(content=piece.text)
    if piece.tokens:
        usage = UsageMetadata(input_tokens=0, output_tokens=piece.tokens, total_tokens=piece.tokens)
        chunk.usage_metadata = usage
    if piece.refusing is not None:
        chunk.response_metadata = {REFUSING: piece.refusing}
    if piece.ending:
        chunk.response_metadata = {**chunk.response_metadata, "finish_reason": piece.ending}
        chunk.chunk_position = "last"
    return chunk
