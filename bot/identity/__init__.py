"""Who comes: customers named by tokens that the shop's own server signs, renewed visits, and a shop's daily budget."""

from bot.identity.budget import DailyBudget as DailyBudget
from bot.identity.rotation import Rotations as Rotations
from bot.identity.secrets import ShopSecrets as ShopSecrets
from bot.identity.tokens import CustomerTokens as CustomerTokens
from bot.identity.tokens import SignedCustomer as SignedCustomer
