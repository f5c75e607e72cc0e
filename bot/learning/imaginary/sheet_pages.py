"""The pages of a sheet: running text, questions with answers, tables and lists, drawn from topics and statements."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.learning.imaginary.drawing import Value
from bot.learning.imaginary.free_statements import FreePage, free_pages
from bot.learning.imaginary.noise import frames
from bot.learning.imaginary.scene import ASKING, Scene, named
from bot.learning.imaginary.statement import Asked, Key, Statement
from bot.learning.imaginary.topic import Ask, PassageText, Topic, fill, part_of
from bot.learning.stating import states

ROWS = (2, 4)
LINES = (2, 4)  # of a page of statements
MISSING = 3  # asks of each sort that are tried for what a page does not say
WHOLE = {"en": 260, "zh": 100}
"""Characters, up to which a statement may be the answer as it stands, with all that it says."""
KEPT_WHOLE = 0.85
"""Of answers that a statement gives as it stands are those words: a small model that learns to put them in its own
loses numbers and conditions."""
ROWS_KEPT_WHOLE = 0.5
FAQ = 0.25  # of pages of running text have a question as their title
_ENDS = (".", "。", "!", "！", "?", "？", ";", "；")
_ROWS_OF = {"listed", "product", "brand"}
_PLACES = {"countries", "regions"}


@dataclass(frozen=True)
class Page:
    """One passage.

    Attributes:
        title: as it stands before the colon.
        missing: what could be asked of it and is not stated on it.
        topic: what it is on.
        near: topics that may answer the same, itself among them.
        group: pages of one group go together although they are near; empty: none does.
    """

    title: str
    statements: tuple[Statement, ...]
    missing: tuple[Asked, ...]
    topic: str
    near: frozenset[str]
    chinese: bool
    group: str = ""

    @property
    def text(self) -> str:
        """As it stands in a prompt."""
        colon, space = ("：", "") if self.chinese else (": ", " ")
        return f"{self.title}{colon}{space.join(one.text for one in self.statements)}"


def _prose(scene: Scene) -> list[Page]:
    """What a topic's templates say one after another, at times with something else among it."""
    topic = scene.topic()
    values = scene.values(topic)
    templates = [one for one in topic.passages if one.answers] or list(topic.passages)
    first = scene.rng.choice(templates)
    chosen = [first]
    for other in scene.rng.sample(topic.passages, len(topic.passages)):
        spoken = {name for one in chosen for name in one.touches}
        if len(chosen) < 3 and not spoken & other.touches and all(topic.agree(one, other) for one in chosen):
            chosen.append(other)
    if len(chosen) > 1 and scene.rng.random() < 0.3:
        chosen = chosen[:1]
    title, body = _parts(scene, first.text)
    texts = [body] + [_continued(scene, one.text) for one in chosen[1:]]
    statements = [
        _stated(scene, topic, template, values, scene.fill(text, values))
        for template, text in zip(chosen, texts, strict=True)
    ]
    statements = [one for place, one in enumerate(statements) if one.text not in {s.text for s in statements[:place]}]
    if title.endswith(ASKING):
        shown = scene.fill(title, values)
    else:
        shown = scene.fill(title, values)
        if "{" not in title:
            statements += _aside(scene, topic)
            scene.rng.shuffle(statements)
        if len(statements) == 1 and scene.rng.random() < FAQ and (asked := statements[0].asked):
            shown = _as_title(scene.rng.choice(asked).question, scene)
    return [_page(scene, topic, shown, statements, values)]


def _aside(scene: Scene, topic: Topic) -> list[Statement]:
    """A statement on another topic, as pages have them."""
    other = scene.topic()
    if scene.rng.random() > 0.3 or other.name in topic.near or topic.name in other.near:
        return []
    plain = [one for one in other.passages if not _titled_by_value(scene, one.text)]
    if not plain:
        return []
    values = scene.values(other)
    template = scene.rng.choice(plain)
    return [_stated(scene, other, template, values, scene.fill(_parts(scene, template.text)[1], values))]


def _rows(scene: Scene) -> list[Page]:
    """One template for several countries or products: the rows of a table."""
    topic = scene.topic()
    entities = {ask.entity for ask in topic.asks if ask.entity}
    fitting = [
        (entity, template)
        for entity in sorted(entities)
        for template in topic.passages
        if f"{{{entity}" in template.text and template.answers and _only_row(topic, template, entity)
    ]
    if not fitting:
        return []
    entity, template = scene.rng.choice(fitting)
    title, body = _parts(scene, template.text)
    inside = f"{{{entity}" in title
    statements: list[Statement] = []
    drawn: list[dict[str, Value]] = []
    taken = scene.shop.taken
    for _ in range(scene.rng.randint(*ROWS)):
        values = scene.shop.draw(topic.draws)
        drawn.append(values)
        scene.shop.taken = scene.shop.taken | {value.text for value in values.values()}
        text = scene.fill(template.text if inside else body, values)
        statements.append(_stated(scene, topic, template, values, text, row=entity))
    scene.shop.taken = taken
    heading = scene.rng.choice(part_of(frames()["tables"][scene.language], scene.split))
    return [_page(scene, topic, heading if inside else scene.fill(title, drawn[0]), statements, drawn[0])]


def _free(scene: Scene) -> list[Page]:
    """A page of statements on anything."""
    return [_free_page(scene, scene.rng.choice(free_pages(scene.language, scene.split)))]


def _free_page(scene: Scene, page: FreePage) -> Page:
    values = scene.shop.draw(page.draws)
    title = scene.fill(page.title, values)
    if page.product:
        title = f"{scene.shop.name}{' ' if scene.language == 'en' else ''}{title}"
    # The rest is what could be asked and is not stated.
    lines = scene.rng.sample(page.lines, min(len(page.lines), scene.rng.randint(*LINES)))
    statements = []
    listed = scene.rng.random() < (0.8 if page.product else 0.25)
    for line in lines:
        text = scene.fill(line.text, values)
        ended = _ended(text, scene, listed=listed)
        said = (
            tuple(one.strip() for one in scene.fill(line.said, values).split("//"))
            if line.said
            else (_whole(ended, scene),)
        )
        asked = tuple(
            Asked(
                key=(page.name, line.name, ""),
                question=_of_product(
                    scene, page, title, fill(question, values, scene.rng, tight=scene.language == "zh")
                ),
                said=said,
                facts=tuple(scene.fill(fact, values) for fact in line.facts),
                tags=(f"free:{page.name}",),
            )
            for question in scene.rng.sample(line.questions, min(2, len(line.questions)))
        )
        statements.append(Statement(ended, frozenset({(page.name, line.name, "")}), asked))
    unsaid = [(line.name, scene.rng.choice(line.questions)) for line in page.lines if line not in lines]
    unsaid += [(question, question) for question in page.unanswered]
    missing = [
        Asked((page.name, name, ""), _of_product(scene, page, title, fill(question, values, scene.rng)))
        for name, question in unsaid
    ]
    return Page(
        title,
        tuple(statements),
        tuple(missing),
        page.name,
        frozenset({page.name, *page.near}),
        scene.language == "zh",
    )


def _of_product(scene: Scene, page: FreePage, title: str, question: str) -> str:
    """At times with the product's name, as it is asked from the start page; else as on its own page."""
    if not page.product or scene.rng.random() < 0.4:
        return question
    if scene.language == "zh":
        return f"{title}{question}"
    return scene.rng.choice((f"{title}: {question}", f"{question.rstrip('?')}, the {title.lower()}?"))


def _products(scene: Scene) -> list[Page]:
    """A product's lines, each or a few of them as a passage of their own, as search finds them."""
    choices = [page for page in free_pages(scene.language, scene.split) if page.product]
    if not choices:
        return []
    page = _free_page(scene, scene.rng.choice(choices))
    if scene.rng.random() < 0.5 or len(page.statements) < 3:
        return [page]
    return [
        Page(page.title, (statement,), page.missing, page.topic, page.near, page.chinese, group=page.title)
        for statement in page.statements[:3]
    ]


PAGES: Sequence[tuple[Callable[[Scene], list[Page]], float]] = (
    (_prose, 0.28),
    (_rows, 0.16),
    (_free, 0.36),
    (_products, 0.2),
)


def _page(
    scene: Scene,
    topic: Topic,
    title: str,
    statements: Sequence[Statement],
    values: Mapping[str, Value],
) -> Page:
    """With what else could be asked of its topic."""
    missing = list(_not_said(scene, topic, values))
    near = frozenset({topic.name, *topic.near})
    return Page(title, tuple(statements), tuple(missing), topic.name, near, scene.language == "zh")


def _not_said(scene: Scene, topic: Topic, values: Mapping[str, Value]) -> Iterator[Asked]:
    """Asks of the topic for these values and for another row, and those that no page answers; some are stated."""
    another = scene.others(topic, values)
    asks = [ask for ask in topic.asks if ask.questions]
    for ask in scene.rng.sample(asks, min(len(asks), MISSING)):
        yield _asked(scene, topic, ask, values, ())
        if ask.entity:
            yield _asked(scene, topic, ask, another, ())
    for question in scene.rng.sample(topic.unanswered, min(len(topic.unanswered), MISSING)):
        yield Asked((topic.name, question, ""), fill(question, values, scene.rng, tight=scene.language == "zh"))


def _stated(
    scene: Scene, topic: Topic, template: PassageText, values: Mapping[str, Value], text: str, *, row: str = ""
) -> Statement:
    text = _ended(text, scene, listed=False)
    keys = frozenset(_key(topic, ask, values, template) for ask in topic.asks if ask.name in template.touches)
    asks = [ask for ask in topic.asks if ask.name in template.answers and ask.questions]
    asked = tuple(_asked(scene, topic, ask, values, _said(scene, ask, values, text, row=row), template) for ask in asks)
    return Statement(text, keys, asked)


def _key(topic: Topic, ask: Ask, values: Mapping[str, Value], template: PassageText | None) -> Key:
    """Of one row, where the ask is of one and the template names it."""
    of_row = ask.entity and (template is None or f"{{{ask.entity}" in template.text)
    return topic.name, ask.wording, values[ask.entity].text if of_row else ""


def _asked(
    scene: Scene,
    topic: Topic,
    ask: Ask,
    values: Mapping[str, Value],
    said: tuple[str, ...],
    template: PassageText | None = None,
) -> Asked:
    tight = scene.language == "zh"
    mine = named(ask, values)
    pool = ask.short if ask.short and scene.rng.random() < 0.08 else ask.questions
    facts, forbidden, tags = scene.held_to(ask, values, [(one, (0,)) for one in said], "") if said else ((), (), ())
    follow = [one for one in ask.follow if ask.entity and f"{{{ask.entity}" in one]
    return Asked(
        key=_key(topic, ask, values, template),
        question=fill(scene.rng.choice(pool), mine, scene.rng, tight=tight),
        said=said,
        facts=facts,
        forbidden=forbidden,
        tags=tags,
        about=scene.fill(ask.about, mine) if ask.about else "",
        follow=fill(scene.rng.choice(follow), mine, scene.rng, tight=tight) if follow else "",
        bare=fill(scene.rng.choice(ask.bare), mine, scene.rng, tight=tight) if ask.bare else "",
        place=bool(ask.entity) and topic.draws[ask.entity].get("listed") in _PLACES,
    )


def _said(scene: Scene, ask: Ask, values: Mapping[str, Value], text: str, *, row: str) -> tuple[str, ...]:
    """The statement itself where it is short and holds all that is asked; else one of the ask's own answers."""
    facts, _, _ = scene.held_to(ask, values, (), "")
    whole = len(text) <= WHOLE[scene.language]
    holds = facts and all(any(states(text, one) for one in fact.split("|")) for fact in facts)
    of_row = not ask.entity or values[ask.entity].text in text
    if whole and holds and of_row and scene.rng.random() < (ROWS_KEPT_WHOLE if row else KEPT_WHOLE):
        return (_whole(text, scene),)
    return tuple(sentence for sentence, _ in scene.sentences(ask, values, ()))


def _whole(text: str, scene: Scene) -> str:
    """A list item as a sentence."""
    end = "。" if scene.language == "zh" else "."
    shown = text.rstrip(";；")
    return shown if shown.endswith(_ENDS) else f"{shown}{end}"


def _ended(text: str, scene: Scene, *, listed: bool) -> str:
    if text.endswith(_ENDS):
        return text
    if scene.language == "zh":
        return f"{text}{'；' if listed else '。'}"
    return f"{text}{';' if listed else '.'}"


def _parts(scene: Scene, template: str) -> tuple[str, str]:
    title, _, body = template.partition(": " if scene.language == "en" else "：")
    return title, body


def _titled_by_value(scene: Scene, template: str) -> bool:
    title, _ = _parts(scene, template)
    return "{" in title or title.endswith(ASKING)


def _continued(scene: Scene, template: str) -> str:
    """What follows on a page: with its title where that says what it is about."""
    return template if _titled_by_value(scene, template) else _parts(scene, template)[1]


def _only_row(topic: Topic, template: PassageText, entity: str) -> bool:
    others = [name for name, how in topic.draws.items() if name != entity and _ROWS_OF & set(how)]
    return not any(f"{{{name}" in template.text for name in others)


def _as_title(question: str, scene: Scene) -> str:
    shown = question[:1].upper() + question[1:]
    mark = "？" if scene.language == "zh" else "?"
    return shown if shown.endswith(ASKING) else f"{shown.rstrip('.。')}{mark}"
