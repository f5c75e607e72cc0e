"""Plain text pages."""

from knowledge.sources.page import Page

TITLE_CHARACTERS_MAX = 100


def read_plain_text(text: str) -> Page:
    """The text; a short first line with an empty one after it is the title."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    if len(lines) > 2 and len(lines[0]) <= TITLE_CHARACTERS_MAX and not lines[1].strip():
        return Page(_plain("\n".join(lines[2:])), title=lines[0].strip())
    return Page(_plain("\n".join(lines)))


def _plain(text: str) -> str:
    # What begins like a Markdown heading is none here.
    return "\n".join("\\" + line if line.startswith("#") else line for line in text.split("\n"))
