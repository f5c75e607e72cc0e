"""Turn: one shopper Message with what is needed to answer it; Answer: what a gear makes of it."""

from dataclasses import dataclass, field

from bot.answering.wording import Wording, wording
from bot.conversation.history import MessageView
from bot.reply import Citation, Gear, OrderCard, Outcome, ProductCard
from knowledge.documents import Passage
from knowledge.profile import ShopProfile


@dataclass(frozen=True)
class ShopPage:
    """What the shopper looks at while they write, as the shop's page says it.

    Attributes:
        product_id: that the page is about.
        title: of the page.
        cart: ids of the products in the cart.
    """

    product_id: str | None = None
    title: str = ""
    cart: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """One question on its way.

    Attributes:
        text: the message with personal data masked; everything but the order look-up works on it.
        typed: the message as typed; never stored, logged, searched for or shown to a model.
        language: of the reply.
        spoken: the language of the message itself where it could be told, ISO 639-1.
        earlier: the conversation before this message, oldest first.
        customer_id: who the shopper is at the shop, as the conversation knows it; never from what they write.
        page: what the shopper looks at.
    """

    conversation_id: str
    message_id: str
    shop: str
    text: str
    typed: str = field(repr=False)
    language: str
    spoken: str | None
    earlier: tuple[MessageView, ...]
    profile: ShopProfile
    customer_id: str | None = None
    page: ShopPage = ShopPage()

    @property
    def words(self) -> Wording:
        """The bot's sentences in the language of the reply."""
        return wording(self.language)

    @property
    def shop_name(self) -> str:
        """What the shop calls itself in the language of the reply."""
        return self.profile.name.get(self.language) or next(iter(self.profile.name.values()), self.shop)


@dataclass(frozen=True)
class Answer:
    """What a gear has to say.

    Attributes:
        reason: why this gear and outcome, one word or two.
        question: the standalone question that was searched; empty when nothing was.
        passages: what search found.
        prompt: what the model was given, whatever became of what it wrote; empty when it was not asked.
        streamed: whether the text was already shown while it came about.
        offers_person: it asks whether a person should take over.
        orders: the shopper's orders that it tells of.
    """

    text: str
    outcome: Outcome
    gear: Gear
    reason: str
    citations: tuple[Citation, ...] = ()
    products: tuple[ProductCard, ...] = ()
    suggestions: tuple[str, ...] = ()
    question: str = ""
    passages: tuple[Passage, ...] = ()
    prompt: str = ""
    streamed: bool = False
    offers_person: bool = False
    orders: tuple[OrderCard, ...] = ()
