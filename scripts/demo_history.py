"""`shopclerk demo-history`: invented conversations, for trying and measuring what is counted from real ones."""

import csv
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import typer
import yaml
from sqlalchemy import Engine, insert, select
from sqlmodel import SQLModel

from bot.conversation.database import migrate
from bot.conversation.tables import Citation, Conversation, Feedback, Handoff, Message, TurnTrace
from bot.insight.analytics.keeping import SummaryKeeper
from bot.insight.tables import ConversationMood, MessageAspect, MessageMood
from bot.reply import ProductCard
from knowledge.database import create_database_engine
from knowledge.profile import Profiles
from scripts.console import JsonFlag, print_json, progress
from scripts.demo import demo_folder
from scripts.errors import WouldMixHistories

ROWS_AT_ONCE = 2_000  # conversations that are held before they are written
MODEL = "invented"
INCIDENT_DAYS = 4  # for so long the one product has been breaking
INCIDENT_SHARE = 0.5  # of the conversations about it
HOURS = (2, 1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9, 9, 9, 9, 8, 8, 9, 11, 12, 10, 7, 4)  # conversations by hour, UTC
GEARS = {"facts": 24, "generated": 46, "extracted": 22, "curated": 8}
FIRST_TOKEN_MS = {"facts": 60, "generated": 900, "extracted": 350, "curated": 40, "none": 80}  # the middle one
ANSWER = {"en": "Here is what our pages say about it. [1]", "zh": "我们的页面是这样写的。[1]"}
REFUSAL = {"en": "I could not find that on our pages.", "zh": "我们的页面上没有找到。"}

app = typer.Typer(add_completion=False)


@app.command("demo-history", epilog="Example: shopclerk demo-history --database sqlite:///try.db --days 60")
def demo_history(
    database: Annotated[str, typer.Option(help="SQLAlchemy URL of the database to write to.")],
    conversations: Annotated[int, typer.Option(help="How many.", min=1)] = 2_000,
    days: Annotated[int, typer.Option(help="Over how many days, ending now.", min=1)] = 90,
    shop: Annotated[str, typer.Option(help="The shop that they are held with.")] = "demo",
    seed: Annotated[int, typer.Option(help="The same seed gives the same talk.")] = 7,
    into_used: Annotated[
        bool, typer.Option("--into-used", help="Write even where the shop already has conversations.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Write invented conversations into a database, to try the dashboard, reports and alerts on."""
    engine = create_database_engine(database)
    migrate(engine)
    if not into_used:
        _refuse_used(engine, shop)
    write_history(engine, conversations, days=days, shop=shop, seed=seed)
    with progress("Counting") as tell:
        counted = SummaryKeeper(engine, Profiles(engine)).catch_up(
            on_progress=lambda done, total: tell("conversations", done, total)
        )
    engine.dispose()
    if json:
        print_json({"database": database, "conversations": conversations, "counted": counted})
    else:
        print(f"{conversations:,} invented conversations of {days} days are in {database}.")


def write_history(
    engine: Engine,
    conversations: int,
    *,
    days: int = 90,
    shop: str = "demo",
    seed: int = 7,
    now: datetime | None = None,
) -> None:
    """Write invented conversations: the same ones for the same arguments."""
    teller = _Teller(random.Random(seed), shop, now or datetime.now(UTC), days)
    with progress("Writing") as tell:
        rows = _Rows()
        for number, start in enumerate(teller.starts(conversations), 1):
            teller.tell(rows, start)
            if number % ROWS_AT_ONCE == 0 or number == conversations:
                rows.write(engine)
                tell("conversations", number, conversations)


def _refuse_used(engine: Engine, shop: str) -> None:
    with engine.connect() as connection:
        used = connection.execute(select(_table(Conversation).c.id).where(_table(Conversation).c.shop == shop).limit(1))
        if used.first() is not None:
            where = engine.url.render_as_string(hide_password=True)
            raise WouldMixHistories(
                f"The shop {shop!r} already has conversations in {where}, and invented ones could never be told from "
                "them again; give another --database, or --into-used if you mean it."
            )


@dataclass(frozen=True)
class _Topic:
    source: str
    title: str
    lines: Mapping[str, Sequence[str]]
    open: bool


@dataclass
class _Rows:
    """Rows by table, to be written together."""

    by_table: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: type[SQLModel], **values: Any) -> None:
        self.by_table.setdefault(table, []).append(_defaults(table) | values)

    def write(self, engine: Engine) -> None:
        order = (Conversation, Message, Citation, Feedback, Handoff, TurnTrace, MessageMood, MessageAspect)
        with engine.begin() as connection:
            for table in (*order, ConversationMood):
                if rows := self.by_table.pop(table, []):
                    connection.execute(insert(_table(table)), rows)


class _Teller:
    """Invents one conversation after another."""

    def __init__(self, chance: random.Random, shop: str, now: datetime, days: int) -> None:
        self._chance, self._shop, self._now, self._days = chance, shop, now, days
        read = yaml.safe_load((files("scripts") / "demo_history.yaml").read_text(encoding="utf-8"))
        self._read = read
        self._topics = [_topic(one, open_=False) for one in read["answered"]]
        self._gaps = [_topic(one, open_=True) for one in read["open"]]
        self._topic_weights = [one["weight"] for one in read["answered"]]
        self._gap_weights = [one["weight"] for one in read["open"]]
        self._products = list(_demo_products())
        self._product_weights = [1 / (place + 1) for place in range(len(self._products))]

    def starts(self, conversations: int) -> list[datetime]:
        """When conversations begin: more by day than by night, fewer on Sundays, slowly growing."""
        weights = [(1 + day / self._days) * (0.7 if self._date(day).weekday() == 6 else 1) for day in range(self._days)]
        days = self._chance.choices(range(self._days), weights, k=conversations)
        hours = self._chance.choices(range(24), HOURS, k=conversations)
        starts = (
            self._date(day) + timedelta(hours=hour, seconds=self._chance.randrange(3600))
            for day, hour in zip(days, hours, strict=True)
        )
        return sorted(min(start, self._now - timedelta(minutes=5)) for start in starts)

    def tell(self, rows: _Rows, start: datetime) -> None:
        """Invent one conversation that begins then."""
        chance = self._chance
        language = chance.choices(("en", "zh"), (7, 3))[0]
        product = chance.choices(self._products, self._product_weights)[0] if chance.random() < 0.45 else None
        talk = _Conversation(rows, chance, self._shop, language, product, start)
        angry = self._breaking(product, start)
        for _ in range(chance.choices((1, 2, 3, 4), (48, 30, 15, 7))[0]):
            if angry or chance.random() < 0.14:
                self._feel(talk, angry)
                angry = False
            else:
                self._ask(talk)
            if talk.handed_off or talk.at > self._now - timedelta(minutes=2):
                break
            talk.wait(chance.choice((0.6, 1, 2, 4)) if chance.random() > 0.06 else chance.uniform(90, 2400))
        self._end(talk)
        talk.close(self._now)

    def _date(self, day: int) -> datetime:
        midnight = self._now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=self._days - 1 - day)

    def _breaking(self, product: str | None, start: datetime) -> bool:
        late = start > self._now - timedelta(days=INCIDENT_DAYS)
        return product == self._products[0] and late and self._chance.random() < INCIDENT_SHARE

    def _ask(self, talk: "_Conversation") -> None:
        chance = self._chance
        if chance.random() < 0.025:
            talk.hand_over()
        elif chance.random() < 0.13:
            topic = chance.choices(self._gaps, self._gap_weights)[0]
            talk.ask(topic, chance.choice(topic.lines[talk.language]))
        else:
            topic = chance.choices(self._topics, self._topic_weights)[0]
            talk.ask(topic, chance.choice(topic.lines[talk.language]))

    def _feel(self, talk: "_Conversation", angry: bool) -> None:
        chance = self._chance
        aspect = "quality" if angry else chance.choice(list(self._read["feelings"]))
        label = "negative" if angry or chance.random() < 0.62 else "positive"
        text = chance.choice(self._read["feelings"][aspect][label][talk.language])
        talk.feel(text, label, aspect)

    def _end(self, talk: "_Conversation") -> None:
        chance = self._chance
        if talk.handed_off or talk.refused_last or talk.at > self._now - timedelta(minutes=2):
            return
        how = chance.choices(("solved", "thanks", ""), (6, 16, 78))[0]
        if how:
            talk.wait(1)
            talk.courtesy(chance.choice(self._read[how][talk.language]))


class _Conversation:
    """The rows of one conversation as it goes on."""

    def __init__(
        self, rows: _Rows, chance: random.Random, shop: str, language: str, product: str | None, start: datetime
    ) -> None:
        self._rows, self._chance, self._shop, self._product = rows, chance, shop, product
        self.language, self.at, self._began = language, start, start
        self.id, self._sequence = self._new_id(), 0
        self.handed_off = self.refused_last = False
        self._labels: list[str] = []
        # Filled in at the end: rows are written in the order of their tables.
        self._row = self._rows_of_conversation()

    def wait(self, minutes: float) -> None:
        """Let time pass."""
        self.at += timedelta(minutes=minutes)

    def ask(self, topic: _Topic, text: str) -> None:
        """A question and its reply."""
        chance = self._chance
        refused = chance.random() < (0.85 if topic.open else 0.03)
        gear = "none" if refused else chance.choices(list(GEARS), list(GEARS.values()))[0]
        asked = self._say(text, "neutral")
        self._reply(asked, text, topic, "refused" if refused else "answered", gear)

    def feel(self, text: str, label: str, aspect: str) -> None:
        """A message that praises or complains, and its reply."""
        asked = self._say(text, label, aspect)
        if label == "negative" and self._chance.random() < 0.25:
            self._pass_on(asked, text, "angry")
        else:
            self._reply(asked, text, None, "answered", "generated")

    def hand_over(self) -> None:
        """The shopper asks for a person."""
        text = {"en": "I want to talk to a person", "zh": "转人工"}[self.language]
        self._pass_on(self._say(text, "neutral"), text, "asked_for_person")

    def courtesy(self, text: str) -> None:
        """Thanks, or word that it is solved, and the reply."""
        self._reply(self._say(text, "positive"), text, None, "answered", "none", intent="thanks")

    def close(self, now: datetime) -> None:
        """The last of it: how it went."""
        self._row["last_sequence"] = self._sequence
        negative = self._labels.count("negative") / max(len(self._labels), 1)
        satisfaction = max(-2.0, min(2.0, 0.8 - 2.2 * negative - 0.9 * self.refused_last + self._chance.gauss(0, 0.3)))
        self._rows.add(
            ConversationMood,
            conversation_id=self.id,
            satisfaction=satisfaction,
            trend=0.0,
            sustained_anger=self._labels[-2:] == ["negative", "negative"],
            failures_in_a_row=int(self.refused_last),
            last_sequence=self._sequence,
            model_version=MODEL,
            scored_at=min(self.at, now),
        )

    def _new_id(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"

    def _rows_of_conversation(self) -> dict[str, Any]:
        self._rows.add(
            Conversation, id=self.id, shop=self._shop, language=self.language, created_at=self.at, last_sequence=0
        )
        return self._rows.by_table[Conversation][-1]

    def _message(self, role: str, text: str, **values: Any) -> str:
        self._sequence += 1
        identity = self._new_id()
        self._rows.add(
            Message,
            id=identity,
            conversation_id=self.id,
            sequence=self._sequence,
            role=role,
            text=text,
            language=self.language,
            created_at=self.at,
            **values,
        )
        return identity

    def _say(self, text: str, label: str, aspect: str = "") -> str:
        asked = self._message("user", text)
        self._labels.append(label)
        sure = self._chance.uniform(0.7, 0.99)
        self._rows.add(
            MessageMood,
            message_id=asked,
            conversation_id=self.id,
            shop=self._shop,
            product_id=self._product,
            label=label,
            score=sure,
            scores={label: sure},
            aspects={aspect: label} if aspect else {},
            language=self.language,
            model_version=MODEL,
            said_at=self.at,
            scored_at=self.at,
        )
        if aspect:
            self._rows.add(
                MessageAspect,
                message_id=asked,
                aspect=aspect,
                label=label,
                score=sure,
                clause=text,
                product_id=self._product,
            )
        return asked

    def _reply(
        self, asked: str, question: str, topic: _Topic | None, outcome: str, gear: str, intent: str = "question"
    ) -> None:
        chance = self._chance
        first = FIRST_TOKEN_MS[gear] * math.exp(chance.gauss(0, 0.45))
        total = first * (1 + (chance.uniform(1.5, 4) if gear == "generated" else 0.1))
        self.at += timedelta(milliseconds=total)
        text = (REFUSAL if outcome == "refused" else ANSWER)[self.language]
        cards = [_demo_products()[self._product]] if self._product and gear in ("facts", "generated") else []
        reply = self._message("assistant", text, outcome=outcome, gear=gear, reply_to=asked, products=cards)
        self.refused_last = outcome == "refused"
        if topic and not self.refused_last and gear != "facts":
            self._cite(reply, topic)
        self._trace(reply, question, topic, gear, intent, {"first_token": first, "total": total})
        if chance.random() < 0.06:
            up = chance.random() < (0.15 if self.refused_last or topic is None else 0.83)
            self._rows.add(Feedback, message_id=reply, rating=1 if up else -1, comment="", updated_at=self.at)

    def _cite(self, reply: str, topic: _Topic) -> None:
        self._rows.add(
            Citation,
            message_id=reply,
            mark=1,
            chunk_id="invented",
            source=topic.source,
            title=topic.title,
            cited_quote=topic.title,
            grounded_span="",
            passage="",
            score=0.8,
        )

    def _trace(
        self, reply: str, question: str, topic: _Topic | None, gear: str, intent: str, timings: dict[str, float]
    ) -> None:
        score = self._chance.uniform(0.25, 0.5) if self.refused_last else self._chance.uniform(0.5, 0.95)
        found = {"chunk_id": "invented", "rank": 1, "score": score, "found_by": []}
        self._rows.add(
            TurnTrace,
            message_id=reply,
            gear=gear,
            reason="below_threshold" if self.refused_last else "invented",
            intent=intent,
            question=question if intent == "question" else "",
            timings_ms=timings,
            passages=[found | {"source": topic.source}] if topic else [],
            created_at=self.at,
        )

    def _pass_on(self, asked: str, question: str, reason: str) -> None:
        self._reply(asked, question, None, "handed_off", "none", intent="person")
        self.handed_off = True
        self._rows.add(
            Handoff, id=self._new_id(), conversation_id=self.id, reason=reason, summary=question, created_at=self.at
        )


def _topic(read: dict[str, Any], *, open_: bool) -> _Topic:
    source, title = read["page"]
    return _Topic(source, title, {language: read[language] for language in ("en", "zh")}, open_)


@cache
def _demo_products() -> dict[str, dict[str, Any]]:
    """Cards of the demo shop's products that are no variant of another, by id."""
    with (demo_folder() / "products.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: _card(row).as_json() for row in csv.DictReader(file) if not row["parent_id"]}


def _card(row: Mapping[str, str]) -> ProductCard:
    return ProductCard(
        product_id=row["id"],
        title=row["title"],
        category=row["category"],
        brand=row["brand"],
        price=Decimal(row["price"]) if row["price"] else None,
        currency=row["currency"],
        stock=int(row["stock"]) if row["stock"] else None,
        url=row["url"] or None,
        image_url=row["image_url"] or None,
    )


@cache
def _defaults(table: type[SQLModel]) -> dict[str, Any]:
    """What the columns of a table hold when nobody says otherwise."""
    defaults = {name: one.get_default(call_default_factory=True) for name, one in table.model_fields.items()}
    return {name: value for name, value in defaults.items() if repr(value) != "PydanticUndefined"}


def _table(table: type[SQLModel]) -> Any:
    return table.__table__  # type: ignore[attr-defined]  # SQLModel adds it
