"""From chat messages to the text a model reads: few-shot text for base models, the model's own template for others."""

from collections.abc import Callable, Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from bot.answering.decoding.pieces import Prompt
from bot.answering.tuned_text import END, cued
from bot.errors import GeneratorError

BASE_STOPS = (END,)
"""A base model does not know when to end its turn: an answer is one line, as in the examples it is shown."""

ChatTemplate = Callable[[list[dict[str, str]]], str]
"""A tokenizer's `apply_chat_template`: role and content of each message to the text with the opening of the reply."""


def render_examples(messages: Sequence[BaseMessage]) -> Prompt:
    """Few-shot text for a model without a chat template.

    The system message is the instructions, pairs of human and AI messages are the examples, and the last human
    message is the question to be answered. Each question is followed by the cue `Answer:`, or `答：` where its last
    line is Chinese.

    Raises:
        GeneratorError: the last message is not a human one.
    """
    *before, last = _checked(messages)
    constant = "".join(_shot(message) for message in before)
    return Prompt(constant, cued(last.text), BASE_STOPS)


def render_template(messages: Sequence[BaseMessage], template: ChatTemplate) -> Prompt:
    """A chat-tuned model's own format; the part before the last question counts as constant.

    Raises:
        GeneratorError: the last message is not a human one.
    """
    turns = [{"role": _ROLES[type(message)], "content": message.text} for message in _checked(messages)]
    text = template(turns)
    start = text.rfind(turns[-1]["content"])
    # A template may trim or rewrite what it is given; then nothing is known to be constant.
    return Prompt(text[:start], text[start:]) if start > 0 else Prompt("", text)


_ROLES: dict[type[BaseMessage], str] = {SystemMessage: "system", HumanMessage: "user", AIMessage: "assistant"}


def _checked(messages: Sequence[BaseMessage]) -> Sequence[BaseMessage]:
    if not messages or not isinstance(messages[-1], HumanMessage):
        raise GeneratorError("A question is needed: the last message must be a human one.")
    strange = next((message for message in messages if type(message) not in _ROLES), None)
    if strange is not None:
        raise GeneratorError(f"A {strange.type!r} message cannot be rendered; expected system, human or ai.")
    return messages


def _shot(message: BaseMessage) -> str:
    text = message.text.strip()
    match message:
        case HumanMessage():
            return cued(text)
        case AIMessage():
            return f" {text}\n\n"
        case _:
            return f"{text}\n\n"
