"""The text generator: weights or a server in, a LangChain chat model out."""

from bot.answering.llm.loading import load_chat_model
from bot.answering.llm.probe import probe
from bot.answering.llm.queue import GenerationQueue, Waiting

__all__ = ["GenerationQueue", "Waiting", "load_chat_model", "probe"]
