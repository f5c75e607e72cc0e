"""A customer is who the shop's own server says, and nobody else."""

import stat
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from bot.errors import NotAllowed
from bot.identity import CustomerTokens, ShopSecrets, SignedCustomer


@pytest.fixture
def shop_secrets(tmp_path: Path) -> ShopSecrets:
    return ShopSecrets(tmp_path / "shops")


@pytest.fixture
def tokens(shop_secrets: ShopSecrets) -> CustomerTokens:
    return CustomerTokens(shop_secrets)


def signed(secret: str, **claims: object) -> str:
    kept = {"sub": "c-7", "exp": int(time.time()) + 600} | claims
    present = {name: value for name, value in kept.items() if value is not None}
    return jwt.encode({"alg": "HS256"}, present, OctKey.import_key(secret))


def test_shop_names_its_customer(tokens: CustomerTokens, shop_secrets: ShopSecrets) -> None:
    token = signed(shop_secrets.of("demo"), email="ann@x.example", name="Ann")
    assert tokens.read("demo", token) == SignedCustomer("c-7", email="ann@x.example", name="Ann")


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"exp": 1}, "too old"),
        ({"exp": None}, "has `sub` and `exp`"),
        ({"exp": "tomorrow"}, "has `sub` and `exp`"),
        ({"exp": 10**12}, "good for too long"),
        ({"exp": float("nan")}, "has `sub` and `exp`"),
        ({"sub": None}, "no usable `sub`"),
        ({"sub": "  "}, "no usable `sub`"),
        ({"sub": "x" * 300}, "no usable `sub`"),
        ({"sub": 7}, "cannot be used"),
        ({"nbf": 10**12}, "cannot be used"),
    ],
)
def test_unfit_claims_are_refused_with_their_reason(
    tokens: CustomerTokens, shop_secrets: ShopSecrets, claims: dict[str, object], sentence: str
) -> None:
    with pytest.raises(NotAllowed, match=sentence):
        tokens.read("demo", signed(shop_secrets.of("demo"), **claims))


def test_another_shop_cannot_sign_for_this_one(tokens: CustomerTokens, shop_secrets: ShopSecrets) -> None:
    with pytest.raises(NotAllowed, match="not signed with the secret of the shop 'demo'"):
        tokens.read("demo", signed(shop_secrets.of("other")))


def test_token_cannot_choose_how_it_is_checked(tokens: CustomerTokens, shop_secrets: ShopSecrets) -> None:
    head, body, signature = signed(shop_secrets.of("demo")).split(".")
    unsigned = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    rsa = jwt.encode({"alg": "RS256"}, {"sub": "c-7", "exp": time.time() + 60}, RSAKey.generate_key(2048))
    for token in (f"{unsigned}.{body}.", f"{unsigned}.{body}.{signature}", rsa, f"{head}.{body}."):
        with pytest.raises(NotAllowed):
            tokens.read("demo", token)


def test_swapped_customer_is_refused(tokens: CustomerTokens, shop_secrets: ShopSecrets) -> None:
    head, _, signature = signed(shop_secrets.of("demo")).split(".")
    _, other, _ = signed("any key that is long enough to be taken", sub="c-8").split(".")
    with pytest.raises(NotAllowed, match="not signed"):
        tokens.read("demo", f"{head}.{other}.{signature}")


@given(st.text(max_size=80))
def test_no_made_up_token_names_anybody(made_up: str) -> None:
    class Known(ShopSecrets):
        def of(self, shop: str) -> str:
            return "a secret of more than thirty-two characters"

    with pytest.raises(NotAllowed):
        CustomerTokens(Known(Path("."))).read("demo", made_up)


def test_rotated_secret_refuses_what_the_old_one_signed(tokens: CustomerTokens, shop_secrets: ShopSecrets) -> None:
    old = shop_secrets.of("demo")
    new = shop_secrets.rotate("demo")
    assert new != old
    assert tokens.read("demo", signed(new)).customer_id == "c-7"
    with pytest.raises(NotAllowed):
        tokens.read("demo", signed(old))


def test_secrets_are_the_owners_only_and_stay_in_their_folder(tmp_path: Path, shop_secrets: ShopSecrets) -> None:
    first = shop_secrets.of("../店/x")
    assert shop_secrets.of("../店/x") == first
    (file,) = (tmp_path / "shops").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "shops"]
