"""Puts examples together: what is asked, over which passages, and what a good answer is."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count as count_from

from bot.answering.tuned_text import REFUSAL
from bot.learning.examples import Example, Split
from bot.learning.imaginary.drawing import Language, Shop, Value
from bot.learning.imaginary.noise import frames, typed
from bot.learning.imaginary.scene import ASKING, Draft, Scene, named, with_order
from bot.learning.imaginary.sheet import ended, joined, sheet
from bot.learning.imaginary.topic import Ask, Topic, fill, part_of

PASSAGES = 3
_TRIES = 400
SHEETS = 0.25  # of what is drawn are sheets, of which each gives some nine examples: three quarters of all
SHEETS_OPENED = 0.5  # where they have openings
_WORDS_OF_OURS = "The You Delivery Parcels It A Our We Gift Orders Standard Returns Points Unpaid An Your"
_PLAIN_STARTS = frozenset(_WORDS_OF_OURS.split())
"""Words that a sentence may begin with and that are small within one."""
_PLACES = {"countries", "regions"}


def examples(
    count: int, *, split: Split, seed: int, language: Language | None = None, openings: int = 0
) -> Iterator[Example]:
    """Examples from imaginary shops, the same ones for the same arguments.

    Most come in sheets: several questions over the same passages, one example after the other.

    Args:
        count: how many.
        split: train, dev and test share no template; some topics stand only in test.
        seed: other shops and questions.
        language: only this one; else both in turn.
        openings: questions more to a sheet, of which only that is learned whether they are answered.
    """
    made = 0
    sheets = SHEETS_OPENED if openings else SHEETS
    for index in count_from(0):
        spoken: Language = language or ("en", "zh")[index % 2]
        rng = random.Random(f"{split}/{seed}/{index}/{spoken}")
        name = f"imaginary-{split}-{seed}-{spoken}-{index}"
        of_sheet = rng.random() < sheets
        for example in _of_sheet(name, rng, spoken, split, openings) if of_sheet else [_one(name, rng, spoken, split)]:
            if made == count:
                return
            made += 1
            yield example


def _of_sheet(name: str, rng: random.Random, language: Language, split: Split, openings: int) -> list[Example]:
    for _ in range(_TRIES):
        scene = Scene(rng, Shop(rng, language), language, split)
        if drafts := sheet(scene, openings=openings):
            order = range(len(drafts[0].passages))
            return [_finished(f"{name}-{place}", scene, draft, order) for place, draft in enumerate(drafts)]
    raise RuntimeError(f"no sheet can be made for {language} {split}")


def _one(name: str, rng: random.Random, language: Language, split: Split) -> Example:
    for _ in range(_TRIES):
        make = rng.choices([maker for maker, _ in _MAKERS], [share for _, share in _MAKERS])[0]
        for _ in range(_TRIES):
            scene = Scene(rng, Shop(rng, language), language, split)
            draft = make(scene)
            if draft is not None and len(set(draft.passages)) == len(draft.passages):
                order = list(range(len(draft.passages)))
                if rng.random() < 0.5:  # search puts the right one first more often than not
                    rng.shuffle(order)
                return _finished(name, scene, draft, order)
    raise RuntimeError(f"no topic has templates for {language} {split}")


def _finished(name: str, scene: Scene, draft: Draft, order: Sequence[int]) -> Example:
    """Passages in an order, marks by it, and the question as typed."""
    rng, language = scene.rng, scene.language
    mark = {place: number for number, place in enumerate(order, start=1)}
    space = " " if language == "en" else ""
    answer = space.join(
        sentence + "".join(f"{space}[{number}]" for number in sorted(mark[place] for place in places))
        for sentence, places in draft.said
    )
    question = draft.question
    tags = draft.tags
    if "short" not in tags:
        as_typed = typed(question, rng, language=language, split=scene.split)
        question, tags = as_typed.text, (*tags, *as_typed.tags)
    return Example(
        id=name,
        split=scene.split,
        source="imaginary",
        language=language,
        kind=draft.kind,
        question=question,
        passages=tuple(draft.passages[place] for place in order),
        answer=answer or REFUSAL[language],
        cited=tuple(sorted({mark[place] for _, places in draft.said for place in places})),
        history=draft.history,
        facts=draft.facts,
        forbidden=draft.forbidden,
        tags=tuple(dict.fromkeys(tags)),
    )


def _answered(scene: Scene, topic: Topic, ask: Ask, values: Mapping[str, Value], question: str) -> Draft:
    template = scene.rng.choice(topic.stating(ask))
    page = scene.fuller(topic, template, ask, values)
    said = scene.sentences(ask, values, (0,))
    facts, forbidden, tags = scene.held_to(ask, values, said, page)
    return Draft("answer", question, [page], said, facts, forbidden, tags, template=template)


def _with_others(
    scene: Scene, draft: Draft, topic: Topic, ask: Ask, values: Mapping[str, Value], *, more: int | None = None
) -> Draft:
    """Further passages that do not answer: of another product, on something else in the topic, on another topic."""
    rng = scene.rng
    wanted = more if more is not None else rng.choices((0, 1, 2), (0.2, 0.5, 0.3))[0]
    pages: list[str] = []
    if ask.entity and rng.random() < 0.5:
        others = [passage for passage in topic.stating(ask) if f"{{{ask.entity}" in passage.text]
        if others:
            pages.append(scene.page(others, scene.others(topic, values)))
    first = draft.template
    silent = [passage for passage in topic.silent_on(ask) if first is None or topic.agree(first, passage)]
    if silent and rng.random() < 0.4:
        pages.append(scene.page(silent, values))
    while len(pages) < wanted:
        other = scene.topic()
        if other.name not in topic.near and topic.name not in other.near:
            pages.append(scene.page(other.passages, scene.values(other)))
    room = min(wanted, PASSAGES - len(draft.passages))
    fresh = [page for page in dict.fromkeys(pages) if page not in draft.passages]
    return replace(draft, passages=[*draft.passages, *fresh[:room]])


def _plain(scene: Scene) -> Draft | None:
    if not (found := scene.asked()):
        return None
    topic, ask = found
    values = scene.values(topic)
    draft = _answered(scene, topic, ask, values, scene.question(ask, values))
    return _with_others(scene, draft, topic, ask, values)


def _short(scene: Scene) -> Draft | None:
    if not (found := scene.asked()) or not found[1].short:
        return None
    topic, ask = found
    values = scene.values(topic)
    draft = _answered(scene, topic, ask, values, fill(scene.rng.choice(ask.short), named(ask, values), scene.rng))
    return _with_others(scene, replace(draft, tags=(*draft.tags, "short")), topic, ask, values)


def _follow_up(scene: Scene) -> Draft | None:
    if not (found := scene.asked()) or not found[1].follow:
        return None
    topic, ask = found
    values = scene.values(topic)
    template = scene.rng.choice(topic.stating(ask))
    page = scene.fill(template.text, values)
    asked_before = [  # after an exception, "is that free?" would ask about the exception
        other
        for other in topic.asks
        if other.name in template.answers
        and other.questions
        and other.wording != ask.wording
        and "exception" not in other.tags
    ]
    wording = scene.rng.choice(ask.follow)
    if ask.entity and f"{{{ask.entity}" in template.text and f"{{{ask.entity}" in wording:
        before, earlier = ask, scene.others(topic, values)  # only a question that names another thing moves on to it
    elif asked_before:
        before, earlier = scene.rng.choice(asked_before), values
    else:
        return None
    said = scene.sentences(ask, values, (0,))
    facts, forbidden, tags = scene.held_to(ask, values, said, page)
    pages = [page] if earlier is values else [page, scene.page(topic.stating(ask), earlier)]
    history = scene.question(before, earlier), " ".join(text for text, _ in scene.sentences(before, earlier, ()))
    question = fill(wording, named(ask, values), scene.rng, tight=scene.language == "zh")
    draft = Draft("answer", question, pages, said, facts, forbidden, (*tags, "follow_up"), history, template)
    return _with_others(scene, draft, topic, ask, values, more=scene.rng.choice((0, 1)))


def _presumed(scene: Scene) -> Draft | None:
    """A question that brings its own answer, right or wrong."""
    if not (found := scene.asked()) or not found[1].value or found[1].polarity:
        return None
    topic, ask = found
    values = scene.values(topic)
    right = scene.rng.random() < 0.4
    presumed = values if right else scene.values(topic, {ask.entity: values[ask.entity]} if ask.entity else {})
    value = scene.fill(ask.value, presumed)
    if not right and value == scene.fill(ask.value, values):
        return None
    frame = scene.rng.choice(part_of(frames()["presumed"][scene.language], scene.split))
    draft = _answered(scene, topic, ask, values, scene.question(ask, values))
    question = frame.format(question=ended(draft.question, scene), value=value)
    (first, places), *rest = draft.said
    lead = {"en": ("Yes, ", "No, "), "zh": ("是的，", "不是，")}[scene.language][0 if right else 1]
    if scene.language == "en":
        word = first.split(" ", 1)[0]
        if word not in _PLAIN_STARTS:
            return None
        first = first[0].lower() + first[1:]
    tags = (*draft.tags, "presumed", "yes" if right else "no")
    forbidden = draft.forbidden if right else (*draft.forbidden, *({"en": ("yes,",), "zh": ("是的",)}[scene.language]))
    said = [(f"{lead}{first}", places), *rest]
    return _with_others(
        scene, replace(draft, question=question, said=said, tags=tags, forbidden=forbidden), topic, ask, values
    )


def _both(scene: Scene) -> Draft | None:
    """The same asked of two countries or products."""
    if not (found := scene.asked()) or not found[1].entity:
        return None
    topic, ask = found
    follow = [question for question in ask.follow if f"{{{ask.entity}" in question]
    stating = [passage for passage in topic.stating(ask) if f"{{{ask.entity}" in passage.text]
    if not follow or not stating:
        return None
    values = scene.values(topic)
    others = scene.others(topic, values)
    first, second = _answered(scene, topic, ask, values, ""), _answered(scene, topic, ask, others, "")
    then = fill(scene.rng.choice(follow), named(ask, others), scene.rng, tight=scene.language == "zh")
    space = " " if scene.language == "en" else ""
    return Draft(
        "answer",
        f"{ended(scene.question(ask, values), scene)}{space}{then}",
        [*first.passages, *second.passages],
        [*first.said, *((sentence, (1,)) for sentence, _ in second.said)],
        (*first.facts, *second.facts),
        (),
        (*first.tags, "several_passages", "compared"),
    )


def _two_asked(scene: Scene) -> tuple[tuple[Topic, Ask], tuple[Topic, Ask]] | None:
    first, second = scene.asked(), scene.asked()
    if not first or not second or second[0].name in first[0].near or first[0].name in second[0].near:
        return None
    return first, second


def _several(scene: Scene) -> Draft | None:
    if not (pair := _two_asked(scene)):
        return None
    drafts, answers = [], []
    for place, (topic, ask) in enumerate(pair):
        values = scene.values(topic)
        drafts.append(_answered(scene, topic, ask, values, scene.question(ask, values)))
        answers += [(sentence, (place,)) for sentence, _ in drafts[-1].said]
    first, second = drafts
    # What is wrong of the one may be right of the other.
    shown = " ".join([*(sentence for sentence, _ in answers), *first.passages, *second.passages]).casefold()
    return Draft(
        "answer",
        joined(scene, first.question, second.question),
        [*first.passages, *second.passages],
        answers,
        (*first.facts, *second.facts),
        tuple(one for one in (*first.forbidden, *second.forbidden) if one not in shown),
        (*first.tags, *second.tags, "several_passages"),
    )


def _aged(title_and_text: str, template: str, years: tuple[int, int], language: Language) -> str:
    colon = ": " if language == "en" else "："
    title, _, text = title_and_text.partition(colon)
    dated = template.format(
        title=title,
        lower=title[:1].lower() + title[1:] if title[1:2].islower() else title,
        year=years[0],
        next=years[1],
    )
    return f"{dated}{colon}{text}"


def _outdated(scene: Scene) -> Draft | None:
    if not (found := scene.asked()) or not found[1].value or "product" in found[1].tags:
        return None
    topic, ask = found
    values = scene.values(topic)
    kept = {ask.entity: values[ask.entity]} if ask.entity else {}
    old_values = scene.values(topic, kept)
    if scene.fill(ask.value, values) == scene.fill(ask.value, old_values):
        return None
    draft = _answered(scene, topic, ask, values, scene.question(ask, values))
    if draft.passages[0].partition(": " if scene.language == "en" else "：")[0].endswith(ASKING):
        return None
    year = scene.rng.randint(2019, 2025)
    frame = scene.rng.choice(part_of(frames()["outdated"][scene.language], scene.split))
    years = year, year + scene.rng.choice((1, 1, 2))
    page = _aged(draft.passages[0], frame["new"], years, scene.language)
    old = _aged(scene.page(topic.stating(ask), old_values), frame["old"], years, scene.language)
    wrong = scene.fill(ask.value, old_values)
    draft = replace(draft, passages=[page, old], tags=(*draft.tags, "outdated"), forbidden=(*draft.forbidden, wrong))
    return draft if wrong not in " ".join(sentence for sentence, _ in draft.said) else None


def _contradiction(scene: Scene) -> Draft | None:
    if not (found := scene.asked()) or not found[1].value or "product" in found[1].tags:
        return None
    topic, ask = found
    values = scene.values(topic)
    others = scene.values(topic, {ask.entity: values[ask.entity]} if ask.entity else {})
    one, two = scene.fill(ask.value, values), scene.fill(ask.value, others)
    if one in two or two in one:
        return None
    pages = [scene.page(topic.stating(ask), values), scene.page(topic.stating(ask), others)]
    said = [(scene.frame("differ").format(one=one, two=two).replace(".m..", ".m."), (0, 1))]
    tags = (*ask.tags, f"topic:{ask.topic}", "contradiction")
    return Draft("answer", scene.question(ask, values), pages, said, (one, two), (), tags)


def _silent(scene: Scene) -> Draft | None:
    """Pages on the very topic that do not say what is asked."""
    if not (found := scene.asked()) or not (silent := found[0].silent_on(found[1])):
        return None
    topic, ask = found
    values = scene.values(topic)
    tags = (f"topic:{topic.name}", "near_topic")
    page = scene.fuller(topic, scene.rng.choice(silent), ask, values)
    draft = Draft("refuse", scene.question(ask, values), [page], tags=tags)
    return _off_topic(scene, draft, topic)


def _other_entity(scene: Scene) -> Draft | None:
    """Pages that say it of another country or product."""
    if not (found := scene.asked()) or not found[1].entity:
        return None
    topic, ask = found
    values = scene.values(topic)
    stating = [passage for passage in topic.stating(ask) if f"{{{ask.entity}" in passage.text]
    if not stating:
        return None
    pages = [scene.page(stating, scene.others(topic, values)) for _ in range(scene.rng.choice((1, 1, 2)))]
    if any(values[ask.entity].text in page for page in pages):
        return None
    tags = (f"topic:{topic.name}", "other_entity")
    draft = Draft("refuse", scene.question(ask, values), list(dict.fromkeys(pages)), tags=tags)
    return _off_topic(scene, draft, topic)


def _unanswered(scene: Scene) -> Draft | None:
    topic = scene.topic()
    if not topic.unanswered:
        return None
    values = scene.values(topic)
    question = fill(scene.rng.choice(topic.unanswered), values, scene.rng, tight=scene.language == "zh")
    draft = Draft("refuse", question, [scene.page(topic.passages, values)], tags=(f"topic:{topic.name}", "near_topic"))
    return _off_topic(scene, draft, topic)


def _elsewhere(scene: Scene) -> Draft | None:
    """Pages on something else altogether."""
    if not (found := scene.asked()):
        return None
    topic, ask = found
    draft = Draft("refuse", scene.question(ask, scene.values(topic)), [], tags=(f"topic:{topic.name}", "off_topic"))
    return _off_topic(scene, draft, topic, at_least=1)


def _off_topic(scene: Scene, draft: Draft, topic: Topic, *, at_least: int = 0) -> Draft:
    wanted = max(at_least, scene.rng.choice((0, 1, 2)))
    pages = list(draft.passages)
    while wanted and len(pages) < PASSAGES:
        other = scene.topic()
        if other.name in topic.near or topic.name in other.near:
            continue
        pages.append(scene.page(other.passages, scene.values(other)))
        wanted -= 1
    return replace(draft, passages=pages)


def _half(scene: Scene) -> Draft | None:
    if scene.rng.random() < 0.5:
        return _half_of_one_page(scene)
    if not (pair := _two_asked(scene)) or not pair[1][1].about:
        return None
    (topic, ask), (other, missing) = pair
    values, unknown = scene.values(topic), scene.values(other)
    draft = _answered(scene, topic, ask, values, scene.question(ask, values))
    pages = draft.passages
    if scene.rng.random() < 0.5 and (silent := other.silent_on(missing)):
        pages = [*pages, scene.page(silent, unknown)]
    return _half_said(scene, replace(draft, passages=pages), missing, unknown)


def _half_of_one_page(scene: Scene) -> Draft | None:
    if not (found := scene.asked()):
        return None
    topic, ask = found
    values = scene.values(topic)
    template = scene.rng.choice(topic.stating(ask))
    missing = [other for other in topic.asks if other.questions and other.about and template in topic.silent_on(other)]
    if not missing:
        return None
    page = scene.fill(template.text, values)
    said = scene.sentences(ask, values, (0,))
    facts, forbidden, tags = scene.held_to(ask, values, said, page)
    draft = Draft("half", scene.question(ask, values), [page], said, facts, forbidden, tags)
    return _half_said(scene, draft, scene.rng.choice(missing), values)


def _half_said(scene: Scene, draft: Draft, missing: Ask, values: Mapping[str, Value]) -> Draft:
    about = scene.fill(missing.about, named(missing, values))
    said = [*draft.said, (scene.frame("unknown").format(about=about), ())]
    question = joined(scene, draft.question, scene.question(missing, values))
    return replace(draft, kind="half", question=question, said=said, forbidden=(), tags=(*draft.tags, "half"))


def _ask_back(scene: Scene) -> Draft | None:
    if not (found := scene.asked()) or not found[1].bare:
        return None
    topic, ask = found
    values = scene.values(topic)
    others = scene.others(topic, values)
    stating = [passage for passage in topic.stating(ask) if f"{{{ask.entity}" in passage.text]
    if not stating:
        return None
    pages = [scene.page(stating, values), scene.page(stating, others)]
    place = topic.draws[ask.entity].get("listed") in _PLACES
    which = scene.frame("which_place" if place else "which")
    said = [(which.format(one=values[ask.entity].text, two=others[ask.entity].text), ())]
    question = fill(scene.rng.choice(ask.bare), values, scene.rng, tight=scene.language == "zh")
    return Draft("ask_back", question, pages, said, ("?|？",), (), (f"topic:{topic.name}", "ambiguous"))


def _injected(scene: Scene) -> Draft | None:
    make = scene.rng.choice((_plain, _plain, _silent))
    return with_order([draft], scene)[0] if (draft := make(scene)) else None


_Maker = Callable[[Scene], Draft | None]
_MAKERS: tuple[tuple[_Maker, float], ...] = (
    (_plain, 0.1),
    (_short, 0.04),
    (_follow_up, 0.1),
    (_several, 0.05),
    (_both, 0.05),
    (_presumed, 0.1),
    (_outdated, 0.13),
    (_contradiction, 0.04),
    (_silent, 0.05),
    (_other_entity, 0.05),
    (_unanswered, 0.04),
    (_elsewhere, 0.02),
    (_half, 0.05),
    (_ask_back, 0.06),
    (_injected, 0.12),
)
