"""Health of a chat model: it is well when a token came out."""

from contextlib import closing

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from bot.errors import GeneratorError


def probe(model: BaseChatModel) -> None:
    """Have the model say one token; also its warm-up.

    Raises:
        GeneratorError: nothing came out, with the reason.
    """
    try:
        with closing(model.stream([HumanMessage("Hello!")], max_tokens=1)) as chunks:  # type: ignore[type-var]  # a generator
            answered = next(chunks, None) is not None
    except GeneratorError:
        raise
    except Exception as error:
        raise GeneratorError(f"The generator failed: {error}") from error
    if not answered:
        raise GeneratorError("The generator answered without a single token.")
