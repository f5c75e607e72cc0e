"""CustomerTokens: reads who is signed in at the shop from a token (JWT, HS256) that the shop's own server signed."""

import time
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError, JoseError
from joserfc.jwk import OctKey

from bot.errors import NotAllowed
from bot.identity.secrets import ShopSecrets

LONGEST_HOURS = 24
"""A token is asked for anew with every page, so none needs to be good for longer."""

_ID_CHARACTERS = 200
_CLOCKS_APART_SECONDS = 30
_SIGN_ANEW = "Have the shop's server sign a new one when the page is made."


@dataclass(frozen=True)
class SignedCustomer:
    """Who the shop says the shopper is.

    Attributes:
        customer_id: the shop's own id of them.
        email, name: empty where the shop did not say.
    """

    customer_id: str
    email: str = ""
    name: str = ""


class CustomerTokens:
    """Checks customers' tokens.

    The one algorithm is HS256 (RFC 7515, RFC 7518); a token cannot choose another, nor none.

    Args:
        shop_secrets: what each shop signs with; a token of one shop therefore says nothing to another.
    """

    def __init__(self, shop_secrets: ShopSecrets) -> None:
        self._secrets = shop_secrets

    def read(self, shop: str, token: str) -> SignedCustomer:
        """Who the token names.

        Args:
            shop: whose server must have signed it.
            token: a JWT with `sub` (the customer's id), `exp` (at most a day ahead), and `email` and `name` if the
                shop likes.

        Raises:
            NotAllowed: it is not signed by this shop's secret with HS256, is too old, or lacks what is needed.
        """
        claims = self._claims(shop, token)
        customer_id = claims.get("sub")
        if not isinstance(customer_id, str) or not 0 < len(customer_id.strip()) <= _ID_CHARACTERS:
            raise NotAllowed(
                f"The customer token has no usable `sub`; put the customer's id there, as a text of at most "
                f"{_ID_CHARACTERS} characters."
            )
        return SignedCustomer(customer_id.strip(), email=_text(claims, "email"), name=_text(claims, "name"))

    def sign(self, shop: str, customer_id: str, *, seconds: int) -> str:
        """A token as the shop's server would make it; for the demo shop, which has no server of its own."""
        key = OctKey.import_key(self._secrets.of(shop))
        return jwt.encode({"alg": "HS256"}, {"sub": customer_id, "exp": int(time.time()) + seconds}, key)

    def _claims(self, shop: str, token: str) -> dict[str, Any]:
        key = OctKey.import_key(self._secrets.of(shop))
        try:
            claims = jwt.decode(token.strip(), key, algorithms=["HS256"]).claims
            jwt.JWTClaimsRegistry(leeway=_CLOCKS_APART_SECONDS, exp={"essential": True}).validate(claims)
        except ExpiredTokenError as error:
            raise NotAllowed(f"The customer token is too old. {_SIGN_ANEW}") from error
        except BadSignatureError as error:
            raise NotAllowed(
                f"The customer token is not signed with the secret of the shop {shop!r}; "
                "`shopclerk shop secret` prints that."
            ) from error
        except (JoseError, ValueError, TypeError) as error:
            raise NotAllowed(
                "The customer token cannot be used; expected a JWT signed with HS256 that has `sub` and `exp`."
            ) from error
        if claims["exp"] > time.time() + LONGEST_HOURS * 3600 + _CLOCKS_APART_SECONDS:
            raise NotAllowed(
                f"The customer token is good for too long; let `exp` be at most {LONGEST_HOURS} hours ahead."
            )
        return claims


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip()[:_ID_CHARACTERS] if isinstance(value, str) else ""
