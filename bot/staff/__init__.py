"""Who works in the shop: accounts, sign-in, roles, and the record of what was done."""
