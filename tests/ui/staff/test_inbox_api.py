"""The desk over HTTP: who may do what, what is refused, what a shopper sees of it."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from bot.bootstrap import Shopclerk
from tests.ui.staff.colleague import Colleague
from tests.ui.visitor import Visitor

SignIn = Callable[[str], Colleague]


@pytest.fixture
def anna(house) -> Visitor:
    return Visitor.arrive(house[1])


@pytest.fixture
def waiting(anna: Visitor) -> Visitor:
    answer = anna.post("handoff", {"comment": "my cup is broken"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["handoff"]["state"] == "waiting"
    return anna


def desk(visitor: Visitor, act: str = "") -> str:
    return f"/desk/conversations/{visitor.id}{act}"


def handoff(visitor: Visitor) -> dict:
    return visitor.client.get(f"{visitor.path}/handoff", headers=visitor.headers).json()


def letter(text: str, **more: object) -> dict:
    return {"id": uuid4().hex, "text": text, **more}


def test_the_line_shows_who_waits_and_why(waiting: Visitor, sign_in: SignIn) -> None:
    line = sign_in("vi").get("/desk/queue")["conversations"]
    [mine] = [one for one in line if one["id"] == waiting.id]
    assert (mine["state"], mine["reason"]) == ("waiting", "asked_for_person")
    assert mine["position"] >= 1


def test_a_viewer_reads_and_does_nothing_else(waiting: Visitor, sign_in: SignIn) -> None:
    vi = sign_in("vi")
    assert vi.get(desk(waiting))["state"] == "waiting"
    for act, body in (("/take", None), ("/messages", letter("hello")), ("/contact", None), ("/close", None)):
        assert vi.ask("POST", desk(waiting, act), body).status_code == 403


def test_only_who_is_in_charge_can_write_and_the_second_is_told_who_that_is(waiting: Visitor, sign_in: SignIn) -> None:
    ben, ann = sign_in("ben"), sign_in("ann")
    assert ben.ask("POST", desk(waiting, "/messages"), letter("hello")).status_code == 409
    assert ben.ask("POST", desk(waiting, "/take")).status_code == 204
    refused = ann.ask("POST", desk(waiting, "/take"))
    assert (refused.status_code, refused.json()["detail"]) == (409, "Ben is in charge of this conversation now.")
    assert ann.ask("POST", desk(waiting, "/messages"), letter("me too")).status_code == 409
    assert ben.ask("POST", desk(waiting, "/messages"), letter("hello")).status_code == 201
    shown = [message for message in waiting.history()["messages"] if message["role"] == "human_agent"]
    assert [(message["text"], message["author"]) for message in shown] == [("hello", "Ben")]
    assert handoff(waiting)["agent"] == "Ben"


def test_taking_by_force_needs_a_reason_and_is_kept(shop: Shopclerk, waiting: Visitor, sign_in: SignIn) -> None:
    ben, ann = sign_in("ben"), sign_in("ann")
    ben.ask("POST", desk(waiting, "/take"))
    owner = shop.history.conversation(waiting.id).agent_id
    assert ann.ask("POST", desk(waiting, "/take-from"), {"owner_id": owner, "reason": " "}).status_code == 422
    assert ann.ask("POST", desk(waiting, "/take-from"), {"owner_id": owner, "reason": "Ben is ill"}).status_code == 204
    entry = shop.audit.entries(action="handoff.taken_from", target=waiting.id)[0]
    assert (entry.actor, entry.details["reason"]) == ("ann@shop.example", "Ben is ill")


def test_a_message_sent_twice_is_shown_once(waiting: Visitor, sign_in: SignIn) -> None:
    ben, once = sign_in("ben"), letter("only once")
    ben.ask("POST", desk(waiting, "/take"))
    assert (
        ben.ask("POST", desk(waiting, "/messages"), once).json()
        == ben.ask("POST", desk(waiting, "/messages"), once).json()
    )
    assert [message["text"] for message in waiting.history()["messages"]] == ["only once"]


def test_personal_data_in_an_agents_words_is_masked_and_names_are_not(waiting: Visitor, sign_in: SignIn) -> None:
    ben = sign_in("ben")
    ben.ask("POST", desk(waiting, "/take"))
    said = ben.ask("POST", desk(waiting, "/messages"), letter("Hi, I am Ben. I wrote to anna@example.com.")).json()
    assert said["text"] == "Hi, I am Ben. I wrote to [EMAIL]."


def test_a_source_that_is_not_stored_cannot_be_sent(waiting: Visitor, sign_in: SignIn) -> None:
    ben = sign_in("ben")
    ben.ask("POST", desk(waiting, "/take"))
    made_up = letter("see [1]", sources=[{"index": 1, "chunk_id": "made-up", "quote": "all is free"}])
    assert ben.ask("POST", desk(waiting, "/messages"), made_up).status_code == 422


def test_while_a_person_is_there_the_shoppers_message_gets_no_words_of_the_bot(
    waiting: Visitor, sign_in: SignIn
) -> None:
    sign_in("ben").ask("POST", desk(waiting, "/take"))
    answer = waiting.ask("Hello?").json()
    assert (answer["text"], answer["outcome"], answer["message_id"]) == ("", "handed_off", "")
    assert [event for event, _ in waiting.events("Anybody?")] == ["done"]
    assert waiting.history()["state"] == "handed_off"


def test_a_contact_is_masked_for_all_and_shown_to_agents_on_a_logged_click(
    shop: Shopclerk, waiting: Visitor, sign_in: SignIn
) -> None:
    assert waiting.post("contact", {"contact": "somewhere"}).status_code == 422
    left = waiting.post("contact", {"contact": "anna@example.com"})
    assert (left.status_code, left.json()["contact"]) == (201, "a•••@example.com")
    ben = sign_in("ben")
    assert ben.get(desk(waiting))["contact"] == {"kind": "email", "masked": "a•••@example.com"}
    assert ben.ask("POST", desk(waiting, "/contact")).json() == {"contact": "anna@example.com"}
    assert shop.audit.entries(action="contact.revealed", target=waiting.id)[0].actor == "ben@shop.example"
    database = (shop.settings.home / "shopclerk.db").read_bytes()
    assert b"anna@example.com" not in database


def test_a_shopper_may_stay_with_the_bot_after_all(waiting: Visitor) -> None:
    answer = waiting.client.delete(f"{waiting.path}/handoff", headers=waiting.headers)
    assert (answer.status_code, answer.json()["state"]) == (200, "bot")


def test_what_each_side_has_read_is_told_to_the_other(shop: Shopclerk, waiting: Visitor, sign_in: SignIn) -> None:
    ben = sign_in("ben")
    ben.ask("POST", desk(waiting, "/take"))
    ben.ask("POST", desk(waiting, "/messages"), letter("hello"))
    waiting.ask("hi")
    assert waiting.post("read", {"sequence": 1}).status_code == 204
    assert ben.ask("POST", desk(waiting, "/read"), {"sequence": 2}).status_code == 204
    assert ben.get(desk(waiting))["read_by_shopper"] == 1
    assert handoff(waiting)["read_by_agent"] == 2
    waiting.post("read", {"sequence": 99})  # nothing so far has been said
    assert shop.history.conversation(waiting.id).read_by_shopper == 1


def test_no_other_shopper_hears_or_signals_anything(house, waiting: Visitor) -> None:
    other = Visitor.arrive(house[1])
    for method, what in (("GET", "handoff"), ("GET", "events"), ("POST", "typing"), ("DELETE", "handoff")):
        answer = house[1].request(method, f"{waiting.path}/{what}", headers=other.headers)
        assert answer.status_code == 401, what


def test_nobody_without_an_account_hears_the_desk(house) -> None:
    house[1].cookies.clear()
    for path in ("/api/staff/events", "/api/staff/desk/queue"):
        assert house[1].get(path).status_code == 401


def test_reading_a_transcript_at_the_desk_is_kept_once(shop: Shopclerk, waiting: Visitor, sign_in: SignIn) -> None:
    ben = sign_in("ben")
    for _ in range(3):
        ben.get(desk(waiting))
    assert len(shop.audit.entries(action="transcript.read", target=waiting.id)) == 1
