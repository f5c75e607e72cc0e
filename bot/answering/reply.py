"""The Reply values under the name that answering knows them by; they live in `bot/reply.py`, below conversation too."""

from bot.reply import Citation, Gear, Outcome, PassageTrace, ProductCard, Reply, ReplyChunk, TurnTraceValues

__all__ = ["Citation", "Gear", "Outcome", "PassageTrace", "ProductCard", "Reply", "ReplyChunk", "TurnTraceValues"]
