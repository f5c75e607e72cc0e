"""imaginary: varied imaginary shops, their pages and what shoppers ask, as supervised examples in both languages."""

from bot.learning.imaginary.assemble import examples

__all__ = ["examples"]
