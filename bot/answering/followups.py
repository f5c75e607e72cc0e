"""Follow-ups: what a message leans on in the conversation, and the standalone question it stands for."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from bot.answering.intent import classify
from bot.answering.shop_words import meant
from bot.answering.tools.products.attributes import asked_attributes, without
from bot.answering.tools.products.cues import product_wish, without_choice
from bot.answering.turn import Turn
from bot.conversation.history import MessageView
from bot.reply import ProductCard
from knowledge.keywords import tokenize

SHORT_WORDS = 5  # content words, up to which an opening like "and …" leans on the question before
LOOK_BACK = 6  # messages
SPOKEN_CHARACTERS = 200  # of what a person said, to be searched along with the question
BESIDE_FACT = 0  # content words beside an attribute or colour, with which a message names nothing that it is about

# A courtesy before a question is no part of it: "thanks! and do you ship to Canada?"
_COURTEOUS = (
    r"(?:(?:ok(?:ay)?|great|perfect|nice|cool|good|thanks|thank you|thx|cheers|hi|hello|hey)(?: a lot| so much)?"
    r"|好的?|谢谢(?:你|您|啦|了)?|多谢|明白了?|知道了|你好|您好)"
)
_COURTESY = re.compile(rf"^(?:{_COURTEOUS}\s+)*{_COURTEOUS}\s*[!！.。,，~～]+\s*(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A question that stands alone.

    Attributes:
        text: to search for.
        bare: the message itself without "and what about …", for what needs no context.
        products: ids of the products that it is about, by what was shown before; the likeliest first.
        leaning: whether it leaned on the conversation.
        chosen: whether it picks one of several products shown ("the second one").
        before: the question that it leans on.
    """

    text: str
    bare: str
    products: tuple[str, ...] = ()
    leaning: bool = False
    chosen: bool = False
    before: str = ""


@dataclass(frozen=True)
class _Cues:
    opening: re.Pattern[str]
    closing: re.Pattern[str]
    pronoun: re.Pattern[str]
    demonstrative: re.Pattern[str]
    last: re.Pattern[str]
    ordinals: tuple[re.Pattern[str], ...]
    asks: re.Pattern[str]


def standalone(turn: Turn, shown: Sequence[ProductCard]) -> Asked:
    """The standalone question behind a message.

    Args:
        turn: the message and what was said before.
        shown: the products that the talk was about last, in the order shown.
    """
    text = _COURTESY.sub("", turn.text.strip())
    plain = unicodedata.normalize("NFKC", text).casefold()
    cues = _cues()
    before = _question_before(turn.earlier)
    if before is None:
        if not turn.page.product_id:
            return Asked(text, text)
        before = ""  # the page that the shopper looks at is what they lean on
    bare = _bare(text, cues)
    points = bool(cues.pronoun.search(plain))
    short = len(tokenize(bare)) <= SHORT_WORDS
    opens = bool(cues.opening.search(plain) or cues.closing.search(plain))
    fragment = len(tokenize(bare)) <= 2 and not _is_question_by_itself(plain)
    leaning = points or (short and (opens or fragment or bool(cues.demonstrative.search(plain))))
    if not leaning:
        about_it = _bare_fact(plain) or (turn.page.product_id and _fact_of_a_product(plain))
        return Asked(text, text, products=tuple(card.product_id for card in shown[:1]) if about_it else ())
    chosen = _chosen(plain, shown, cues)
    products = tuple(card.product_id for card in chosen)
    # After a question on the shop's services, what its answer happened to name is not what "and Japan?" is about.
    of_them = points or _bare_fact(_bare(plain, cues)) or not product_wish(before).service
    if chosen and of_them and not product_wish(bare).service:
        return Asked(
            f"{chosen[0].title} {bare}", bare, products, leaning=True, chosen=len(chosen) < len(shown), before=before
        )
    if product_wish(bare).service and shown:
        return Asked(bare, bare, products, leaning=True, before=before)
    joined = _joined(before, bare, cues)
    return Asked(joined, bare, products if of_them else (), leaning=True, before=before)


def said_last(earlier: Sequence[MessageView]) -> tuple[str, ...]:
    """The last message of the shopper and the bot's reply to it; nothing where there was none."""
    if len(earlier) < 2 or (earlier[-2].role, earlier[-1].role) != ("user", "assistant"):
        return ()
    return earlier[-2].text, earlier[-1].text


def _joined(before: str, bare: str, cues: _Cues) -> str:
    """The question before with what the new message puts in its place.

    Another place or kind of goods takes the place of the one before; another question takes the place of the question.
    """
    if not before:
        return bare
    plain = unicodedata.normalize("NFKC", before).casefold()
    after = unicodedata.normalize("NFKC", bare).casefold()
    for kind in ("place", "goods"):
        new, old = ([thing.said for thing in meant(text) if thing.kind == kind] for text in (after, plain))
        if len(new) == 1 and len(old) == 1 and new != old:
            return plain.replace(old[0], new[0], 1)
    goods = [thing.said for thing in meant(plain) if thing.kind == "goods"]
    if len(goods) == 1 and not meant(after) and not cues.asks.search(after) and not product_wish(after).service:
        return plain.replace(goods[0], after, 1)  # goods that no list knows: "and your mugs?"
    if cues.asks.search(after):
        plain = " ".join(cues.asks.sub(" ", plain).split())
    return f"{plain} {bare}"


def _bare_fact(plain: str) -> bool:
    """Whether it asks for a price, stock, choice or attribute of something it does not name."""
    wish = product_wish(plain)
    if wish.fact and len(tokenize(plain)) <= SHORT_WORDS:
        return True
    attributes = asked_attributes(plain)
    if not attributes and not wish.choice:
        return False
    return len(tokenize(without_choice(without(plain, attributes)))) <= BESIDE_FACT


def _fact_of_a_product(plain: str) -> bool:
    """Whether it asks what a product is like, and for no kind of goods: on a product's page, what that one is like."""
    wish = product_wish(plain)
    asks = wish.fact or bool(asked_attributes(plain))
    return asks and not (wish.browse or wish.service) and all(thing.kind != "goods" for thing in meant(plain))


_HOW_ONLY = re.compile(r"^(?:那|又|该|要|得|可以)*(?:怎么|如何)(?:用|查|领|算|兑换?|弄|操作|办理)(?:呢|啊|呀|的)?\W*$")
"""Asks how to do what it does not name."""


def _is_question_by_itself(plain: str) -> bool:
    return not _HOW_ONLY.search(plain) and bool(
        re.search(
            r"^(?:what|how|when|where|who|which|why|can|do|does|is|are|will)\b.*\w+\s+\w+|[吗么嘛]|什么|怎么|多少|多久|如何|哪",
            plain,
        )
    )


def _bare(text: str, cues: _Cues) -> str:
    """The message without the words that only tie it to the one before."""
    bare = re.sub(cues.opening.pattern, "", text, flags=re.IGNORECASE).strip()
    bare = re.sub(r"呢\s*[?？]?$", "", bare).strip()
    return bare or text


def _chosen(plain: str, shown: Sequence[ProductCard], cues: _Cues) -> tuple[ProductCard, ...]:
    """The products meant: the one counted out ("the second one"), else all that were shown last."""
    if len(shown) > 1:
        if cues.last.search(plain):
            return (shown[-1],)
        for place, ordinal in enumerate(cues.ordinals):
            if ordinal.search(plain) and place < len(shown):
                return (shown[place],)
        wish = product_wish(plain)
        if wish.cheapest or wish.dearest:
            priced = sorted((card for card in shown if card.price is not None), key=lambda card: card.price or 0)
            return tuple(priced[:1] if wish.cheapest else priced[-1:]) or tuple(shown)
    return tuple(shown)


def _question_before(earlier: Sequence[MessageView]) -> str | None:
    """The last question that was more than a courtesy; one that leant on another brings that along.

    Where the shopper asked none, what a person of the shop spoke of last is what the talk is about.
    """
    asked: list[str] = []
    spoken = next((message.text for message in reversed(earlier[-LOOK_BACK:]) if message.role == "human_agent"), "")
    for message in reversed(earlier[-LOOK_BACK:]):
        if message.role != "user" or classify(message.text).name != "question":
            continue
        asked.insert(0, _bare(message.text.strip(), _cues()))
        plain = message.text.strip().casefold()
        if not (_cues().opening.search(plain) or _cues().closing.search(plain)) or len(asked) == 2:
            break
    return " ".join(asked) or " ".join(spoken.split())[:SPOKEN_CHARACTERS] or None


@cache
def _cues() -> _Cues:
    read = yaml.safe_load((files("bot.answering") / "followup_cues.yaml").read_text(encoding="utf-8"))

    def compiled(text: str) -> re.Pattern[str]:
        return re.compile(text.replace("\n", "").replace(" |", "|").strip())

    return _Cues(
        opening=compiled(read["opening"]),
        closing=compiled(read["closing"]),
        pronoun=compiled(read["pronoun"]),
        demonstrative=compiled(read["demonstrative"]),
        last=compiled(read["last"]),
        ordinals=tuple(compiled(text) for text in read["ordinals"]),
        asks=compiled(read["asks"]),
    )
