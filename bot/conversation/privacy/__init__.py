"""Finds personal data in what a shopper types and puts a placeholder such as `[EMAIL]` in its place.

One recogniser a file. Each takes a text and yields where it found its kind; `masking.py` runs them in turn.
"""

from bot.conversation.privacy.masking import Finding, Masked, mask

__all__ = ["Finding", "Masked", "mask"]
