"""BatchWorker: one thread that writes all answers asked for, a token each a step; new ones join between steps."""

import threading
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Protocol

from bot.answering.decoding.pieces import Piece
from bot.errors import GeneratorError

LAST_STEP_SECONDS = 10.0


@dataclass(frozen=True)
class PromptTokens:
    """A prompt as a model reads it.

    Attributes:
        constant: so many tokens at its beginning come again with other questions.
    """

    tokens: tuple[int, ...]
    constant: int = 0


@dataclass(frozen=True)
class Opening:
    """The first token of an answer.

    Attributes:
        refusing: the probability, 0 to 1, with which the model opens with a refusal; None: it knows none.
    """

    token: int
    refusing: float | None = None


class BatchDecoder(Protocol):
    """Rows of tokens that are continued together, greedily; used by one thread at a time."""

    def join(self, prompts: Sequence[PromptTokens]) -> Sequence[Opening]:
        """Read prompts into new rows behind those there are; what follows each."""

    def step(self, tokens: Sequence[int]) -> Sequence[int]:
        """Add a token to every row; the next one of each."""

    def keep(self, rows: Sequence[int]) -> None:
        """Let go of all rows but these, which close ranks in their order."""


class Answering(Protocol):
    """Makes of an answer's tokens what its reader gets."""

    def add(self, token: int) -> Piece:
        """What a further token makes known; with an `ending` when it is the last."""


@dataclass(eq=False)
class _Row:
    """One reader's answer, and what it has not read of it yet."""

    prompt: PromptTokens
    answer: Answering
    came: SimpleQueue[Piece | Exception] = field(default_factory=SimpleQueue)
    token: int = 0
    over: bool = False  # told by the worker at the end, or by the reader when it leaves


class _Life:
    """The worker's thread: a process that is told to stop waits for the step that is being made, and for no more.

    Without that wait the thread would be killed within the model's own code, which takes the process down with it.
    """

    def __init__(self) -> None:
        self.ending = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, work: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=work, name="decoding", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self.ending.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(LAST_STEP_SECONDS)


class BatchWorker:
    """Continuous batching (Yu et al. 2022, Orca): answers join and leave a running batch whenever they come and end.

    The thread is there only while there is something to write. What goes wrong is raised to all who are being written
    for, and the next who asks begins anew. Prompts are read before anybody gets a further token, so that a batch is
    full soon; there is room for `at_once`, so nobody waits for more than that.

    transformers has this too (`init_continuous_batching`), but there a model with sliding windows, as Gemma, reads a
    constant beginning with every question anew, the first error is the last thing its thread does, and the rule for
    refusals has no place in it.

    Args:
        decoder: the model.
        name: of the model, for errors.
        at_once: how many answers are written in one batch; others wait.
        tokens_at_once: how many tokens of prompts are read in one go; a single prompt may be longer.
    """

    def __init__(self, decoder: BatchDecoder, *, name: str, at_once: int, tokens_at_once: int) -> None:
        self.at_once = at_once
        self._decoder, self._name, self._tokens_at_once = decoder, name, tokens_at_once
        self._lock = threading.Lock()
        self._waiting: list[_Row] = []
        self._working = False
        self._life = _Life()
        weakref.finalize(self, self._life.end)  # also when the process ends

    def write(self, prompt: PromptTokens, answer: Answering) -> Generator[Piece, None, None]:
        """The answer as it comes; closing the iterator ends its writing with the step that is being made.

        Raises:
            GeneratorError: the model could not go on.
        """
        row = _Row(prompt, answer)
        self._enter(row)
        try:
            while True:
                piece = row.came.get()
                if isinstance(piece, Exception):
                    raise GeneratorError(f"The model {self._name} failed while answering: {piece}") from piece
                yield piece
                if piece.ending:
                    return
        finally:
            row.over = True

    def _enter(self, row: _Row) -> None:
        with self._lock:
            self._waiting.append(row)
            if not self._working:
                self._working = True
                self._life.begin(self._work)

    def _work(self) -> None:
        rows: list[_Row] = []
        joining: list[_Row] | None = []
        while joining is not None and not self._life.ending.is_set():
            try:
                rows = self._advanced(rows, joining)
            except Exception as error:  # whatever it is, all readers must hear of it
                for row in (*rows, *joining):
                    row.came.put(error)
                rows = []
                self._decoder.keep([])
            joining = self._joining(len(rows))

    def _joining(self, present: int) -> list[_Row] | None:
        """Those for whom there is room beside so many; None where nobody is left to work for."""
        with self._lock:
            waiting = [row for row in self._waiting if not row.over]
            room = self.at_once - present
            joining, self._waiting = waiting[:room], waiting[room:]
            self._working = bool(present or joining)
            return joining if self._working else None

    def _advanced(self, rows: list[_Row], joining: Sequence[_Row]) -> list[_Row]:
        """The rows that stay after one more step: of reading where somebody joins, else of writing."""
        for group in in_groups(joining, self._tokens_at_once):
            _hand_over(group, self._decoder.join([row.prompt for row in group]))
        if rows and not joining:
            _hand_over(rows, [Opening(token) for token in self._decoder.step([row.token for row in rows])])
        rows = [*rows, *joining]
        staying = [place for place, row in enumerate(rows) if not row.over]
        if len(staying) < len(rows):
            self._decoder.keep(staying)
        return [rows[place] for place in staying]


def in_groups(rows: Sequence[_Row], most_tokens: int) -> Iterator[list[_Row]]:
    """The rows in their order, as many together as `most_tokens` allow when all are as long as the longest."""
    group: list[_Row] = []
    longest = 0
    for row in rows:
        longest = max(longest, len(row.prompt.tokens))
        if group and longest * (len(group) + 1) > most_tokens:
            yield group
            group, longest = [], len(row.prompt.tokens)
        group.append(row)
    if group:
        yield group


def _hand_over(rows: Sequence[_Row], made: Sequence[Opening]) -> None:
    for row, one in zip(rows, made, strict=True):
        row.token = one.token
        piece = replace(row.answer.add(one.token), refusing=one.refusing)
        row.over = row.over or piece.ending is not None
        row.came.put(piece)
