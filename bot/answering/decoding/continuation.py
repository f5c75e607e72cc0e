"""Continuation: one answer while its tokens come, from tokens to what may be shown and why it ends."""

import time
from collections.abc import Sequence

from bot.answering.decoding.answer_text import AnswerText, Decode, TokenText, loops
from bot.answering.decoding.pieces import Ending, Limits, Piece


class Continuation:
    """Takes an answer's tokens one by one.

    Args:
        decode: tokens to text, special tokens left out.
        before: the last tokens of the prompt.
        ends: the tokens with which the model ends a text.
        limits: how far it may go; the time runs from here on.
    """

    def __init__(self, decode: Decode, before: Sequence[int], *, ends: frozenset[int], limits: Limits) -> None:
        self._ends, self._limits = ends, limits
        self._deadline = time.monotonic() + limits.seconds
        self._text, self._answer = TokenText(decode, before), AnswerText(limits.stops)
        self._made: list[int] = []

    def add(self, token: int) -> Piece:
        """What a further token makes known; with an `ending` when it is the last."""
        if token in self._ends and not self._limits.to_the_last:
            return Piece(self._answer.end(), ending="stop")
        self._made.append(token)
        text = self._answer.add(self._text.add(token))
        ending = self._ending()
        return Piece(text + self._answer.end() if ending else text, tokens=1, ending=ending)

    def _ending(self) -> Ending | None:
        if self._answer.stopped:
            return "stop"
        if len(self._made) >= self._limits.max_tokens:
            return "length"
        if time.monotonic() > self._deadline:
            return "time"
        return "repetition" if loops(self._made) and not self._limits.to_the_last else None
