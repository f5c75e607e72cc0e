"""The state machine of who answers: whatever shopper, bot and two agents do, in whatever order, nothing breaks."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import Session, col, select

from bot.conversation.handoff import Agent, Handoffs
from bot.conversation.handoff.states import CHANGES
from bot.conversation.history import History
from bot.conversation.tables import Conversation, ConversationEvent, Handoff
from bot.errors import Conflict
from bot.reply import Reply, TurnTraceValues
from knowledge.database import create_database_engine
from tests.migrated import write_migrated

MIA, LEO = Agent("mia", "Mia"), Agent("leo", "Leo")
AGENTS = (MIA, LEO)
LEASE_SECONDS = 100
LEGAL = {(origin, change.to): change.name for change in CHANGES for origin in change.origins}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def a_reply(conversation_id: str) -> Reply:
    return Reply("Within 30 days.", "en", "answered", "facts", (), (), conversation_id, uuid4().hex, {})


class Desk(RuleBasedStateMachine):
    """Every step is one that a person or the bot may try at any moment; the model knows what must come of it."""

    @initialize()
    def open(self) -> None:
        self.folder = TemporaryDirectory()
        write_migrated(Path(self.folder.name) / "shopclerk.db")
        self.engine = create_database_engine(f"sqlite:///{self.folder.name}/shopclerk.db")
        self.clock = Clock()
        self.history = History(self.engine)
        self.handoffs = Handoffs(self.engine, lease_seconds=LEASE_SECONDS, now=self.clock)
        self.id = self.history.start("demo").id
        self.state, self.agent, self.lease_until = "bot", None, self.clock.now
        self.said: list[str] = []
        self.begun: list[tuple[str, int]] = []  # turns of the bot under way: (message, takeovers seen)

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.folder.cleanup()

    def expected(self, *, when: bool, state: str, agent: Agent | None, act) -> None:
        """The act changes the state just when it may; else it is refused and changes nothing."""
        if when:
            act()
            self.state, self.agent = state, agent
            self.lease_until = self.clock.now + timedelta(seconds=LEASE_SECONDS)
        else:
            with pytest.raises(Conflict):
                act()

    @rule()
    def shopper_asks_for_a_person(self) -> None:
        self.handoffs.request(self.id, reason="asked_for_person")
        if self.state in ("bot", "closed"):
            self.state = "waiting"

    @rule()
    def shopper_waits_no_longer(self) -> None:
        self.handoffs.withdraw(self.id)
        if self.state == "waiting":
            self.state = "bot"

    @rule()
    def shopper_writes(self) -> None:
        self.handoffs.reopen(self.id)
        if self.state == "closed":
            self.state = "bot"
        message = self.history.add_shopper_message(self.id, f"message {len(self.said)}")
        self.said.append(message.id)
        conversation = self.history.conversation(self.id)
        if conversation.state != "human":
            self.begun.append((message.id, conversation.takeovers))

    @precondition(lambda self: self.begun)
    @rule(place=st.integers(0, 100))
    def bot_is_done(self, place: int) -> None:
        message_id, takeovers = self.begun.pop(place % len(self.begun))
        reply = a_reply(self.id)
        now = self.history.conversation(self.id)
        if now.state != "human" and now.takeovers == takeovers:
            self.history.add_reply(reply, reply_to=message_id, trace=TurnTraceValues("facts", "t"), takeovers=takeovers)
            self.said.append(reply.message_id)
        else:
            with pytest.raises(Conflict):
                self.history.add_reply(
                    reply, reply_to=message_id, trace=TurnTraceValues("facts", "t"), takeovers=takeovers
                )

    @rule(agent=st.sampled_from(AGENTS))
    def agent_takes(self, agent: Agent) -> None:
        if self.state == "human" and self.agent == agent:
            self.handoffs.take(self.id, agent)  # again: nothing changes
            return
        when = self.state in ("bot", "waiting")
        self.expected(when=when, state="human", agent=agent, act=lambda: self.handoffs.take(self.id, agent))

    @rule(agent=st.sampled_from(AGENTS))
    def agent_takes_from_the_other(self, agent: Agent) -> None:
        other = LEO if agent == MIA else MIA
        if self.agent == agent:
            self.handoffs.take_from(self.id, other.id, agent)
            return
        self.expected(
            when=self.agent == other,
            state="human",
            agent=agent,
            act=lambda: self.handoffs.take_from(self.id, other.id, agent),
        )

    @rule(agent=st.sampled_from(AGENTS), to=st.sampled_from(AGENTS))
    def agent_passes_on(self, agent: Agent, to: Agent) -> None:
        self.expected(
            when=self.agent == agent, state="human", agent=to, act=lambda: self.handoffs.transfer(self.id, agent, to)
        )

    @rule(agent=st.sampled_from(AGENTS))
    def agent_releases(self, agent: Agent) -> None:
        self.expected(
            when=self.agent == agent, state="waiting", agent=None, act=lambda: self.handoffs.release(self.id, agent)
        )

    @rule(agent=st.sampled_from(AGENTS))
    def agent_gives_back(self, agent: Agent) -> None:
        self.expected(
            when=self.agent == agent, state="bot", agent=None, act=lambda: self.handoffs.give_back(self.id, agent)
        )

    @rule(agent=st.sampled_from(AGENTS))
    def agent_closes(self, agent: Agent) -> None:
        self.expected(
            when=self.agent == agent, state="closed", agent=None, act=lambda: self.handoffs.close(self.id, agent)
        )

    @rule(agent=st.sampled_from(AGENTS))
    def agent_writes(self, agent: Agent) -> None:
        if self.agent == agent:
            self.said.append(self.history.add_agent_message(self.id, agent, "hello").id)
        else:
            with pytest.raises(Conflict):
                self.history.add_agent_message(self.id, agent, "hello")

    @rule(seconds=st.sampled_from((10, 60, 200)))
    def time_passes(self, seconds: int) -> None:
        self.clock.now += timedelta(seconds=seconds)
        gone = self.handoffs.expire()
        if self.state == "human" and self.lease_until < self.clock.now:
            assert gone == [self.id]
            self.state, self.agent = "waiting", None
        else:
            assert gone == []

    @rule(agent=st.sampled_from(AGENTS))
    def browser_lives(self, agent: Agent) -> None:
        self.handoffs.renew(agent)
        if self.agent == agent:
            self.lease_until = self.clock.now + timedelta(seconds=LEASE_SECONDS)

    @invariant()
    def nothing_is_broken(self) -> None:
        if not hasattr(self, "id"):
            return
        row = self.history.conversation(self.id)
        assert (row.state, row.agent_id) == (self.state, self.agent.id if self.agent else None)
        messages = self.history.messages(self.id)
        assert [message.id for message in messages] == self.said
        assert [message.sequence for message in messages] == list(range(1, len(messages) + 1))
        with Session(self.engine) as session:
            still_open = session.exec(select(Handoff).where(Handoff.state == "open")).all()
            told = session.exec(
                select(ConversationEvent).where(ConversationEvent.kind == "state").order_by(col(ConversationEvent.id))
            ).all()
        # Whoever waits or is attended to stands in the books once, so the shopper can never be forgotten.
        assert len(still_open) == (self.state in ("waiting", "human"))
        state = "bot"
        for event in told:
            assert event.data["from"] == state
            assert (event.data["from"], event.data["to"]) in LEGAL
            state = event.data["to"]
        assert state == self.state


Desk.TestCase.settings = settings(
    max_examples=6, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestDesk = Desk.TestCase


def acting(engine, conversation_id: str, seed: int) -> None:
    """One of many who act on a conversation at once."""
    chance, history, handoffs = Random(seed), History(engine), Handoffs(engine)
    agent = AGENTS[seed % 2]
    other = AGENTS[1 - seed % 2]
    acts = (
        lambda: handoffs.request(conversation_id, reason="asked_for_person"),
        lambda: history.add_shopper_message(conversation_id, "hello"),
        lambda: handoffs.take(conversation_id, agent),
        lambda: history.add_agent_message(conversation_id, agent, f"from {agent.id}"),
        lambda: handoffs.release(conversation_id, agent),
        lambda: handoffs.give_back(conversation_id, agent),
        lambda: handoffs.transfer(conversation_id, agent, other),
        lambda: handoffs.close(conversation_id, agent),
        lambda: handoffs.reopen(conversation_id),
        lambda: handoffs.withdraw(conversation_id),
    )
    for _ in range(12):
        try:
            chance.choice(acts)()
        except Conflict:
            continue


def test_many_at_once_leave_a_whole_story(engine):
    """Four threads, two agents: the events tell one legal story in which only who was in charge has written."""
    conversation_id = History(engine).start("demo").id
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda seed: acting(engine, conversation_id, seed), range(4)))
    with Session(engine) as session:
        told = session.exec(select(ConversationEvent).order_by(col(ConversationEvent.id))).all()
        row = session.get(Conversation, conversation_id)
    messages = {message.id: message for message in History(engine).messages(conversation_id)}
    assert [event.id for event in told] == list(range(1, len(told) + 1))
    state, agent = "bot", None
    for event in told:
        if event.kind == "state":
            assert (event.data["from"], event.data["to"]) in LEGAL
            assert event.data["from"] == state
            state, agent = event.data["to"], event.data.get("agent_id")
        elif event.data["role"] == "human_agent":
            assert (state, messages[event.data["message_id"]].author_id) == ("human", agent)
    assert (row.state, row.agent_id) == (state, agent)
    assert sum(event.kind == "message" for event in told) == len(messages)


def test_of_two_agents_who_take_at_once_one_is_told_who_was_faster(engine):
    history, handoffs = History(engine), Handoffs(engine)
    for _ in range(5):
        conversation_id = history.start("demo").id
        handoffs.request(conversation_id, reason="asked_for_person")
        together = threading.Barrier(2)

        def take(agent: Agent, conversation_id: str = conversation_id, together=together) -> str:
            together.wait()
            try:
                Handoffs(engine).take(conversation_id, agent)
            except Conflict as conflict:
                return conflict.holder
            return "taken"

        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(take, AGENTS))
        owner = history.conversation(conversation_id).agent_name
        assert sorted(said) == sorted(["taken", owner])
