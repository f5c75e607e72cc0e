"""From settings to a chat model."""

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from bot.answering.llm.chat import TextChatModel
from bot.answering.llm.torch_engine import TorchEngine
from bot.answering.llm.weights import generator_weights
from bot.settings import Settings
from knowledge.weights import ModelStore

NONE = "none"
"""The setting for a bot that only quotes."""


def load_chat_model(settings: Settings, store: ModelStore) -> BaseChatModel | None:
    """The chat model that settings ask for; None where they ask for none.

    A server is not called before the first question. Local weights are loaded here, and converted first where needed.

    Raises:
        ModelMissing, ModelDamaged: local weights cannot be used, with the command that mends it.
    """
    if settings.generator_url:
        from bot.answering.llm.remote import RemoteChatModel

        return RemoteChatModel(
            url=settings.generator_url, api_key=SecretStr(settings.generator_api_key), model=settings.generator
        )
    if settings.generator == NONE:
        return None
    folder = generator_weights(settings.generator, store)
    return TextChatModel(engine=TorchEngine.load(folder, name=settings.generator, device=settings.device))
