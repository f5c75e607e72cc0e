"""Alerts: raised by a stated rule, told once whatever restarts, and sent until they are taken."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.insight.alerts.rules import RULES, Comparison, Rule
from bot.insight.alerts.saying import sentence
from bot.insight.alerts.watch import AlertWatch
from bot.insight.alerts.webhook import Webhook
from tests.bot.insight.told import NOW

HANDOFF = next(rule for rule in RULES if rule.kind == "handoff")


def watch(engine, later=timedelta(0)):
    return AlertWatch(engine, now=lambda: NOW + later)


@pytest.fixture
def many_handoffs(told, keeper, engine):
    """Of forty conversations of today twenty went to a person, of forty of last week two."""
    for number in range(40):
        told.talk("?Hm", ">handed_off none" if number < 20 else ">answered", at=NOW - timedelta(hours=3))
        told.talk("?Hm", ">handed_off none" if number < 2 else ">answered", at=NOW - timedelta(days=7))
    keeper.catch_up()
    return engine


def test_a_rise_is_told_with_its_figures(many_handoffs):
    (alert,) = watch(many_handoffs).check()
    assert (alert.kind, alert.shop, alert.subject) == ("handoff", "demo", "")
    assert alert.comparison == Comparison(20, 40, 2, 40)
    assert sentence(alert, "en").startswith(
        "50% of the conversations of the last 24 hours were passed to a person (20 of 40)"
    )
    assert "50%" in sentence(alert, "zh")
    assert watch(many_handoffs).lasting() == {("demo", "handoff"): 1}


def test_nothing_is_told_twice_not_even_after_a_restart(many_handoffs):
    assert len(watch(many_handoffs).check()) == 1
    assert watch(many_handoffs).check() == []
    assert watch(many_handoffs, timedelta(hours=1)).check() == []


def test_what_has_passed_ends_and_may_be_told_again_after_the_cool_down(many_handoffs):
    watch(many_handoffs).check()
    later = watch(many_handoffs, timedelta(days=2))
    later.check()
    assert later.lasting() == {}
    (seen,) = later.recent("demo")
    assert seen.ended_at == NOW + timedelta(days=2)


def test_a_product_that_draws_complaints_is_named(told, keeper, engine):
    for number in range(20):
        bad, good = "?It broke !negative quality=negative", "?Is it blue?"
        told.talk(bad if number < 12 else good, ">answered", at=NOW - timedelta(days=1), product="P1")
        told.talk(bad if number < 1 else good, ">answered", at=NOW - timedelta(days=9), product="P1")
        told.talk(good, ">answered", at=NOW - timedelta(days=1), product="P2")
    keeper.catch_up()
    kinds = {(alert.kind, alert.subject) for alert in watch(engine).check()}
    assert kinds == {("product_mood", "P1")}


@pytest.mark.parametrize(
    ("comparison", "told"),
    [
        (Comparison(20, 40, 2, 40), True),
        (Comparison(5, 10, 2, 400), False),  # too few
        (Comparison(7, 40, 1, 400), False),  # too few that show it
        (Comparison(12, 40, 100, 400), False),  # no clear rise
        (Comparison(140, 400, 100, 400), False),  # clear but small
        (Comparison(0, 0, 0, 0), False),
    ],
)
def test_the_rule(comparison, told):
    assert HANDOFF.broken_by(comparison) is told


def test_of_many_products_one_must_be_clearer():
    rule = Rule("product_mood", timedelta(days=3), p_below=0.001)
    comparison = Comparison(16, 40, 40, 400)
    assert rule.broken_by(comparison)
    assert not rule.broken_by(Comparison(12, 40, 50, 400), tested=200)


class Receiver:
    """A real HTTP server that takes what its `status` says."""

    def __init__(self) -> None:
        self.status, self.taken = 204, []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.taken.append((self.headers["Idempotency-Key"], json.loads(body)))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/alerts"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def webhook(engine, url, later=timedelta(0)):
    return Webhook(engine, url, title=lambda shop, product: "Kettle", now=lambda: NOW + later)


def test_an_alert_is_sent_once(many_handoffs, receiver):
    watch(many_handoffs).check()
    assert webhook(many_handoffs, receiver.url).deliver() == 1
    assert webhook(many_handoffs, receiver.url, timedelta(hours=2)).deliver() == 0
    ((key, document),) = receiver.taken
    assert (document["id"], document["kind"], document["shop"]) == (key, "handoff", "demo")
    assert document["recent"] == {"count": 20, "total": 40, "share": 0.5}
    assert set(document["sentences"]) == {"en", "zh"}


def test_what_is_not_taken_is_logged_and_sent_again_later_under_the_same_key(many_handoffs, receiver, caplog):
    watch(many_handoffs).check()
    receiver.status = 500
    assert webhook(many_handoffs, receiver.url).deliver() == 0
    assert "did not take alert" in caplog.text
    assert webhook(many_handoffs, receiver.url, timedelta(seconds=5)).deliver() == 0  # it rests first
    receiver.status = 200
    assert webhook(many_handoffs, receiver.url, timedelta(minutes=2)).deliver() == 1
    assert len({key for key, _ in receiver.taken}) == 1
    assert len(receiver.taken) == 2


def test_nobody_there_is_not_fatal_and_without_an_address_nothing_is_sent(many_handoffs, receiver, caplog):
    watch(many_handoffs).check()
    receiver.server.shutdown()
    receiver.server.server_close()
    assert webhook(many_handoffs, receiver.url).deliver() == 0
    assert "will be tried again" in caplog.text
    assert webhook(many_handoffs, "").deliver() == 0
    assert webhook(many_handoffs, receiver.url, timedelta(hours=25)).deliver() == 0  # no news any more
