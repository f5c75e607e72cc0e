"""Ordering: changes of orders, each proposed, confirmed by the shopper in so many words, written once and audited.

    identification   who a shopper is, by what only the customer knows, with a limit on attempts
    confirmation     whether a shopper's words say yes, and nothing but yes
    changes          OrderChanges: propose, confirm, and finish what was interrupted

Nothing else in the bot writes orders.
"""

from bot.ordering.changes import OrderChanges as OrderChanges
from bot.ordering.confirmation import says_yes as says_yes
from bot.ordering.identification import Claim as Claim
from bot.ordering.identification import Identification as Identification
from bot.ordering.identification import Identified as Identified
from bot.ordering.proposals import Proposal as Proposal
from bot.ordering.refusals import BOT_RULES as BOT_RULES
