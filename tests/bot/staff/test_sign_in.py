"""Who may sign in, with a second factor or without, and how long a session lasts."""

import hashlib
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from bot.errors import DatabaseError, InvalidInput, NotAllowed, NotFound
from bot.staff import passwords
from bot.staff.sealing import Seal
from bot.staff.sessions import IDLE, LONGEST, Sessions
from bot.staff.sign_in import CodeNeeded
from bot.staff.totp import SecondFactor

PASSWORD = "correct horse"


class Clock:
    def __init__(self):
        self.time = datetime.now(UTC)

    def __call__(self):
        return self.time


@pytest.fixture
def ann(desk):
    return desk.accounts.add("ann@shop.example", by="test", role="admin", password=PASSWORD)


@pytest.fixture
def factor(desk, engine, tmp_path, ann):
    """Ann's second factor at a time of our own, her secret and her recovery codes."""
    clock = Clock()
    factor = SecondFactor(engine, Seal(tmp_path / "staff.key"), now=lambda: clock.time.timestamp())
    secret = factor.begin(ann.id, shop="demo").secret
    device = pyotp.TOTP(secret)
    codes = factor.confirm(ann.id, device.at(clock.time))
    clock.time += timedelta(seconds=60)
    return factor, device, codes, clock


def test_the_right_password_opens(desk, ann):
    opened = desk.sign_in.check(" ANN@shop.example", PASSWORD)
    assert (opened.account, opened.how) == (ann, "password")


@pytest.mark.parametrize(("email", "password"), [("ann@shop.example", "wrong horse"), ("eve@shop.example", PASSWORD)])
def test_the_same_is_said_whatever_was_wrong(desk, ann, email, password):
    with pytest.raises(NotAllowed, match=r"^The e-mail address or the password is not right\.$"):
        desk.sign_in.check(email, password)


def test_refusals_are_on_record_without_what_was_typed(desk, ann):
    for email in ("ann@shop.example", "my secret passphrase"):
        with pytest.raises(NotAllowed):
            desk.sign_in.check(email, "wrong horse", address="203.0.113.9")
    unknown, known = desk.audit.entries(action="signin.refused")
    assert (known.actor, unknown.actor) == ("ann@shop.example", "unknown")
    assert known.details == {"wrong": "password", "address": "203.0.113.9"}


def test_who_signs_in_elsewhere_has_no_password_that_opens(desk):
    desk.accounts.add("ola@shop.example", by="openid", role="viewer")
    for password in ("", "None", PASSWORD):
        with pytest.raises(NotAllowed):
            desk.sign_in.check("ola@shop.example", password)


def test_passwords_are_kept_as_argon2id(desk, ann, engine, monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT password_hash FROM staff_account")).scalar_one()
    assert kept.startswith("$argon2id$")
    assert passwords.ages(kept)  # those of the tests are weaker than the library's own
    assert desk.sign_in.check(ann.email, PASSWORD).account == ann
    with engine.connect() as connection:
        renewed = connection.execute(text("SELECT password_hash FROM staff_account")).scalar_one()
    assert not passwords.ages(renewed)


def test_a_second_factor_is_wanted_and_taken_once(factor, engine, desk, ann):
    second_factor, device, _, clock = factor
    with pytest.raises(CodeNeeded):
        desk.sign_in.check(ann.email, PASSWORD)
    code = device.at(clock.time)
    assert second_factor.check(ann.id, code) == "code"
    with pytest.raises(NotAllowed, match="used before"):
        second_factor.check(ann.id, code)
    with pytest.raises(NotAllowed):
        second_factor.check(ann.id, device.at(clock.time - timedelta(seconds=30)))  # of before the used one
    clock.time += timedelta(seconds=30)
    assert second_factor.check(ann.id, device.at(clock.time)) == "code"


def test_a_wrong_code_opens_nothing(factor, desk, ann):
    for code in ("000000", "abc", "1234567890"):
        with pytest.raises(NotAllowed):
            desk.sign_in.check(ann.email, PASSWORD, code)


def test_a_recovery_code_opens_once(factor, desk, ann):
    _, _, codes, _ = factor
    assert len(codes) == 8
    typed = codes[0].upper().replace("-", " ")
    assert desk.sign_in.check(ann.email, PASSWORD, typed).how == "password and recovery code"
    with pytest.raises(NotAllowed):
        desk.sign_in.check(ann.email, PASSWORD, typed)


def test_switching_it_off_takes_a_code(factor, desk, ann):
    second_factor, _, codes, _ = factor
    with pytest.raises(InvalidInput):
        second_factor.switch_off(ann.id, "000000")
    second_factor.switch_off(ann.id, codes[1])
    assert desk.sign_in.check(ann.email, PASSWORD).how == "password"


def test_unconfirmed_secrets_change_nothing(desk, ann):
    enrolment = desk.second_factor.begin(ann.id, shop="demo")
    assert enrolment.picture.startswith("<svg")
    assert enrolment.address.startswith("otpauth://totp/demo:ann%40shop.example?")
    with pytest.raises(InvalidInput):
        desk.second_factor.confirm(ann.id, "000000")
    assert desk.sign_in.check(ann.email, PASSWORD).how == "password"


def test_secrets_are_not_readable_in_the_database(factor, engine):
    _, device, codes, _ = factor
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT totp_secret FROM staff_account")).scalar_one()
        hashes = set(connection.execute(text("SELECT code_hash FROM staff_recovery_code")).scalars())
    assert device.secret not in kept
    assert not hashes & set(codes)


def test_another_installations_key_is_named(factor, engine, tmp_path, ann):
    stranger = SecondFactor(engine, Seal(tmp_path / "other.key"))
    with pytest.raises(DatabaseError, match=r"another key than that in .*other\.key"):
        stranger.check(ann.id, "123456")


def test_the_key_is_its_owners_only(tmp_path):
    Seal(tmp_path / "staff.key").close("words")
    assert (tmp_path / "staff.key").stat().st_mode & 0o077 == 0


def test_a_session_ends_when_idle_and_when_old(engine, desk, ann):
    clock = Clock()
    sessions = Sessions(engine, now=clock)
    token = sessions.open(ann)
    clock.time += IDLE - timedelta(minutes=1)
    assert sessions.signed_in(token).account == ann
    clock.time += IDLE - timedelta(minutes=1)
    assert sessions.is_open(token)  # to ask is no use of it
    clock.time += timedelta(minutes=2)
    assert not sessions.is_open(token)
    token, began = sessions.open(ann), clock.time
    while clock.time - began < LONGEST:
        sessions.signed_in(token)
        clock.time += timedelta(hours=1)
    with pytest.raises(NotAllowed, match="session has ended"):
        sessions.signed_in(token)


def test_the_database_does_not_hold_what_the_browser_holds(engine, desk, ann):
    token = desk.sessions.open(ann)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT token_hash FROM staff_session")).scalar_one()
    assert kept == hashlib.sha256(token.encode()).hexdigest()


def test_others_sessions_are_ended_by_admins_only(desk, ann):
    ben = desk.accounts.add("ben@shop.example", by="test", role="agent", password=PASSWORD)
    anns, bens = desk.sessions.open(ann), desk.sessions.open(ben)
    with pytest.raises(NotFound):
        desk.sessions.end(desk.sessions.signed_in(anns).session_id, by=ben)
    desk.sessions.end(desk.sessions.signed_in(bens).session_id, by=ann)
    with pytest.raises(NotAllowed):
        desk.sessions.signed_in(bens)
    assert [one.account_id for one in desk.sessions.all_of(ann.id)] == [ann.id]


@pytest.mark.parametrize("token", [None, "", "made up"])
def test_made_up_tokens_open_nothing(desk, ann, token):
    desk.sessions.open(ann)
    with pytest.raises(NotAllowed):
        desk.sessions.signed_in(token)
