"""A decoder that writes each prompt's own numbers on, and waits, fails and tells as a test wants."""

import threading
from collections.abc import Sequence

from bot.answering.decoding.batch_worker import Opening, PromptTokens


class ScriptedDecoder:
    """The token after `n` is `n + 1`; a prompt's last token is where its answer begins.

    Attributes:
        done: what was asked for, in order: `join 5 9`, `step 6 10`, `keep 0`.
        rows: the last token of each row.
        failing: what fails, `join` or `step`.
        go: nothing is done before it is set.
    """

    def __init__(self) -> None:
        self.done: list[str] = []
        self.rows: list[int] = []
        self.failing = ""
        self.go = threading.Event()
        self.go.set()

    def join(self, prompts: Sequence[PromptTokens]) -> Sequence[Opening]:
        self._do("join", [prompt.tokens[-1] for prompt in prompts])
        self.rows += [prompt.tokens[-1] + 1 for prompt in prompts]
        return [Opening(token, refusing=0.25) for token in self.rows[-len(prompts) :]]

    def step(self, tokens: Sequence[int]) -> Sequence[int]:
        assert list(tokens) == self.rows
        self._do("step", tokens)
        self.rows = [token + 1 for token in tokens]
        return self.rows

    def keep(self, rows: Sequence[int]) -> None:
        self._do("keep", rows)
        self.rows = [self.rows[row] for row in rows]

    def _do(self, what: str, numbers: Sequence[int]) -> None:
        assert self.go.wait(20)
        self.done.append(" ".join([what, *map(str, numbers)]))
        if what == self.failing:
            raise RuntimeError("out of memory")
