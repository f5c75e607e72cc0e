"""A process killed with `kill -9` while the assistant answers: the message is kept, and the next process answers it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.small_shops import ask, write_files
from tests.fakes import fake_shopclerk

pytestmark = pytest.mark.full  # each starts a real process

SHOP = {
    "faq.csv": "question,answer\nDo you deliver to Canada?,Yes. Delivery to Canada costs $11.90.\n",
    "returns.md": "# Returns\n\nYou can return most items within 30 days of delivery. Worn shoes cannot be returned.\n",
}
QUESTIONS = {"before_a_word": "Do you deliver to Canada?", "after_a_sentence": "return most items after delivery?"}

# Answers one message, printing what a shopper would see, and stands still where it is told to.
ANSWERING = """
import sys, time
from pathlib import Path
from tests.fakes import FakeChatModel, fake_shopclerk

def says_and_hangs(messages):
    return "You can return most items within 30 days of delivery. Worn shoes cannot be returned. And more."

home, conversation_id, question, moment = Path(sys.argv[1]), *sys.argv[2:]
shopclerk = fake_shopclerk(home, chat_model=FakeChatModel(script=says_and_hangs))
shopclerk.ingest([home / "files"], shop="demo")
chunks = shopclerk.assistant.reply(conversation_id, question)
print("kept", flush=True)
for chunk in chunks:
    if moment == "before_a_word" or chunk.kind == "token":
        print("stopped", flush=True)
        time.sleep(600)
"""


@pytest.mark.parametrize("moment", QUESTIONS)
def test_a_turn_that_was_killed_is_answered_by_the_next_process(tmp_path: Path, moment: str):
    home, question = tmp_path / "home", f"{QUESTIONS[moment]} I am anna@example.com"
    write_files(home / "files", SHOP)
    with fake_shopclerk(home) as shopclerk:
        conversation_id = shopclerk.history.start("demo").id
        shopclerk.assistant.reply(conversation_id, "hi")  # taken, never answered, and passed over below
    command = [sys.executable, "-c", ANSWERING, str(home), conversation_id, question, moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline().strip() for _ in range(2)]
        process.kill()
    assert seen == ["kept", "stopped"]

    with fake_shopclerk(home) as restarted:
        restarted.ingest([home / "files"], shop="demo")
        said = restarted.history.messages(conversation_id)
        assert [message.role for message in said] == ["user", "user"], "half a reply was kept"
        assert "anna@example.com" not in said[-1].text
        list(restarted.assistant.resume(conversation_id))
        reply = list(restarted.assistant.resume(conversation_id))[-1].reply
        assert reply is not None
        assert ("$11.90" if moment == "before_a_word" else "30 days") in reply.text
        assert list(restarted.assistant.resume(conversation_id)) == []
        assert ask(restarted, "thanks", conversation_id=conversation_id).reply.outcome == "answered"
        assert len(restarted.history.messages(conversation_id)) == 6
