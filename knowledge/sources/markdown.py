"""Markdown pages, with YAML front matter or without."""

import re

import yaml

from knowledge.sources.cleaning import without_html
from knowledge.sources.content import SourceContext
from knowledge.sources.page import Page

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_UNDERLINED_HEADING = re.compile(r"^(?![ \t]*[|#>*+-])([^\n]+)\n(=+|-{2,})[ \t]*$", re.MULTILINE)


def read_markdown(text: str, context: SourceContext) -> Page:
    """The page and its front matter.

    Raises:
        UnreadableFile: the front matter is not YAML.
    """
    text = text.replace("\r\n", "\n").lstrip("\ufeff\n")
    facts: object = {}
    if matter := _FRONT_MATTER.match(text):
        try:
            facts = yaml.safe_load(matter[1]) or {}
        except yaml.YAMLError as error:
            line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
            raise context.unreadable("the front matter between the --- lines is not YAML; correct it", line) from None
        text = text[matter.end() :]
    if not isinstance(facts, dict):
        raise context.unreadable("the front matter is not a list of `name: value` lines; correct it", 1)
    text = without_html(text)
    text = _UNDERLINED_HEADING.sub(lambda found: f"{'#' if found[2][0] == '=' else '##'} {found[1]}", text)
    return Page(text, facts=facts)
