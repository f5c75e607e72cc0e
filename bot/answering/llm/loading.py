"""From settings to a chat model."""

from pathlib import Path

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from bot.answering.adapters import NONE as ADAPTER_NONE
from bot.answering.adapters import find_adapter
from bot.answering.engine_choice import LLAMA, NONE, chosen_engine, gguf_file
from bot.answering.llm.chat import TextChatModel
from bot.answering.llm.engine import TextEngine
from bot.answering.llm.llama_engine import LlamaEngine
from bot.answering.llm.torch_engine import TorchEngine
from bot.answering.llm.weights import generator_weights
from bot.settings import Settings
from knowledge.errors import ModelMissing
from knowledge.weights import ModelStore


def load_chat_model(settings: Settings, store: ModelStore) -> BaseChatModel | None:
    """The chat model that settings ask for; None where they ask for none.

    A server is not called before the first question. Local weights are loaded here, by the engine that suits them, and
    converted first where needed.

    Raises:
        ModelMissing, ModelDamaged: local weights cannot be used, with the command that mends it.
        AdapterMismatch: the tuned weights belong to another base.
    """
    if settings.generator_url:
        from bot.answering.llm.remote import RemoteChatModel

        return RemoteChatModel(
            url=settings.generator_url, api_key=SecretStr(settings.generator_api_key), model=settings.generator
        )
    if settings.generator == NONE:
        return None
    engine = _llama(settings, store) if chosen_engine(settings) == LLAMA else _torch(settings, store)
    return TextChatModel(engine=engine)


def _llama(settings: Settings, store: ModelStore) -> TextEngine:
    gguf = gguf_file(settings, store)
    adapter = find_adapter(settings.adapter, generator=settings.generator, weights=gguf, home=settings.home)
    return LlamaEngine.load(gguf, name=settings.generator, home=settings.home, adapter=adapter)


def _torch(settings: Settings, store: ModelStore) -> TextEngine:
    weights = generator_weights(settings.generator, store)
    adapter = None
    if Path(weights).is_dir():  # the weights of a hub's model lie where the hub's library put them
        adapter = find_adapter(
            settings.adapter, generator=settings.generator, weights=Path(weights), home=settings.home
        )
    elif settings.adapter not in ("", ADAPTER_NONE):
        raise ModelMissing(
            f"SHOPCLERK_ADAPTER is {settings.adapter!r}, but adapters are added to weights in a folder only; download "
            f"{settings.generator} into one, and set SHOPCLERK_GENERATOR to it."
        )
    return TorchEngine.load(weights, name=settings.generator, device=settings.device, adapter=adapter)
