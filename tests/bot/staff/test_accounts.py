"""Accounts come, change and go; the last admin stays, and what was done is on record."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.errors import InvalidInput, NotAllowed, NotFound
from bot.staff.allowed import role_of_newcomer
from bot.staff.passwords import new_password

PASSWORD = "correct horse"


@pytest.fixture
def accounts(desk):
    return desk.accounts


@pytest.fixture
def ann(accounts):
    return accounts.add("Ann@Shop.example ", by="test", role="admin", name="Ann", password=PASSWORD)


def test_an_account_is_known_by_its_address_in_any_case(accounts, ann):
    assert accounts.by_email("ANN@shop.EXAMPLE") == ann
    assert (ann.email, ann.role, ann.may("agent")) == ("ann@shop.example", "admin", True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "ann"}, "no e-mail address"),
        ({"role": "boss"}, "is no role; choose one of: viewer, agent, admin"),
        ({"password": "short"}, "has 5 characters; choose one of 10 to 200"),
        ({"email": "ann@shop.example"}, "has an account already"),
        ({"name": "x" * 101}, "keep it to 100"),
    ],
)
def test_what_is_no_account_is_refused(accounts, ann, changes, sentence):
    wanted = {"email": "ben@shop.example", "role": "agent", "password": PASSWORD} | changes
    with pytest.raises(InvalidInput, match=sentence):
        accounts.add(**wanted, by="test")
    assert accounts.all() == [ann]


def test_only_one_can_be_first(accounts):
    def first(number: int) -> bool:
        try:
            accounts.add(f"a{number}@shop.example", by="x", role="admin", password=PASSWORD, only_as_first=True)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(first, range(4))) == 1
    assert len(accounts.all()) == 1


def test_the_last_admin_stays(accounts, ann):
    ben = accounts.add("ben@shop.example", by="test", role="agent", password=PASSWORD)
    with pytest.raises(InvalidInput, match="last admin"):
        accounts.change_role(ann.id, "agent", by="test")
    with pytest.raises(InvalidInput, match="last admin"):
        accounts.remove(ann.id, by="test")
    accounts.change_role(ben.id, "admin", by="test")
    accounts.remove(ann.id, by="test")
    assert [one.email for one in accounts.all()] == ["ben@shop.example"]


def test_who_was_removed_is_out_and_can_come_back(desk, accounts, ann):
    ben = accounts.add("ben@shop.example", by="test", role="agent", password=PASSWORD)
    token = desk.sessions.open(ben)
    accounts.remove(ben.id, by=ann.email)
    with pytest.raises(NotAllowed):
        desk.sessions.signed_in(token)
    with pytest.raises(NotAllowed):
        desk.sign_in.check("ben@shop.example", PASSWORD)
    with pytest.raises(NotFound):
        accounts.get(ben.id)
    assert accounts.add("ben@shop.example", by="test", role="viewer", password=PASSWORD).id == ben.id


def test_a_reset_password_must_be_changed_and_signs_out_everywhere(desk, accounts, ann):
    token = desk.sessions.open(ann)
    password = accounts.reset(ann.id, by="shopclerk")
    with pytest.raises(NotAllowed):
        desk.sessions.signed_in(token)
    assert desk.sign_in.check(ann.email, password).account.must_change
    accounts.change_password(ann.id, old=password, new="another horse")
    assert not desk.sign_in.check(ann.email, "another horse").account.must_change


def test_a_changed_password_signs_out_the_other_browsers(desk, accounts, ann):
    here, there = desk.sessions.open(ann), desk.sessions.open(ann)
    own = desk.sessions.signed_in(here).session_id
    with pytest.raises(InvalidInput, match="not your present password"):
        accounts.change_password(ann.id, old="wrong horse", new="another horse", keep_session=own)
    accounts.change_password(ann.id, old=PASSWORD, new="another horse", keep_session=own)
    assert desk.sessions.signed_in(here).account.id == ann.id
    with pytest.raises(NotAllowed):
        desk.sessions.signed_in(there)


def test_every_change_is_on_record(desk, accounts, ann):
    ben = accounts.add("ben@shop.example", by=ann.email, role="agent", password=PASSWORD)
    accounts.change_role(ben.id, "viewer", by=ann.email)
    accounts.reset(ben.id, by=ann.email)
    accounts.remove(ben.id, by=ann.email)
    done = [(entry.actor, entry.action, entry.target) for entry in reversed(desk.audit.entries())][1:]
    assert done == [
        (ann.email, f"account.{what}", "ben@shop.example") for what in ("added", "role", "reset", "removed")
    ]


def test_made_passwords_are_long_and_differ():
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) == 19 for password in made)


@pytest.mark.parametrize(
    ("email", "role"),
    [
        ("ann@shop.example", "admin"),
        ("BEN@shop.example", "agent"),
        ("vi@partner.example", "viewer"),
        ("eve@evil.example", None),
        ("eve@notshop.example", None),
    ],
)
def test_newcomers_are_named_by_the_settings(email, role):
    allowed = "ann@shop.example=admin, @shop.example = agent, @partner.example"
    assert role_of_newcomer(email, allowed) == role
    assert role_of_newcomer(email, "") is None


@pytest.mark.parametrize("allowed", ["shop.example", "@shop.example=boss"])
def test_settings_that_name_nobody_are_refused(allowed):
    with pytest.raises(InvalidInput, match=r"SHOPCLERK_OIDC_ALLOWED|is no role"):
        role_of_newcomer("ann@shop.example", allowed)
