"""A process killed with `kill -9` loses no message that it acknowledged, and the conversation goes on."""

import subprocess
import sys

import pytest

from bot.conversation.history import History
from bot.reply import Reply, TurnTraceValues
from knowledge.database import create_database_engine

pytestmark = pytest.mark.full  # each starts a real process

# Takes a message, acknowledges it, and is then busy with its reply for ever.
ANSWERING = """
import sys, time
from bot.conversation.history import History
from knowledge.database import create_database_engine
history = History(create_database_engine(sys.argv[1]))
print(history.add_shopper_message(sys.argv[2], "Where is my parcel?").id, flush=True)
time.sleep(600)
"""

# Takes messages and stores replies as fast as it can, acknowledging each message once it is taken.
TALKING = """
import sys
from uuid import uuid4
from bot.conversation.history import History
from bot.reply import Citation, Reply, TurnTraceValues
from knowledge.database import create_database_engine
history = History(create_database_engine(sys.argv[1]))
cited = Citation(1, "faq.csv#1", "t", "q", None, 0.5, "c")
for number in range(100_000):
    message = history.add_shopper_message(sys.argv[2], f"message {number}")
    print(message.id, flush=True)
    reply = Reply("r [1]", "en", "answered", "extracted", (cited,), (), sys.argv[2], uuid4().hex, {})
    history.add_reply(reply, reply_to=message.id, trace=TurnTraceValues("extracted", "no_generator"))
"""


def killed_after(program: str, acknowledgements: int, *arguments: str) -> list[str]:
    """Start a program, kill it when it has acknowledged so many messages; everything it acknowledged."""
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(acknowledgements)]
        process.kill()
        rest = process.stdout.readlines()
    return [line.strip() for line in [*lines, *rest] if line.endswith("\n")]


def answer(history: History, conversation_id: str, message_id: str, name: str) -> None:
    reply = Reply("Tomorrow.", "en", "answered", "facts", (), (), conversation_id, name * 32, {})
    history.add_reply(reply, reply_to=message_id, trace=TurnTraceValues("facts", "order"))


def test_a_message_killed_in_mid_reply_is_found_and_answered_after_the_restart(engine, database_url):
    conversation = History(engine).start("demo")
    [message_id] = killed_after(ANSWERING, 1, database_url, conversation.id)

    restarted = create_database_engine(database_url)
    history = History(restarted)
    assert [message.text for message in history.messages(conversation.id)] == ["Where is my parcel?"]
    assert history.unanswered(conversation.id).id == message_id
    answer(history, conversation.id, message_id, "a")
    assert history.unanswered(conversation.id) is None
    assert history.add_shopper_message(conversation.id, "thanks").sequence == 3
    restarted.dispose()


@pytest.mark.parametrize("acknowledgements", [1, 7, 40])
def test_killed_at_any_moment_nothing_acknowledged_is_lost(engine, database_url, acknowledgements):
    conversation = History(engine).start("demo")
    acknowledged = killed_after(TALKING, acknowledgements, database_url, conversation.id)

    history = History(engine)
    messages = history.messages(conversation.id)
    assert len(acknowledged) >= acknowledgements
    assert set(acknowledged) <= {message.id for message in messages}
    assert [message.sequence for message in messages] == list(range(1, len(messages) + 1))
    assert all(
        message.citations for message in messages if message.role == "assistant"
    )  # a reply is whole or not there
    assert history.add_shopper_message(conversation.id, "still here").sequence == len(messages) + 1
