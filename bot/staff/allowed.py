"""Who gets an account when they first sign in elsewhere, as the settings say."""

from bot.errors import InvalidInput
from bot.staff.accounts import Role, checked_role


def role_of_newcomer(email: str, allowed: str) -> Role | None:
    """What somebody without an account becomes.

    Args:
        email: verified by who they signed in with.
        allowed: addresses and `@domains` with commas between, each perhaps with `=role`; without one: viewer. An
            address counts before its domain.

    Returns:
        The role, or None for those who are not named.

    Raises:
        InvalidInput: the settings name a role that there is not.
    """
    roles: dict[str, Role] = {}
    for entry in filter(None, (part.strip().lower() for part in allowed.split(","))):
        who, _, role = entry.partition("=")
        if "@" not in who:
            raise InvalidInput(
                f"SHOPCLERK_OIDC_ALLOWED names {who!r}; write addresses or domains: ann@shop.example or @shop.example."
            )
        roles[who.strip()] = checked_role(role.strip() or "viewer")
    email = email.lower()
    return roles.get(email) or roles.get(f"@{email.rpartition('@')[2]}")
