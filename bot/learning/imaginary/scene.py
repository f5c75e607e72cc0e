"""Scene: one imaginary shop and one shopper, and the draft of what they say."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.learning.examples import Kind, Split
from bot.learning.imaginary.drawing import Language, Shop, Value
from bot.learning.imaginary.noise import frames
from bot.learning.imaginary.topic import Ask, PassageText, Topic, fill, part_of, topics

MORE_SAID = 0.25  # of the passages that could say more do
ASKING = ("?", "？")
_NEGATIVE = {"en": ("no,", "cannot", "can't"), "zh": ("不可以", "不能", "不行", "不支持", "没有")}
_POSITIVE = {"en": ("yes,",), "zh": ("是的", "可以的", "能的", "有的")}
_NEGATED = {
    "en": "no,|is no |free from|: no.|no sunday|not|n't|cannot|never|only|unless|exclu|after that|closed",
    "zh": "不|没|无|未|只|仅|休息|闭店",
}


@dataclass
class Draft:
    """An example before its passages are put in order.

    Attributes:
        passages: those that the answer cites first.
        said: the sentences of the answer, each with the places in `passages` it rests on.
        template: of the first passage.
    """

    kind: Kind
    question: str
    passages: list[str]
    said: Sequence[tuple[str, tuple[int, ...]]] = ()
    facts: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    template: PassageText | None = None


@dataclass(frozen=True)
class Scene:
    """One shop and one shopper."""

    rng: random.Random
    shop: Shop
    language: Language
    split: Split

    def topic(self) -> Topic:
        """One of the topics of this split."""
        return self.rng.choice(topics(self.language, self.split))

    def asked(self) -> tuple[Topic, Ask] | None:
        """Something that can be both asked and answered in this split."""
        topic = self.topic()
        asks = [ask for ask in topic.asks if ask.questions and topic.stating(ask)]
        return (topic, self.rng.choice(asks)) if asks else None

    def values(self, topic: Topic, kept: Mapping[str, Value] | None = None) -> dict[str, Value]:
        """New values for a topic, but for those kept."""
        return self.shop.draw(topic.draws, kept)

    def others(self, topic: Topic, values: Mapping[str, Value]) -> dict[str, Value]:
        """Values of the same topic for another country or product."""
        taken = self.shop.taken
        self.shop.taken = {value.text for value in values.values()}
        drawn = self.shop.draw(topic.draws)
        self.shop.taken = taken
        return drawn

    def one(self, templates: Sequence[str], values: Mapping[str, Value]) -> str:
        """One of some templates, filled in."""
        return self.fill(self.rng.choice(templates), values)

    def fill(self, template: str, values: Mapping[str, Value]) -> str:
        """A template of the shop, filled in."""
        return fill(template, values, self.rng, tight=self.shop.tight and self.language == "zh")

    def page(self, passages: Sequence[PassageText], values: Mapping[str, Value]) -> str:
        """One of some passages, filled in."""
        return self.fill(self.rng.choice(passages).text, values)

    def fuller(self, topic: Topic, template: PassageText, ask: Ask, values: Mapping[str, Value]) -> str:
        """A page, at times with what others of its topic say after it; nothing of it answers the ask."""
        page = self.fill(template.text, values)
        colon, space, semicolon = (": ", " ", ";") if self.language == "en" else ("：", "", "；")
        further = [
            passage.text.partition(colon)
            for passage in topic.silent_on(ask)
            if passage is not template and topic.agree(template, passage)
        ]
        further = [text for text in further if not text[0].endswith(ASKING)]  # half an answer without its question
        if not further or self.rng.random() > MORE_SAID:
            return page
        said = self.fill(self.rng.choice(further)[2], values)
        ended = page if page.endswith((".", "。", "!", "！")) else f"{page}{semicolon}"
        return page if said in page else f"{ended}{space}{said}"

    def frame(self, kind: str) -> str:
        """Words that answers have in all splits."""
        return str(self.rng.choice(frames()[kind][self.language]))

    def sentences(
        self, ask: Ask, values: Mapping[str, Value], places: tuple[int, ...]
    ) -> list[tuple[str, tuple[int, ...]]]:
        """An answer's sentences, resting on some passages."""
        answer = self.one(ask.answers, named(ask, values))
        return [(sentence.strip(), places) for sentence in answer.split("//")]

    def held_to(
        self, ask: Ask, values: Mapping[str, Value], said: Sequence[tuple[str, tuple[int, ...]]], page: str
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Facts, forbidden strings and tags of an answer."""
        values = named(ask, values)
        facts = tuple(self.fill(fact, values) for fact in ask.facts)
        forbidden = [self.fill(one, values) for one in ask.forbidden]
        tags = [*ask.tags, f"topic:{ask.topic}"]
        if ask.polarity:
            tags.append(ask.polarity)
            shown = f"{' '.join(sentence for sentence, _ in said)} {page}".casefold()
            opposite = _NEGATIVE if ask.polarity == "yes" else _POSITIVE
            forbidden += [one for one in opposite[self.language] if one not in shown]
            facts = facts if ask.polarity == "yes" else (*facts, _NEGATED[self.language])
        return facts, tuple(forbidden), tuple(tags)

    def question(self, ask: Ask, values: Mapping[str, Value]) -> str:
        """One of the questions of an ask."""
        return fill(self.rng.choice(ask.questions), named(ask, values), self.rng, tight=self.language == "zh")


def with_order(drafts: Sequence[Draft], scene: Scene) -> list[Draft]:
    """The same, with an order to whoever answers hidden in one of their passages, which all of them share."""
    order = scene.rng.choice(part_of(frames()["injections"][scene.language], scene.split))
    payload = scene.rng.choice(order["payloads"])
    pages = list(drafts[0].passages)
    place = scene.rng.randrange(len(pages))
    space = " " if scene.language == "en" else ""
    pages[place] = f"{pages[place]}{space}{order['text'].format(payload=payload)}"
    return [
        replace(draft, passages=pages, tags=(*draft.tags, "injection"), forbidden=(*draft.forbidden, payload))
        for draft in drafts
    ]


def named(ask: Ask, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values with the further names that an ask has for them."""
    return {**values, **{name: values[of] for name, of in ask.renamed.items()}}
