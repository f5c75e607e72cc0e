"""Sheet: passages as search gives them, each of several statements, and several things that are asked of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.learning.examples import OPENING
from bot.learning.imaginary.noise import frames
from bot.learning.imaginary.scene import Draft, Scene, with_order
from bot.learning.imaginary.sheet_pages import PAGES, Page
from bot.learning.imaginary.statement import Asked, Statement
from bot.learning.imaginary.topic import part_of

PASSAGES = 3
QUESTIONS = (7, 12)
LONGEST = {"en": 1150, "zh": 430}  # characters of all passages: some 300 tokens
FIRST = 0.7
WRITTEN_OUT = 6
"""Questions of a sheet with openings whose whole answers are learned too."""
UNANSWERED = 0.45  # of the openings are refusals, where the sheet leaves so much unsaid
_REPEATED = 0.15  # of sheets hold a passage that is a part of another: search finds a table once for each of its parts
_ORDERED = 0.05  # of sheets hold an order to whoever answers
_LINKED = {"en": " ", "zh": ""}


@dataclass(frozen=True)
class Sheet:
    """Passages, what they state, and what could be asked and is not stated.

    Attributes:
        missing: never of what a statement speaks of.
    """

    scene: Scene
    pages: tuple[Page, ...]
    missing: tuple[Asked, ...]

    @property
    def passages(self) -> list[str]:
        """The pages as they stand in a prompt."""
        return [page.text for page in self.pages]

    def place(self, statement: Statement) -> int:
        """The first page that states it."""
        return next(place for place, page in enumerate(self.pages) if statement in page.statements)

    def answered(self) -> list[tuple[int, Asked]]:
        """What is answered by one statement and spoken of by no other, with the page."""
        stated = list(dict.fromkeys(statement for page in self.pages for statement in page.statements))
        return [
            (self.place(statement), asked)
            for statement in stated
            for asked in statement.asked
            if not any(other.touches(asked.key) for other in stated if other is not statement)
        ]

    def one(self) -> tuple[int, Asked]:
        """One of what is answered: of the first page more often than not, as search finds it."""
        answered = self.answered()
        first = [one for one in answered if one[0] == 0]
        return self.scene.rng.choice(first if first and self.scene.rng.random() < FIRST else answered)


def sheet(scene: Scene, *, openings: int = 0) -> list[Draft]:
    """The drafts of one sheet; nothing where it came out too long or empty. All have the same passages in one order.

    Args:
        scene: the shop and the shopper.
        openings: so many questions more, of which only that is learned whether they are answered, beside at most
            `WRITTEN_OUT` others.
    """
    drawn = _drawn(scene)
    if drawn is None or not drawn.answered() or sum(map(len, drawn.passages)) > LONGEST[scene.language]:
        return []
    wanted = scene.rng.randint(*QUESTIONS)
    drafts: dict[str, Draft] = {}
    for _ in range(4 * wanted):
        make = scene.rng.choices([maker for maker, _ in _MAKERS], [share for _, share in _MAKERS])[0]
        if draft := make(drawn):
            drafts.setdefault(f"{draft.history} {draft.question}", draft)
        if len(drafts) == wanted:
            break
    made = list(drafts.values())
    if openings:
        made = made[:WRITTEN_OUT]
        made += _openings(drawn, openings, {draft.question for draft in made})
    return with_order(made, scene) if made and scene.rng.random() < _ORDERED else made


def _drawn(scene: Scene) -> Sheet | None:
    pages: list[Page] = []
    for _ in range(PASSAGES * 4):
        make = scene.rng.choices([maker for maker, _ in PAGES], [share for _, share in PAGES])[0]
        for page in make(scene):
            near = {name for other in pages for name in other.near}
            if len(pages) < PASSAGES and (page.group in {other.group for other in pages} or page.topic not in near):
                pages.append(page)
        if len(pages) == PASSAGES:
            break
    if not pages:
        return None
    if scene.rng.random() < _REPEATED and len(pages[0].statements) > 1:
        part = tuple(scene.rng.sample(pages[0].statements, len(pages[0].statements) - 1))
        pages[-1] = replace(pages[0], statements=tuple(one for one in pages[0].statements if one in part))
    if scene.rng.random() < 0.5:
        scene.rng.shuffle(pages)
    stated = [statement for page in pages for statement in page.statements]
    missing = [asked for page in pages for asked in page.missing if not any(one.touches(asked.key) for one in stated)]
    return Sheet(scene, tuple(pages), tuple(missing))


def _answer(sheet: Sheet) -> Draft | None:
    place, asked = sheet.one()
    said = [(sentence, (place,)) for sentence in asked.said]
    return Draft("answer", asked.question, sheet.passages, said, asked.facts, _forbidden(asked), _tags(asked))


def _openings(sheet: Sheet, count: int, taken: set[str]) -> list[Draft]:
    """Questions not taken yet: a third of a written answer's tokens each, and so three times as many are seen."""
    rng = sheet.scene.rng
    silent = [one for one in sheet.missing if one.question not in taken]
    silent = rng.sample(silent, min(len(silent), round(count * UNANSWERED)))
    stated = [one for one in sheet.answered() if one[1].question not in taken]
    stated = rng.sample(stated, min(len(stated), count - len(silent)))
    drafts = [Draft("refuse", one.question, sheet.passages, tags=("sheet", "near_topic", OPENING)) for one in silent]
    for place, one in stated:
        said = [(sentence, (place,)) for sentence in one.said]
        tags = (*_tags(one), OPENING)
        drafts.append(Draft("answer", one.question, sheet.passages, said, one.facts, _forbidden(one), tags))
    return list({draft.question: draft for draft in drafts}.values())


def _forbidden(asked: Asked) -> tuple[str, ...]:
    """What the answer, which may be a whole statement, does not say itself."""
    said = " ".join(asked.said).casefold()
    return tuple(one for one in asked.forbidden if one.casefold() not in said)


def _tags(*asked: Asked) -> tuple[str, ...]:
    return ("sheet", *(tag for one in asked for tag in one.tags))


def _refuse(sheet: Sheet) -> Draft | None:
    if not sheet.missing:
        return None
    asked = sheet.scene.rng.choice(sheet.missing)
    return Draft("refuse", asked.question, sheet.passages, tags=("sheet", "near_topic"))


def _elsewhere(sheet: Sheet) -> Draft | None:
    """A question on something else altogether."""
    scene = sheet.scene
    near = {name for page in sheet.pages for name in page.near}
    if not (found := scene.asked()) or found[0].near & near:
        return None
    topic, ask = found
    return Draft("refuse", scene.question(ask, scene.values(topic)), sheet.passages, tags=("sheet", "off_topic"))


def _two(sheet: Sheet) -> Draft | None:
    """Two things asked at once."""
    answered = sheet.answered()
    if len(answered) < 2:
        return None
    (one, first), (two, second) = sheet.scene.rng.sample(answered, 2)
    if first.key[:2] == second.key[:2]:
        return None
    said = [*((text, (one,)) for text in first.said), *((text, (two,)) for text in second.said)]
    if len({text for text, _ in said}) < len(said):
        return None
    question = joined(sheet.scene, first.question, second.question)
    facts = (*first.facts, *second.facts)
    return Draft("answer", question, sheet.passages, said, facts, (), (*_tags(first, second), "several_asked"))


def _half(sheet: Sheet) -> Draft | None:
    missing = [asked for asked in sheet.missing if asked.about]
    if not missing:
        return None
    place, first = sheet.one()
    second = sheet.scene.rng.choice(missing)
    unknown = sheet.scene.frame("unknown").format(about=second.about)
    said = [*((text, (place,)) for text in first.said), (unknown, ())]
    question = joined(sheet.scene, first.question, second.question)
    return Draft("half", question, sheet.passages, said, first.facts, (), (*_tags(first), "half"))


def _follow_up(sheet: Sheet) -> Draft | None:
    """The same asked again, of another row of the same table."""
    answered = [(place, asked) for place, asked in sheet.answered() if asked.follow]
    pairs = [
        (before, place, asked)
        for _, before in answered
        for place, asked in answered
        if before.key[:2] == asked.key[:2] and before.key[2] != asked.key[2]
    ]
    if not pairs:
        return None
    before, place, asked = sheet.scene.rng.choice(pairs)
    said = [(text, (place,)) for text in asked.said]
    history = before.question, _LINKED[sheet.scene.language].join(before.said)
    tags = (*_tags(asked), "follow_up")
    return Draft("answer", asked.follow, sheet.passages, said, asked.facts, _forbidden(asked), tags, history)


def _compared(sheet: Sheet) -> Draft | None:
    """The same asked of two rows of a table."""
    answered = [(place, asked) for place, asked in sheet.answered() if asked.follow]
    pairs = [
        (one, two)
        for one in answered
        for two in answered
        if one[1].key[:2] == two[1].key[:2] and one[1].key[2] != two[1].key[2]
    ]
    if not pairs:
        return None
    (one, first), (two, second) = sheet.scene.rng.choice(pairs)
    said = [*((text, (one,)) for text in first.said), *((text, (two,)) for text in second.said)]
    if len({text for text, _ in said}) < len(said):
        return None
    question = f"{ended(first.question, sheet.scene)}{_LINKED[sheet.scene.language]}{second.follow}"
    facts = (*first.facts, *second.facts)
    return Draft("answer", question, sheet.passages, said, facts, (), (*_tags(first, second), "compared"))


def _ask_back(sheet: Sheet) -> Draft | None:
    """A question that leaves out which of two rows it is about."""
    answered = [asked for _, asked in sheet.answered() if asked.bare]
    rows = {asked.key[2]: asked for asked in answered}
    if len(rows) != 2:
        return None
    one, two = rows
    if rows[one].key[:2] != rows[two].key[:2]:
        return None
    which = sheet.scene.frame("which_place" if rows[one].place else "which")
    said = [(which.format(one=one, two=two), ())]
    return Draft("ask_back", rows[one].bare, sheet.passages, said, ("?|？",), (), ("sheet", "ambiguous"))


def ended(question: str, scene: Scene) -> str:
    """With a question mark where it has no mark."""
    mark = "？" if scene.language == "zh" else "?"
    return f"{question}{mark}" if question[-1].isalnum() else question


def joined(scene: Scene, first: str, second: str) -> str:
    """Two questions as one message."""
    frame = scene.rng.choice(part_of(frames()["and"][scene.language], scene.split))
    small = second if second.startswith(("I ", "I'")) else second[:1].lower() + second[1:]
    return str(frame.format(first=ended(first, scene), second=small, Second=second))


_Maker = Callable[[Sheet], Draft | None]
_MAKERS: Sequence[tuple[_Maker, float]] = (
    (_answer, 0.66),
    (_refuse, 0.1),
    (_elsewhere, 0.02),
    (_two, 0.06),
    (_half, 0.04),
    (_follow_up, 0.06),
    (_compared, 0.04),
    (_ask_back, 0.03),
)
