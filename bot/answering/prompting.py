"""Prompts: from the files in `prompts`, passages and a question to the messages that a chat model reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from bot.answering.tuned_text import REFUSAL, asked_from, numbered, one_line

__all__ = ["REFUSAL", "Prompt", "answer_prompt", "tuned_prompt"]

_SPEAKERS = {"system": "system", "human": "user", "ai": "assistant"}
_ASKED = {"en": "Question: {question}", "zh": "问题：{question}"}


@dataclass(frozen=True)
class Prompt:
    """Messages for a chat model; the part before the last one is the same for all questions of a language.

    Attributes:
        question: what was asked, as it stands in the last message.
    """

    messages: tuple[BaseMessage, ...]
    question: str = ""

    @property
    def text(self) -> str:
        """The whole prompt as people read it in a trace, each message under who says it."""
        return "\n\n".join(f"[{_SPEAKERS[message.type]}]\n{message.text}" for message in self.messages)


def answer_prompt(question: str, passages: Sequence[str], *, language: str) -> Prompt:
    """Ask for an answer from passages.

    Passages and question are put on one line each and lose square brackets, so that neither can pose as another
    passage or as the end of the question.
    """
    constant, asked = _constant(language)
    return Prompt((*constant, HumanMessage(_shown(question, passages, asked))), question)


def tuned_prompt(
    question: str, passages: Sequence[str], *, language: str, history: Sequence[str] = (), spoken: str = ""
) -> Prompt:
    """Ask a tuned model, which needs neither instructions nor examples.

    Args:
        question: standing alone.
        passages: what it may write from.
        language: of the answer.
        history: what was said before.
        spoken: the question as it goes on from the history; empty: it stands alone.
    """
    asked = asked_from(spoken or question, passages, language=language, history=history)
    return Prompt((HumanMessage(asked),), question)


@cache
def _constant(language: str) -> tuple[tuple[BaseMessage, ...], str]:
    folder = files("bot.answering") / "prompts"
    file = folder / f"answer.{language}.yaml"
    if not file.is_file():
        language, file = "en", folder / "answer.en.yaml"
    read, asked = yaml.safe_load(file.read_text(encoding="utf-8")), _ASKED[language]
    messages: list[BaseMessage] = [SystemMessage(read["instructions"])]
    for example in read["examples"]:
        messages.append(HumanMessage(_shown(example["question"], example["passages"], asked)))
        messages.append(AIMessage(example["answer"]))
    return tuple(messages), asked


def _shown(question: str, passages: Sequence[str], asked: str) -> str:
    return "\n".join([*numbered(passages), asked.format(question=one_line(question))])
