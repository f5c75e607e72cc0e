"""How fast staff find conversations among a hundred thousand."""

import random
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, insert

from bot.conversation.database import migrate
from bot.conversation.tables import Conversation, Message
from bot.insight.analytics.tables import ConversationProduct
from bot.settings import Settings
from bot.staff.accounts import Accounts, StaffAccount
from bot.transcripts.keeping import LineKeeper
from bot.transcripts.listing import TranscriptList, Wanted
from bot.transcripts.tables import Tag
from knowledge.database import create_database_engine
from scripts.console import note
from scripts.measurement import Measurement, median, p95

CONVERSATIONS = 100_000
SHOP = "bench"
RARE, ONE_IN = "rare", 9_973
"""One conversation in so many waits, has the tag and speaks of the product of this name."""

TIMES = 15
GOAL = "≤ 300"
_AT_ONCE = 2_000
_WORDS = {
    "en": (
        *("return", "refund", "tent", "kettle", "shoes", "size", "order", "parcel"),
        *("late", "broken", "jacket", "colour", "gift", "card", "store", "price"),
    ),
    "zh": (
        *("退货", "退款", "帐篷", "水壶", "鞋子", "尺码", "订单", "包裹"),
        *("迟到", "破损", "外套", "颜色", "礼品卡", "门店", "价格", "会员"),
    ),
}
_ASKED = {"en": "What about the {} and the {}, number {}?", "zh": "请问{}和{}怎么办，编号{}？"}
_SAID = {"en": "Our pages say this about {}. [1]", "zh": "关于{}，我们的页面这样写。[1]"}


def measure(_settings: Settings) -> Sequence[Measurement]:
    """The list, its filters and its search, in a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_database_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate(engine)
        note(f"Writing {CONVERSATIONS:,} conversations …")
        _write(engine)
        note("Making the list of them …")
        began = perf_counter()
        LineKeeper(engine).catch_up()
        seconds = perf_counter() - began
        reader = Accounts(engine).add("reader@bench.example", by="bench", role="viewer")
        figures = _timed(TranscriptList(engine, LineKeeper(engine)), reader)
        engine.dispose()
    return [Measurement("conversations brought into the list", CONVERSATIONS / seconds, "a second"), *figures]


def _timed(listing: TranscriptList, reader: StaffAccount) -> list[Measurement]:
    wishes: dict[str, dict[str, Any]] = {
        "newest page": {},
        "page of one filter": {"outcome": "refused"},
        "page of three filters": {"outcome": "refused", "gear": "none", "language": "zh"},
        "page that nothing fits": {"outcome": "handed_off", "mood": "negative"},
        "search for a word of one in eight": {"words": "tent"},
        "search for two Chinese characters": {"words": "帐篷"},
        "search for one conversation": {"words": "number 77123"},
        "search with a filter": {"words": "refund", "outcome": "refused"},
        "longest first": {"order": "longest"},
        "longest first that nothing fits": {"order": "longest", "outcome": "handed_off"},
        "a rare product": {"product": RARE},
        "a rare tag": {"tag": RARE},
        "those that wait": {"state": "waiting"},
        "those of the bot": {"state": "bot"},
        "mine, which are none": {"mine": True},
        "unread, which are none": {"unread": True},
    }
    found = []
    for name, wish in wishes.items():
        wanted = Wanted(shop=SHOP, **wish)
        found += _figures(name, lambda wanted=wanted: listing.page(wanted, reader))  # type: ignore[misc]  # bound now
    after = None
    for _ in range(50):
        after = listing.page(Wanted(shop=SHOP), reader, after=after, limit=200).next
    found += _figures("page after ten thousand", lambda: listing.page(Wanted(shop=SHOP), reader, after=after))
    return found + _figures("count of a word", lambda: listing.count(Wanted(shop=SHOP, words="tent"), reader))


def _figures(name: str, act: Callable[[], object]) -> list[Measurement]:
    act()
    times_ms = []
    for _ in range(TIMES):
        began = perf_counter()
        act()
        times_ms.append((perf_counter() - began) * 1000)
    what = f"{name} of {CONVERSATIONS:,} conversations"
    return [
        Measurement(f"{what}, half of the times within", median(times_ms), "ms"),
        Measurement(f"{what}, 95 of 100 within", p95(times_ms), "ms", GOAL),
    ]


def _write(engine: Engine) -> None:
    draw, now = random.Random(7), datetime.now(UTC)
    for first in range(0, CONVERSATIONS, _AT_ONCE):
        made = [_talk(draw, number, now) for number in range(first, min(first + _AT_ONCE, CONVERSATIONS))]
        with engine.begin() as connection:
            connection.execute(insert(Conversation), [conversation for conversation, _ in made])
            connection.execute(insert(Message), [message for _, messages in made for message in messages])
            rare = [conversation["id"] for conversation, _ in made if conversation["state"] == "waiting"]
            if rare:
                connection.execute(insert(Tag), [{"conversation_id": one, "name": RARE} for one in rare])
                product = {"shop": SHOP, "product_id": RARE}
                connection.execute(insert(ConversationProduct), [{"conversation_id": one, **product} for one in rare])


def _talk(draw: random.Random, number: int, now: datetime) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """One conversation of two to six messages, within the last year."""
    language = draw.choice(("en", "en", "zh"))
    began = now - timedelta(minutes=draw.randrange(365 * 24 * 60))
    turns = draw.choice((1, 1, 2, 3))
    messages: list[dict[str, Any]] = []
    for turn in range(turns):
        words = draw.sample(_WORDS[language], 2)
        asked = _row(number, 2 * turn + 1, "user", _ASKED[language].format(*words, number), language, began)
        refused = draw.random() < 0.1
        said = _row(number, 2 * turn + 2, "assistant", _SAID[language].format(words[0]), language, began)
        said |= {"outcome": "refused", "gear": "none"} if refused else {"outcome": "answered", "gear": "generated"}
        messages += [asked, said | {"reply_to": asked["id"]}]
    conversation = {
        "id": f"{number:032x}",
        "shop": SHOP,
        "language": language,
        "state": "bot" if number % ONE_IN else "waiting",
        "version": 0,
        "takeovers": 0,
        "read_by_shopper": 0,
        "read_by_agent": 0,
        "last_sequence": 2 * turns,
        "created_at": began,
    }
    return conversation, messages


def _row(number: int, sequence: int, role: str, text: str, language: str, began: datetime) -> dict[str, Any]:
    return {
        "id": f"{number:024x}{sequence:08x}",
        "conversation_id": f"{number:032x}",
        "sequence": sequence,
        "role": role,
        "text": text,
        "language": language,
        "outcome": None,
        "gear": None,
        "reply_to": None,
        "products": [],
        "suggestions": [],
        "offers_person": False,
        "created_at": began + timedelta(seconds=20 * sequence),
    }
