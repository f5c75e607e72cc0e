"""grounding: whether a sentence says nothing but what its evidence says."""

from bot.answering.grounding.check import GroundingCheck
from bot.answering.grounding.statement import SentenceCheck, Statement, Verdict

__all__ = ["GroundingCheck", "SentenceCheck", "Statement", "Verdict"]
