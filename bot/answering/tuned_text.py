"""The text that a tuned generator reads and writes: the same, to the letter, in training and in answering."""

import re
from collections.abc import Sequence

REFUSAL = {"en": "I don't know.", "zh": "我不知道。"}
"""What the model writes when the passages do not hold the answer; never shown to a shopper."""

END = "\n"
"""An answer is one line; the model ends it as the rendering for base models expects."""

_ASKED = {"en": "Question: {}", "zh": "问题：{}"}
_EARLIER = {"en": "Earlier: {} / {}", "zh": "之前：{} / {}"}
_SHOPPER_CHARACTERS = {"en": 120, "zh": 60}
_BOT_CHARACTERS = {"en": 180, "zh": 80}
_BREAKS = str.maketrans({"\n": " ", "\r": " ", "[": "(", "]": ")"})
MARK = re.compile(r"\s*\[(\d{1,2})\]")
"""The number of the passage that a sentence rests on, as it stands behind the sentence."""


def one_line(text: str) -> str:
    """On one line and without square brackets, so that it can pose neither as another passage nor as a question."""
    return text.translate(_BREAKS)


def numbered(passages: Sequence[str]) -> list[str]:
    """The passages as they stand in a prompt: a line each, `[n] Title: text`."""
    return [f"[{number}] {one_line(passage)}" for number, passage in enumerate(passages, start=1)]


def asked_from(question: str, passages: Sequence[str], *, language: str, history: Sequence[str] = ()) -> str:
    """Passages, the end of the conversation before, and the question.

    Neither instructions nor examples: tuning has put them into the weights, and the first token comes the sooner. Of
    the history (shopper and bot alternating, oldest first) the last two turns are shown, shortened.
    """
    language = language if language in _ASKED else "en"
    lines = numbered(passages)
    if len(history) > 1:
        shopper, bot = (MARK.sub("", turn) for turn in history[-2:])
        shown = shopper[: _SHOPPER_CHARACTERS[language]], bot[: _BOT_CHARACTERS[language]]
        lines.append(_EARLIER[language].format(*(one_line(text).strip() for text in shown)))
    return "\n".join([*lines, _ASKED[language].format(one_line(question).strip())])


def answer_cue(question: str) -> str:
    """The words after which an answer is expected, in the language of the question's last line."""
    line = question.strip().rpartition("\n")[2]
    return "答：" if any("\u4e00" <= letter <= "\u9fff" for letter in line) else "Answer:"


def cued(question: str) -> str:
    """A question with the cue at which the answer begins."""
    return f"{question.strip()}\n{answer_cue(question)}"
