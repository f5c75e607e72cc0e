"""The rules of the bot's own that refuse a change or an identification, besides `knowledge.orders.RULES`."""

from collections.abc import Mapping
from types import MappingProxyType

BOT_RULES: Mapping[str, str] = MappingProxyType(
    {
        "customer.other": "The change is not the customer's whom the conversation has identified.",
        "customer.not_identified": "Nobody has been identified in this conversation.",
        "proposal.unknown": "There is no such proposal in this conversation for this customer.",
        "proposal.expired": "The proposal is too old to be confirmed.",
        "proposal.replaced": "A later proposal, or a withdrawal, has taken this one's place.",
        "proposal.done": "The change was made already; another confirmation does not make it again.",
        "proposal.refused": "The change was refused when it was confirmed; it has to be proposed anew.",
        "proposal.not_later": "The confirmation is not a message that the shopper wrote after the proposal.",
        "proposal.not_yes": "The shopper's words do not say yes and nothing but yes.",
        "identify.not_offered": "The shop does not identify customers by that.",
        "identify.no_match": "What was told does not match; the same whether or not there is such an order.",
        "identify.locked": "Too many attempts; a person has to help, or the shopper tries again later.",
    }
)
"""What each rule says, for who works on the shop's side; shoppers are told in their own language."""
