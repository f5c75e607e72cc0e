"""Writer: has the model write an answer from passages, and lets through only sentences that passed the check."""

from collections.abc import Callable

from langchain_core.language_models import BaseChatModel

from bot.answering.llm import GenerationQueue


class Writer:
    """The generated gear.

    Args:
        load: gives the model, loading it the first time; None where there is none.
        queue: the line in front of it.
        name: what the model is called in traces.
    """

    def __init__(self, load: Callable[[], BaseChatModel | None], queue: GenerationQueue, *, name: str) -> None:
        self._load, self._queue, self.name = load, queue, name
