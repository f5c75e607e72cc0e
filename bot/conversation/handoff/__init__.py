"""Passing a conversation between the bot, the queue and people: states, line, presence, contacts."""

from bot.conversation.handoff.machine import Handoffs
from bot.conversation.handoff.states import Agent, HandoffView, State

__all__ = ["Agent", "HandoffView", "Handoffs", "State"]
