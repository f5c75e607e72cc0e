"""Passing a conversation between the bot, the queue and people: states, line, presence, contacts."""

from bot.conversation.handoff.contacts import Contacts, ContactView
from bot.conversation.handoff.line import Line, Waiting
from bot.conversation.handoff.machine import LEASE_SECONDS, Handoffs
from bot.conversation.handoff.presence import Presence
from bot.conversation.handoff.states import Agent, HandoffView, State
from bot.conversation.handoff.watch import DeskWatch

__all__ = [
    "LEASE_SECONDS",
    "Agent",
    "ContactView",
    "Contacts",
    "DeskWatch",
    "HandoffView",
    "Handoffs",
    "Line",
    "Presence",
    "State",
    "Waiting",
]
