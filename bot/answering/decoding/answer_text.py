"""What of a model's output may be shown: whole characters, up to the stop text."""

from collections.abc import Callable, Sequence

UNFINISHED = "\ufffd"
"""What a tokenizer shows for bytes that are not a whole character yet."""

Decode = Callable[[Sequence[int]], str]


class AnswerText:
    """Text up to the first stop text, as it comes; what may be the beginning of a stop text is held back.

    White space before the answer is dropped, so that a stop at the line's end does not end it there.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self.stopped = False
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self._begun = False

    def add(self, text: str) -> str:
        """The text that may be shown now."""
        if self.stopped:
            return ""
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        text = self._held + text
        found = [place for place in (text.find(stop) for stop in self._stops) if place >= 0]
        if found:
            self.stopped, self._held = True, ""
            return text[: min(found)]
        held = max((_overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def end(self) -> str:
        """What was held back, once no more comes."""
        held, self._held = self._held, ""
        return held


class TokenText:
    """Tokens to text as they come, never half a character.

    What a token reads as depends on the one before it (spaces, bytes of one character), so each is decoded together
    with its predecessors and the difference is taken, as vLLM's incremental detokenizer does.

    Args:
        decode: tokens to text, special tokens left out.
        before: the last tokens of the prompt.
    """

    def __init__(self, decode: Decode, before: Sequence[int]) -> None:
        self._decode = decode
        self._tokens = list(before)
        self._start, self._shown = 0, len(before)

    def add(self, token: int) -> str:
        """The text that a further token makes known; nothing while a character is unfinished."""
        self._tokens.append(token)
        known = self._decode(self._tokens[self._start : self._shown])
        longer = self._decode(self._tokens[self._start :])
        if longer.endswith(UNFINISHED) or len(longer) <= len(known):
            return ""
        self._start, self._shown = self._shown, len(self._tokens)
        return longer[len(known) :]


def loops(tokens: Sequence[object], span: int = 10) -> bool:
    """Whether the last `span` tokens were said before: a small model that does so goes on doing so.

    Ending there, rather than forbidding the repeated tokens, never pushes the model to another number than it read.
    """
    tail = list(tokens[-span:])
    return any(list(tokens[start : start + span]) == tail for start in range(len(tokens) - span))


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` begin `stop`."""
    longest = min(len(text), len(stop) - 1)
    return next((length for length in range(longest, 0, -1) if stop.startswith(text[-length:])), 0)
