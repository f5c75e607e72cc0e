"""Staff find, read, note, tag, reveal and take out conversations; each look and each deed is on record."""

import csv
import io
import json
from uuid import uuid4

import pytest

from bot.reply import Reply, TurnTraceValues
from tests.ui.scripted_shop import CITATION

TYPED = "I am Jane Roe, jane.roe@example.com. Where is my 帐篷?"


@pytest.fixture
def talk(shop):
    """A conversation of a shopper's question, an answer with a citation, and a thumb down."""
    conversation_id = shop.history.start("demo", language="en").id
    asked = shop.history.add_shopper_message(conversation_id, TYPED, language="en")
    reply = Reply(
        text="It is on its way. [1]",
        language="en",
        outcome="answered",
        gear="generated",
        citations=(CITATION,),
        products=(),
        conversation_id=conversation_id,
        message_id=uuid4().hex,
        timings_ms={},
    )
    trace = TurnTraceValues(gear="generated", reason="written", prompt="[user]\nHow long?", timings_ms={"search": 12.0})
    shop.history.add_reply(reply, reply_to=asked.id, trace=trace)
    shop.feedback.rate(reply.message_id, rating=-1, comment="=HYPERLINK(1)")
    return conversation_id


def actions(shop, target):
    return [(entry.actor.partition("@")[0], entry.action) for entry in reversed(shop.audit.entries(target=target))]


def test_a_conversation_is_found_opened_and_then_read(shop, vi, talk):
    line = vi.get("/transcripts?q=帐篷&rating=down")["lines"][0]
    assert (line["conversation_id"], line["unread"], line["ratings"]) == (talk, True, ["down"])
    assert "jane" not in json.dumps(line).lower()
    opened = vi.get(f"/transcripts/{talk}")
    question, answer = opened["messages"]
    assert "[EMAIL]" in question["text"]
    assert (answer["comment"], answer["rating"]) == ("=HYPERLINK(1)", -1)
    assert answer["citations"][0]["source"] == CITATION.source
    assert (answer["trace"]["prompt"], answer["trace"]["timings_ms"]) == ("[user]\nHow long?", {"search": 12.0})
    assert vi.get("/transcripts?q=帐篷")["lines"][0]["unread"] is False
    vi.get(f"/transcripts/{talk}")
    assert actions(shop, talk) == [("vi", "transcript.read")]  # again within ten minutes is the same reading
    assert vi.get("/transcripts/count?q=帐篷")["count"] >= 1


def test_marks_of_reading_are_each_readers_own(vi, ben, talk):
    ben.get(f"/transcripts/{talk}")
    assert talk in [line["conversation_id"] for line in vi.get("/transcripts?unread=true")["lines"]]
    assert talk not in [line["conversation_id"] for line in ben.get("/transcripts?unread=true")["lines"]]
    ben.do("POST", f"/transcripts/{talk}/unread")
    assert talk in [line["conversation_id"] for line in ben.get("/transcripts?unread=true")["lines"]]
    ben.do("POST", "/transcripts/read-all")
    assert ben.get("/transcripts?unread=true")["lines"] == []


@pytest.mark.parametrize(
    "query",
    [
        *("outcome=solved", "after=nonsense", "since=yesterday", "limit=0", "limit=9999", "order=random"),
        *("figure=resolution%3Dwon", "figure=thumb%3Dmany"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(vi, query):
    answer = vi.ask("GET", f"/transcripts?{query}")
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_what_is_not_there_is_said(vi, ben):
    assert vi.ask("GET", "/transcripts/unknown").status_code == 404
    assert ben.ask("POST", "/transcripts/unknown/notes", {"text": "hello"}).status_code == 404
    assert ben.ask("PUT", "/transcripts/unknown/tags", {"tags": []}).status_code == 404
    assert ben.ask("GET", "/transcripts/unknown/export").status_code == 404
    assert ben.ask("POST", "/messages/unknown/reveal", {}).status_code == 404


def test_notes_and_tags(shop, ann, ben, vi, talk):
    note = ben.do("POST", f"/transcripts/{talk}/notes", {"text": "Wrote to jane.roe@example.com"})
    assert note["text"] == "Wrote to [EMAIL]"
    assert ben.do("PUT", f"/transcripts/{talk}/tags", {"tags": ["VIP", " vip ", "帐篷"]}) == ["vip", "帐篷"]
    opened = vi.get(f"/transcripts/{talk}")
    assert (opened["tags"], [one["author"] for one in opened["notes"]]) == (["vip", "帐篷"], ["Ben"])
    assert "vip" in vi.get("/transcripts/tags")
    assert vi.get("/transcripts?tag=vip")["lines"][0]["tags"] == ["vip", "帐篷"]
    ann.do("DELETE", f"/notes/{note['id']}")  # an admin may delete what others noted
    assert vi.get(f"/transcripts/{talk}")["notes"] == []
    assert actions(shop, talk) == [
        ("ben", "note.added"),
        ("ben", "tags.set"),
        ("vi", "transcript.read"),
        ("ann", "note.removed"),
    ]


def test_others_notes_stay(ann, ben, talk):
    note = ann.do("POST", f"/transcripts/{talk}/notes", {"text": "mine"})
    assert ben.ask("DELETE", f"/notes/{note['id']}").status_code == 403


def test_a_reveal_shows_what_was_typed_and_is_on_record_first(shop, ben, vi, talk):
    question = ben.get(f"/transcripts/{talk}")["messages"][0]
    assert question["revealable"] is True
    assert vi.get(f"/transcripts/{talk}")["messages"][0]["revealable"] is False
    assert ben.do("POST", f"/messages/{question['id']}/reveal", {"reason": "refund"}) == {"text": TYPED}
    (entry,) = shop.audit.entries(action="transcript.revealed", target=talk)
    assert (entry.actor, entry.details) == ("ben@shop.example", {"message": question["id"], "reason": "refund"})


def test_csv_has_a_row_a_message_and_no_formulas(shop, ben, talk):
    answer = ben.ask("GET", f"/transcripts/{talk}/export?form=csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="conversation-')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["role"] for row in rows] == ["user", "assistant"]
    assert rows[1]["comment"] == "'=HYPERLINK(1)"
    assert "jane.roe@" not in answer.text.lower()
    assert actions(shop, talk) == [("ben", "transcript.exported")]


def test_jsonl_has_a_line_a_conversation(ben, talk):
    lines = ben.ask("GET", "/transcripts/export?form=jsonl&q=帐篷").text.splitlines()
    assert talk in [json.loads(line)["id"] for line in lines]
    assert len(json.loads(lines[0])["messages"]) == 2


def test_the_page_to_print_keeps_tags_as_text(shop, ben):
    conversation_id = shop.history.start("demo", language="en").id
    shop.history.add_shopper_message(conversation_id, "<script>alert(1)</script>", language="en")
    page = ben.ask("GET", f"/transcripts/{conversation_id}/export?form=html", **{"Accept-Language": "zh"})
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "<title>会话记录</title>" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
