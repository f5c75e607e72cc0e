"""LocalText: a text in each language the shop speaks."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

Language = Annotated[str, Field(pattern="^(en|zh)$")]


def _for_both(value: object) -> object:
    return {"en": value, "zh": value} if isinstance(value, str | list) else value


LocalText = Annotated[Mapping[Language, str], BeforeValidator(_for_both)]
"""A text by language; one text without languages is taken for both."""

LocalTexts = Annotated[Mapping[Language, tuple[str, ...]], BeforeValidator(_for_both)]
"""A list of texts by language."""
