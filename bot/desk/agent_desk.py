"""AgentDesk: what people of the shop do in conversations; taking over and seeing contacts is written into the log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.answering.assistant import Assistant
from bot.answering.handing_over import ANGRY_URGENCY_SECONDS, PeopleAreThere, people_there
from bot.answering.turn import Answer
from bot.conversation.events import Bulletin
from bot.conversation.handoff import Agent, Contacts, DeskWatch, Handoffs, Line, Presence
from bot.conversation.history import History
from bot.conversation.messages import MessageView
from bot.desk.briefing import Briefing, briefing
from bot.desk.feelings import Feelings
from bot.desk.looking_up import LookUp
from bot.desk.own_words import storable
from bot.errors import Conflict, InvalidInput, NotFound
from bot.reply import Citation
from bot.staff.accounts import StaffAccount
from bot.staff.audit import AuditLog
from knowledge.profile import Profiles, ShopProfile

PRODUCTS_A_MESSAGE = 6
SOURCES_A_MESSAGE = 6


@dataclass(frozen=True)
class Cited:
    """A stored source as an agent wants it shown: its number in the text, its passage, the words that matter."""

    index: int
    chunk_id: str
    quote: str = ""


@dataclass(frozen=True)
class AgentDesk:
    """The desk; every method is safe to call from any thread and in several processes.

    Attributes:
        history: what was said.
        handoffs: who is in charge.
        line: who waits.
        presence: who sits here.
        contacts: where shoppers want to be reached.
        bulletin: tells of everything at once.
        audit: keeps who took over what.
        profiles: the shops' hours and contacts.
        feelings: how shoppers feel.
        lookup: products and sources.
        assistant: drafts replies; asked for when first needed.
        lease_seconds: without a sign of life for so long, an agent is gone.
        now: the present time.
    """

    history: History
    handoffs: Handoffs
    line: Line
    presence: Presence
    contacts: Contacts
    bulletin: Bulletin
    audit: AuditLog
    profiles: Profiles
    feelings: Feelings
    lookup: Callable[[], LookUp]
    assistant: Callable[[], Assistant]
    lease_seconds: float
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def watch(self) -> DeskWatch:
        """What looks after the desk while a server runs: start it, and close it at the end."""
        return DeskWatch(self.handoffs, self.line, self.bulletin, lease_seconds=self.lease_seconds)

    def request(self, conversation_id: str, *, reason: str, comment: str = "") -> str:
        """A shopper asks for a person; who is upset stands a little further ahead.

        Returns:
            The id of the open request.

        Raises:
            NotFound: no such conversation.
        """
        upset = self.feelings.latest([conversation_id]).get(conversation_id) == "negative"
        urgency_seconds = ANGRY_URGENCY_SECONDS if upset else 0.0
        return self.handoffs.request(conversation_id, reason=reason, summary=comment, urgency_seconds=urgency_seconds)

    def take(self, conversation_id: str, account: StaffAccount) -> None:
        """Come in charge of what waits or what the bot leads.

        Raises:
            Conflict: a colleague is in charge, or it is closed.
            NotFound: no such conversation.
        """
        self.handoffs.take(conversation_id, agent_of(account))
        self._log(account, "handoff.taken", conversation_id)

    def take_from(self, conversation_id: str, owner_id: str, account: StaffAccount, *, reason: str) -> None:
        """Come in charge in the place of a colleague, for a reason that is kept.

        Raises:
            Conflict: another than `owner_id` is in charge by now.
            InvalidInput: no reason.
            NotFound: no such conversation.
        """
        if not reason.strip():
            raise InvalidInput("Say why you take this conversation from your colleague; it is kept in the audit log.")
        self.handoffs.take_from(conversation_id, owner_id, agent_of(account))
        self._log(account, "handoff.taken_from", conversation_id, owner=owner_id, reason=reason.strip())

    def ask(self, conversation_id: str, account: StaffAccount) -> None:
        """Ask the colleague in charge to pass the conversation on.

        Raises:
            Conflict: nobody is in charge.
            NotFound: no such conversation.
        """
        conversation = self.history.conversation(conversation_id)
        if conversation.state != "human" or conversation.agent_id is None:
            raise Conflict("Nobody is in charge of this conversation; take it.")
        told = {"by_id": account.id, "by": account.name, "owner_id": conversation.agent_id}
        self.bulletin.publish("asked", conversation_id, told)

    def transfer(self, conversation_id: str, account: StaffAccount, to_id: str) -> None:
        """Pass one's own conversation to a colleague at the desk.

        Raises:
            Conflict: the agent is not in charge.
            NotFound: no such conversation, or the colleague is not at the desk.
        """
        to = next((agent for agent in self.presence.here() if agent.id == to_id), None)
        if to is None:
            raise NotFound("This colleague is not at the desk now; choose another, or put the conversation back.")
        self.handoffs.transfer(conversation_id, agent_of(account), to)
        self._log(account, "handoff.transferred", conversation_id, to=to.name)

    def release(self, conversation_id: str, account: StaffAccount) -> None:
        """Put one's own conversation back into the queue.

        Raises:
            Conflict: the agent is not in charge.
            NotFound: no such conversation.
        """
        self.handoffs.release(conversation_id, agent_of(account))
        self._log(account, "handoff.released", conversation_id)

    def give_back(self, conversation_id: str, account: StaffAccount) -> None:
        """Let the bot go on with one's own conversation; what was said stays with it.

        Raises:
            Conflict: the agent is not in charge.
            NotFound: no such conversation.
        """
        self.handoffs.give_back(conversation_id, agent_of(account))
        self._log(account, "handoff.given_back", conversation_id)

    def close(self, conversation_id: str, account: StaffAccount) -> None:
        """End one's own conversation.

        Raises:
            Conflict: the agent is not in charge.
            NotFound: no such conversation.
        """
        self.handoffs.close(conversation_id, agent_of(account))
        self._log(account, "handoff.closed", conversation_id)

    def alive(self, account: StaffAccount) -> None:
        """A sign of life: they sit at the desk and keep what they have."""
        agent = agent_of(account)
        self.presence.seen(agent)
        self.handoffs.renew(agent)

    def say(
        self,
        conversation_id: str,
        account: StaffAccount,
        text: str,
        *,
        message_id: str,
        product_ids: Sequence[str] = (),
        cited: Sequence[Cited] = (),
    ) -> MessageView:
        """Send a message to the shopper; only who is in charge can.

        Args:
            conversation_id: the conversation.
            account: who says it.
            text: what they say; personal data other than the shop's own contact is masked.
            message_id: chosen by the sender, so that sending it again stores it once.
            product_ids: products to show with it, from the catalogue.
            cited: stored sources to show with it.

        Raises:
            Conflict: the agent is not in charge.
            InvalidInput: it is empty, or names a source that is not stored.
            NotFound: no such conversation.
        """
        conversation = self.history.conversation(conversation_id)
        shop, language = conversation.shop, conversation.language or "en"
        profile = self.profiles.get(shop)
        products = []
        if product_ids:
            products = self.lookup().cards(shop, product_ids[:PRODUCTS_A_MESSAGE], language=language)
        return self.history.add_agent_message(
            conversation_id,
            agent_of(account),
            storable(text, own=_own(profile)),
            message_id=message_id,
            products=products,
            citations=self._citations(shop, cited[:SOURCES_A_MESSAGE]),
        )

    def briefing(self, conversation_id: str) -> Briefing:
        """The conversation in short.

        Raises:
            NotFound: no such conversation.
        """
        return briefing(self.history.messages(conversation_id))

    def draft(self, conversation_id: str, message_id: str = "") -> Answer | None:
        """What the bot would answer; for a person to edit and to send, or not.

        Args:
            conversation_id: the conversation.
            message_id: the shopper's message to answer; empty: the latest open question, else the latest message.

        Returns:
            None when the shopper has asked nothing yet.

        Raises:
            NotFound: no such conversation, or no such message in it.
        """
        said = self.history.messages(conversation_id)
        wanted = message_id or briefing(said).open_message_id
        asked = [message for message in said if message.role == "user"]
        if message_id and all(message.id != message_id for message in asked):
            raise NotFound(f"There is no shopper's message {message_id!r} in this conversation.")
        if not asked:
            return None
        message = next((message for message in asked if message.id == wanted), asked[-1])
        return self.assistant().draft(conversation_id, message)

    def reveal_contact(self, conversation_id: str, account: StaffAccount) -> str:
        """Where the shopper wants to be reached; that it was looked at is kept.

        Raises:
            NotFound: they left nothing.
        """
        value = self.contacts.reveal(conversation_id)
        self._log(account, "contact.revealed", conversation_id)
        return value

    def people_there(self, profile: ShopProfile) -> PeopleAreThere:
        """Whether a person would answer a shopper of this shop now."""
        return people_there(profile, now=self.now(), agents=len(self.presence.here()))

    def _citations(self, shop: str, cited: Sequence[Cited]) -> list[Citation]:
        citations = []
        for one in cited:
            citation = self.lookup().source(shop, one.index, one.chunk_id, one.quote)
            if citation is None:
                raise InvalidInput(f"The source {one.chunk_id!r} is not in the shop's pages any more; choose another.")
            citations.append(citation)
        return citations

    def _log(self, account: StaffAccount, action: str, conversation_id: str, **details: str) -> None:
        self.audit.record(account.email, action, conversation_id, details)


def agent_of(account: StaffAccount) -> Agent:
    """The account as shoppers see it."""
    return Agent(account.id, account.name)


def _own(profile: ShopProfile) -> str:
    contact = profile.contact
    return " ".join((contact.email, contact.phone, contact.address, profile.url))
