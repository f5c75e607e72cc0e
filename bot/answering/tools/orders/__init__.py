"""Orders in the chat: who asks, what is meant, what is said, and nothing changed before a clear yes."""

from bot.answering.tools.orders.desk import OrderDesk

__all__ = ["OrderDesk"]
