"""Small stand-ins at the ports: an embedder without a model, an index in memory, a chat model with a script."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr

from bot.bootstrap import Shopclerk, build
from bot.settings import Settings
from knowledge.evaluation.memory import MemoryIndexes
from tests.fake_embedder import FakeEmbedder
from tests.migrated import write_migrated

TODAY = date(2026, 11, 22)


class FakeChatModel(BaseChatModel):
    """Streams what its script says, word by word.

    `script` is called with the messages and returns the answer, or raises. `asked` holds the messages of every call;
    `closed` counts streams that were left before their end. `refusing` is told with the first word.
    """

    script: Callable[[Sequence[BaseMessage]], str]
    tuned: bool = False
    refusing: float | None = None
    asked: list[list[BaseMessage]] = Field(default_factory=list)
    _closed: int = PrivateAttr(default=0)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def closed(self) -> int:
        return self._closed

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.asked.append(messages)
        ended, first = False, True
        try:
            for piece in self.script(messages).split(" "):
                told = {"refusing": self.refusing} if first and self.refusing is not None else {}
                first = False
                yield ChatGenerationChunk(message=AIMessageChunk(content=f"{piece} ", response_metadata=told))
            ended = True
        finally:
            self._closed += not ended

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.asked.append(messages)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.script(messages)))])


def says(answer: str) -> FakeChatModel:
    """A chat model that always gives this answer."""
    return FakeChatModel(script=lambda messages: answer)


def fake_shopclerk(
    home: Path,
    *,
    chat_model: BaseChatModel | None = None,
    shop: str = "demo",
    indexes: MemoryIndexes | None = None,
) -> Shopclerk:
    """The real house on a small database, with a fake embedder, an index in memory and no weights.

    Without a chat model it quotes only.
    """
    if not (home / "shopclerk.db").exists():
        write_migrated(home / "shopclerk.db")
    return build(
        Settings(home=home, generator="none", shop=shop),
        embedder=FakeEmbedder(),
        indexes=indexes or MemoryIndexes(),
        chat_model=chat_model,
        today=lambda: TODAY,
    )
