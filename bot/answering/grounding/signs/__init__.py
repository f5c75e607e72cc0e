"""signs: what speaks against a sentence at a place of the evidence."""

from bot.answering.grounding.signs.place import Place
from bot.answering.grounding.signs.rows import SIGNS, new_link, signs, with_meaning

__all__ = ["SIGNS", "Place", "new_link", "signs", "with_meaning"]
