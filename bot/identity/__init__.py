"""Who the shopper is: customers named by tokens that the shop's own server signs."""

from bot.identity.secrets import ShopSecrets as ShopSecrets
from bot.identity.tokens import CustomerTokens as CustomerTokens
from bot.identity.tokens import SignedCustomer as SignedCustomer
