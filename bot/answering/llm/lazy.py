"""LazyModel: the chat model, loaded once; while it is loaded ahead of need nobody waits for it."""

import threading
from collections.abc import Callable

from langchain_core.language_models import BaseChatModel


class LazyModel:
    """Loads a chat model when it is first asked for, or ahead of that in a thread of its own.

    Args:
        load: gives the model, or None where there is none; raises nothing.
    """

    def __init__(self, load: Callable[[], BaseChatModel | None]) -> None:
        self._load = load
        self._model: BaseChatModel | None = None
        self._loaded = threading.Event()
        self._lock = threading.Lock()
        self._ahead: threading.Thread | None = None

    @property
    def loading(self) -> bool:
        """Whether it is being loaded ahead of need."""
        return self._ahead is not None and not self._loaded.is_set()

    def load_ahead(self) -> None:
        """Begin to load; until that is done `now` gives None."""
        if self._ahead is None:
            # A daemon: a process that is told to stop does not wait until a model is loaded.
            self._ahead = threading.Thread(target=self.get, name="load-generator", daemon=True)
            self._ahead.start()

    def get(self) -> BaseChatModel | None:
        """The model, however long that takes."""
        with self._lock:
            if not self._loaded.is_set():
                self._model = self._load()
                self._loaded.set()
            return self._model

    def now(self) -> BaseChatModel | None:
        """The model; None while it is loaded ahead, so that who asks can do without."""
        return None if self.loading else self.get()
