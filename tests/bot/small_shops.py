"""Small shops written to a folder and talked to, for tests of the whole bot."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.bootstrap import Shopclerk
from bot.reply import Reply, TurnTraceValues


@dataclass(frozen=True)
class Told:
    """What one question brought: the reply, the text that was shown while it came, and the trace that was kept."""

    reply: Reply
    shown: str
    trace: TurnTraceValues

    @property
    def everything(self) -> str:
        """All words that reach the shopper's screen, with those that a click on a citation opens."""
        reply = self.reply
        cited = [
            text for one in reply.citations for text in (one.source, one.title, one.quote, one.url or "", one.passage)
        ]
        cards = [str(sorted(card.as_json().items())) for card in reply.products]
        return "\n".join([self.shown, reply.text, *cited, *cards, *reply.suggestions])


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def ask(shopclerk: Shopclerk, text: str, *, shop: str = "demo", conversation_id: str = "") -> Told:
    conversation_id = conversation_id or shopclerk.history.start(shop).id
    chunks = list(shopclerk.assistant.reply(conversation_id, text))
    reply = chunks[-1].reply
    assert reply is not None
    shown = "".join(chunk.text for chunk in chunks if chunk.kind == "token")
    return Told(reply, shown, shopclerk.history.trace(reply.message_id))
