"""ProductAnswers: whether a question is one that product rows answer, and the answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from babel.numbers import get_currency_name

from bot.answering.answerable import SHOWN_FROM
from bot.answering.followups import Asked
from bot.answering.tools.products.advice import Advisor, is_fuzzy
from bot.answering.tools.products.attributes import Attribute, asked_attributes, without
from bot.answering.tools.products.cues import ProductWish, product_wish, without_choice
from bot.answering.tools.products.desk import ProductDesk
from bot.answering.tools.products.limits import PriceLimit
from bot.answering.tools.products.telling import side_by_side, told_of, with_table
from bot.answering.tools.products.wishes import Wish
from bot.answering.turn import Answer, Turn
from bot.reply import ProductCard
from knowledge.catalog import CatalogProduct
from knowledge.documents import Passage
from knowledge.keywords import tokenize

SEVERAL = 6  # products with one name, up to which all are shown
COMPARED = 3
LAST_WORDS = 3  # messages, in which a product is looked for that the next one leans on
CLOSE = 0.75  # of the best product's chance, for another found product to be shown beside it
ONE_OF_THE_FIRST = 3
# Beside what it is looked for, what says that a shop is asked for it.
_ASKING_FOR = re.compile(r"sell|carri|stock|offer|ani|buy|卖|买|店里|店铺")
BESIDE_CATEGORY = 1  # content words beside a category's name, up to which the question just wants to see it
BESIDE_KIND = 1  # content words beside what rows can tell, up to which a bare "waterproof shoes" is a wish
# How things are used, cared for and sized is no wish for them, whatever it names.
_ABOUT_USE = re.compile(
    r"\b(?:how(?! about)|why|when|should|will|does|did|may|can (?:i|it|you|we)|is (?:it|this|that)|are (?:they|these)|"
    r"what (?:do|should|if)|do (?!you|u\b)\w+|my|mine|ok(?:ay)?|any chance)\b"
    r"|怎么|如何|要不要|多久|多少|多大|对应|为什么|能不能|可不可以|会不会|是不是|什么时候|几[天个年]|我的"
)
_HOW_TO = re.compile(r"\bhow (?:do|to|should|long|often|wide)\b|怎么(?!样|卖|买)|如何|要不要|会不会|对应")
_TWO = re.compile(r"\b(?:the|these|those|first) (?:two|2)\b|\bboth\b|两|俩")
_ORDINALS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bfirst\b|\b1st\b|第[一1]",
        r"\bsecond\b|\b2nd\b|第[二2]",
        r"\bthird\b|\b3rd\b|第[三3]",
        r"\bfourth\b|\b4th\b|第[四4]",
        r"\bfifth\b|\b5th\b|\blast\b|第[五5]|最后",
    )
)
_DEFINITE = re.compile(r"\b(?:the|these|those)\b|这[款个双件]|那[款个双件]")
# A message that does no more than pick one of several shown.
_COUNTED_OUT = re.compile(
    r"(?:the )?(?:first|second|third|fourth|fifth|last|1st|2nd|3rd)(?: (?:one|pair))?\W*|(?:第.|最后一)[个款件双]?\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Meaning:
    """What a question means in terms of products.

    Attributes:
        products: that it names, or that were shown before and that it leans on; several when it fits them equally.
        named: it names them itself.
        compared: the products it wants set side by side.
        attributes: that it asks for.
    """

    wish: ProductWish
    products: tuple[CatalogProduct, ...]
    named: bool
    compared: tuple[CatalogProduct, ...]
    attributes: tuple[Attribute, ...] = ()

    @property
    def about(self) -> tuple[str, ...]:
        """Ids of the products that passages should be about; none when the question is not about certain ones."""
        if self.wish.service:
            return ()
        if self.compared:
            return tuple(product.product_id for product in self.compared)
        return (self.products[0].product_id,) if len(self.products) == 1 else ()

    def bare(self, question: str) -> str:
        """What the question asks of certain products, without their names; empty where it is about none."""
        return self.beside_names(question) if self.about else ""

    def beside_names(self, question: str) -> str:
        """The question without the words of the products' names: what it asks about them."""
        return _without_names(question, (*self.products, *self.compared))


class ProductAnswers:
    """Chooses between facts of one product, a list to choose from, and leaving it to the passages.

    Args:
        desk: answers from rows.
        advisor: tells what to choose from.
    """

    def __init__(self, desk: ProductDesk, advisor: Advisor) -> None:
        self._desk, self._advisor = desk, advisor

    def warm(self, shop: str, language: str) -> None:
        """Read the shop's products, and what they are found by and recommended from."""
        shelf = self._desk.shelf(shop, language)
        if shelf:
            shelf.warm()
            self._advisor.warm(shop)

    def named(self, turn: Turn, text: str) -> frozenset[str]:
        """Ids of the products that a text names, or that it fits equally."""
        return frozenset(product.product_id for product in self._desk.named(turn, text))

    def shown_before(self, turn: Turn) -> tuple[ProductCard, ...]:
        """The products that the talk was about last: those shown as cards, else those named in the last words.

        Before all of them comes the one that the shopper looks at.
        """
        if turn.page.product_id and (looked_at := self._desk.cards(turn, [turn.page.product_id])):
            return looked_at
        said = turn.earlier[-LAST_WORDS:]
        for message in reversed(said):
            if message.products:
                return message.products
        # What the bot quoted may name any product in passing; what the shopper or a person of the shop named is meant.
        latest_first = said[::-1]
        for message in sorted(latest_first, key=lambda message: message.role == "assistant"):
            named = self._desk.all_named(turn, message.text)
            if named:
                return self._desk.cards(turn, [product.product_id for product in named[:SEVERAL]])
        return ()

    def repeated(self, turn: Turn, asked: Asked) -> Asked:
        """The question before, asked of the product that a message just names: "and the Max?" after the Mini's battery.

        A name may leave out what it shares with the product shown before.
        """
        shown = self.shown_before(turn) if asked.leaning and asked.before else ()
        if not shown or asked_attributes(asked.bare):  # "weight?" names no weighted blanket
            return asked
        for said in (asked.bare, f"{shown[0].title.split()[0]} {asked.bare}"):
            named = self._desk.named(turn, said)
            words = set(tokenize(said))
            if len(named) == 1 and words and words <= set(tokenize(named[0].title)):
                known = self._desk.get(turn, [card.product_id for card in shown])
                text = f"{named[0].title} {_without_names(asked.before, known)}"
                return Asked(text, text)
        return asked

    def meaning(self, turn: Turn, asked: Asked) -> Meaning:
        """Which products the question is about, and what it wants of them."""
        wish = product_wish(asked.bare if asked.leaning else asked.text)
        attributes = asked_attributes(asked.bare)
        named = self._named(turn, asked.bare, wish, attributes)
        if named and wish.service:
            wish = replace(wish, service=product_wish(_without_names(asked.bare, named)).service)
        if asked.leaning and not asked.products and not wish.fact and product_wish(asked.text).service:
            wish = replace(wish, service=True)  # "and shoes?" after a question on the warranty wishes for no shoes
        leans = asked.products and not named
        meant = self._desk.get(turn, asked.products) if leans else named
        compared = self._desk.all_named(turn, asked.bare)[:COMPARED] if wish.compare else []
        if wish.compare and not named and len(compared) < 2:
            shown = meant if leans else self._desk.get(turn, [card.product_id for card in self.shown_before(turn)])
            compared = _counted_out(asked.bare, shown, all_of_them=bool(leans))
        compared = _as_said(asked.bare, compared) if len(compared) > 1 else []
        return Meaning(wish, tuple(meant), bool(named), tuple(compared), attributes)

    def _named(
        self, turn: Turn, question: str, wish: ProductWish, attributes: Sequence[Attribute]
    ) -> list[CatalogProduct]:
        """The products named; words that ask for an attribute ("is it noise cancelling") are no part of a name."""
        if not attributes or wish.fact:
            return self._desk.named(turn, question)
        rest = without(question, attributes)
        named = self._desk.named(turn, rest)
        if named or wish.browse:
            return named
        return self._desk.rarely_named(turn, rest)

    def answer(self, turn: Turn, asked: Asked, meaning: Meaning, passages: Sequence[Passage]) -> Answer | None:
        """What rows say; None when the question is none for them."""
        meaning = self._taken_rightly(turn, asked, meaning)
        wish, meant = meaning.wish, meaning.products
        if wish.service and not wish.stock and not wish.options:
            return None
        if self._just_fitting_to(turn, asked, wish):
            return self._desk.none_found(turn)
        shown = self.shown_before(turn)
        if leaning := self._beside(turn, asked, meaning, shown):
            return leaning
        wanted, refined = self._wanted(turn, asked, meaning, shown)
        if not wish.fact and (refined or _priced(wanted) or self._limited(turn, asked, meaning, wanted)):
            return self._to_choose_from(turn, wanted, passages)
        if not wish.fact and 0 < len(meant) <= SEVERAL and (stated := self._stated(turn, meaning)):
            return stated
        if len(meant) == 1 and not self._kind_named(asked, meaning, wanted):
            return self._of_one(turn, asked, meaning, meant[0])
        if len(meant) > 1 and (wish.fact or (meaning.named and wish.browse)):
            return self._which(turn, meant)
        if meaning.named and not wish.browse:
            return None
        return self._of_found(turn, asked, wish, wanted, passages)

    def _taken_rightly(self, turn: Turn, asked: Asked, meaning: Meaning) -> Meaning:
        """The meaning without what its words only seem to mean."""
        if meaning.wish.browse and _HOW_TO.search(turn.text.casefold()):
            meaning = replace(meaning, wish=replace(meaning.wish, browse=False))
        if meaning.named and is_fuzzy(turn.text) and not self._desk.models_named(turn, asked.bare):
            meaning = replace(meaning, products=(), named=False)  # a gift for a runner is no "Runner's Headlight"
        return meaning

    def _beside(self, turn: Turn, asked: Asked, meaning: Meaning, shown: Sequence[ProductCard]) -> Answer | None:
        """What leans on certain products: their comparison, cheaper ones, what goes with them."""
        if meaning.compared and meaning.named:
            return self._compared(turn, meaning)
        named, chosen = meaning.products if meaning.named else (), asked.products if asked.chosen else ()
        beside = self._advisor.beside(turn, named, shown, chosen=chosen, fact=meaning.wish.fact)
        return self._compared(turn, meaning) if beside is None and meaning.compared else beside

    def _wanted(self, turn: Turn, asked: Asked, meaning: Meaning, shown: Sequence[ProductCard]) -> tuple[Wish, bool]:
        text = asked.bare if asked.leaning else asked.text
        return self._advisor.wish(turn, text, shown, named=meaning.named, standing_alone=asked.text)

    def _of_found(
        self, turn: Turn, asked: Asked, wish: ProductWish, wanted: Wish, passages: Sequence[Passage]
    ) -> Answer | None:
        """A fact of the product that search is sure of, or products to choose from; None where neither is asked."""
        if wish.fact and not wish.browse and (found := self._found_first(turn, passages)):
            return self._desk.facts(turn, asked.bare, found, wish)
        if _priced(wanted) or wish.cheapest or wish.dearest or wish.browse or _just_kind(turn, wanted):
            return self._to_choose_from(turn, wanted, passages)
        return None

    def which(self, turn: Turn, product_ids: Sequence[str]) -> Answer | None:
        """Asks which of several products is meant; None where fewer than two are on show."""
        products = self._desk.get(turn, product_ids)
        return self._which(turn, products) if len(products) > 1 else None

    def _stated(self, turn: Turn, meaning: Meaning) -> Answer | None:
        """What rows and descriptions say of the attributes; that they say nothing, where no page may say more."""
        return self._desk.attributes(turn, meaning.products, meaning.attributes) if meaning.attributes else None

    def _compared(self, turn: Turn, meaning: Meaning) -> Answer:
        """What sets products apart: the attributes asked for, or all that their rows state; always with the table."""
        if meaning.attributes and (stated := self._desk.attributes(turn, meaning.compared, meaning.attributes)):
            return with_table(turn, stated, meaning.compared)
        return side_by_side(turn, meaning.compared)

    def _kind_named(self, asked: Asked, meaning: Meaning, wanted: Wish) -> bool:
        """Whether the words name no more than the kind of what is looked for: "do you have power banks?"."""
        if not (meaning.named and meaning.wish.browse and wanted.kind) or meaning.wish.fact:
            return False
        words = set(tokenize(asked.bare)) & set(tokenize(meaning.products[0].title))
        return len(wanted.kind.ids) > 1 and words <= wanted.kind.words

    def _just_fitting_to(self, turn: Turn, asked: Asked, wish: ProductWish) -> bool:
        """Whether the shop has only what goes with the one thing looked for: phone cases for "any phones?"."""
        words = [word for word in tokenize(asked.bare) if not _ASKING_FOR.fullmatch(word)]
        selling = wish.browse and not wish.service and not asked.leaning and len(words) == 1
        return selling and self._desk.only_accessories(turn, words[0])

    def _limited(self, turn: Turn, asked: Asked, meaning: Meaning, wanted: Wish) -> bool:
        """Whether it wishes for products of a kind that have something: "waterproof shoes in size 42"."""
        if wanted.kind is None or wanted.empty or self._desk.models_named(turn, asked.bare):
            return False
        if meaning.products and not meaning.named:
            return False
        told = {limit.slot for limit in wanted.limits} | ({wanted.order.aspect.name} if wanted.order else set())
        if any(attribute.name not in told and attribute.column not in told for attribute in meaning.attributes):
            return False
        plain = turn.text.casefold()
        if meaning.wish.browse or (wanted.order and wanted.order.one):
            return True
        return len(wanted.rest) <= BESIDE_KIND and not _ABOUT_USE.search(plain) and not _DEFINITE.search(plain)

    def cards(self, turn: Turn, meaning: Meaning, answer: Answer) -> Answer:
        """The answer with the cards of the products that it is about."""
        if answer.outcome == "refused" and answer.gear == "none" and meaning.attributes and len(meaning.products) == 1:
            return self._desk.not_stated(turn, meaning.products[0], meaning.attributes)
        if answer.products or answer.outcome != "answered" or not meaning.about:
            return answer
        return replace(answer, products=self._desk.cards(turn, meaning.about))

    def _of_one(self, turn: Turn, asked: Asked, meaning: Meaning, product: CatalogProduct) -> Answer | None:
        wish, words = meaning.wish, set(tokenize(asked.bare))
        title = set(tokenize(product.title)) if meaning.named else set()
        beside = words - title
        bare_title = (meaning.named and not beside) or (
            asked.chosen and bool(_COUNTED_OUT.fullmatch(asked.bare.strip()))
        )
        choice = self._desk.names_option(turn, asked.bare, product)
        if wish.fact or bare_title or (choice and len(beside) <= 3) or (wish.browse and len(beside) <= 1):
            return self._desk.facts(turn, asked.bare, product, wish)
        if (wish.cheapest or wish.dearest) and not meaning.named:
            return self._desk.facts(turn, asked.bare, product, wish)
        if wish.choice and product.variants and len(set(tokenize(without_choice(asked.bare))) - title) <= 1:
            return self._desk.facts(turn, asked.bare, product, wish)
        return self._desk.described(turn, product) if wish.about else None

    def _found_first(self, turn: Turn, passages: Sequence[Passage]) -> CatalogProduct | None:
        """The product that search is sure of, where the question describes it without its name."""
        if not passages or passages[0].chunk.kind != "product" or passages[0].score < SHOWN_FROM:
            return None
        found = self._desk.get(turn, [str(passages[0].chunk.attributes["product_id"])])
        return found[0] if found else None

    def _which(self, turn: Turn, products: Sequence[CatalogProduct]) -> Answer | None:
        found = products[:SEVERAL]
        return told_of(turn, turn.words.say("which_product"), found, [""] * len(found), reason="several_products")

    def _to_choose_from(self, turn: Turn, wanted: Wish, passages: Sequence[Passage]) -> Answer | None:
        found = self._found(passages, certain=not wanted.empty or wanted.kind is not None)
        answer = self._advisor.listing(turn, wanted, found)
        return self._in_shops_currency(turn, answer) if wanted.foreign and answer else answer

    def _found(self, passages: Sequence[Passage], *, certain: bool) -> list[str]:
        """The products that search found, unless other things fit the question better and products are not certain."""
        products = [passage for passage in passages if passage.chunk.kind == "product"]
        first_kinds = [passage.chunk.kind for passage in passages[:ONE_OF_THE_FIRST]]
        best = max((passage.score for passage in products), default=0.0)
        if not certain and (best < SHOWN_FROM or first_kinds.count("product") * 2 < len(first_kinds)):
            return []
        return [
            str(passage.chunk.attributes.get("product_id", "")) for passage in products if passage.score >= best * CLOSE
        ]

    def _in_shops_currency(self, turn: Turn, answer: Answer) -> Answer:
        """The answer, led in by the currency that its prices are in."""
        code = answer.products[0].currency if answer.products else turn.profile.currency
        name = get_currency_name(code, locale=turn.language)
        _, _, lines = answer.text.partition("\n")
        return replace(answer, text=f"{turn.words.say('other_currency', currency=name)}\n{lines}")


def _just_kind(turn: Turn, wanted: Wish) -> bool:
    """Whether the message says little more than the name of a category, or nothing but that of a kind."""
    if wanted.kind is None or _ABOUT_USE.search(turn.text.casefold()):
        return False
    if wanted.kind.category:
        return len(wanted.rest) <= BESIDE_CATEGORY
    return len(wanted.kind.ids) > 1 and not wanted.rest


def _as_said(text: str, products: Sequence[CatalogProduct]) -> list[CatalogProduct]:
    """The products in the order in which the text names them, by the words that are one's own."""
    said = tokenize(text)
    words = {product.product_id: set(tokenize(product.title)) for product in products}

    def place(product: CatalogProduct) -> int:
        others = set().union(*(theirs for one, theirs in words.items() if one != product.product_id))
        own = words[product.product_id] - others
        return next((at for at, word in enumerate(said) if word in own), len(said))

    return sorted(products, key=place)


def _counted_out(text: str, shown: Sequence[CatalogProduct], *, all_of_them: bool) -> list[CatalogProduct]:
    """Those of the products shown that are to be compared: "the two", "the first and the third", else all or none."""
    plain = text.casefold()
    counted = [shown[at] for at, pattern in enumerate(_ORDINALS) if at < len(shown) and pattern.search(plain)]
    if len(counted) > 1:
        return counted
    if _TWO.search(plain):
        return list(shown[:2])
    return list(shown[:SEVERAL]) if all_of_them else []


def _priced(wanted: Wish) -> bool:
    return wanted.foreign or any(isinstance(limit, PriceLimit) for limit in wanted.limits)


def _without_names(question: str, products: Sequence[CatalogProduct]) -> str:
    names = {word for product in products for word in tokenize(product.title)}
    return " ".join(word for word in question.split() if not tokenize(word) or not set(tokenize(word)) <= names)
