"""Makes what files say harmless and even: no control characters, no scripts, no links that run code."""

import re
import unicodedata
from urllib.parse import urlsplit

# Control characters but tab and newline; marks that turn the direction of writing; BOM; private and unpaired codes.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")
_SCRIPT = re.compile(
    r"<(script|style|iframe|object|embed|noscript|template|svg)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_AUTOLINK = re.compile(r"<(https?://[^<>\s]+|[^<>\s@]+@[^<>\s@]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\(\s*<?((?:[^()\s>]|\([^()\s]*\))*)>?(?:[^()\n]|\([^()\n]*\))*\)")


def clean_text(text: str) -> str:
    """The text without control characters, in NFC, with plain line ends, and no more than one blank line at a time."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text.strip()  # most cells of a catalogue
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    text = _UNWANTED.sub("", unicodedata.normalize("NFC", text)).replace("\u00a0", " ")
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip()


def clean_line(text: str) -> str:
    """The same on one line, for titles and cells."""
    return " ".join(clean_text(text).split())


def without_html(text: str) -> str:
    """Markdown without HTML in it: scripts go with their content, other tags leave theirs."""
    if "<" not in text:
        return text
    text = _AUTOLINK.sub(r"\1", text)
    return _TAG.sub("", _COMMENT.sub("", _SCRIPT.sub("", text)))


def with_safe_links(text: str) -> str:
    """Markdown whose links go somewhere harmless; other links leave their words."""
    return _LINK.sub(lambda link: link[0] if safe_url(link[2]) else link[1], text)


def safe_url(url: str) -> str | None:
    """The link if it is http(s) or a path inside the shop's site; None for anything else."""
    url = clean_line(url)
    if not url or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme in ("http", "https"):
        return url if parts.hostname and "@" not in parts.netloc else None
    return url if not parts.scheme and not parts.netloc else None
