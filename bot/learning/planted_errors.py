"""Planted errors: a true statement made false in one place, as small models do it, to measure the grounding check."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

from bot.answering.quantities import CURRENCIES, Quantity, normalised, quantities
from knowledge.keywords import tokenize

ErrorKind = Literal[
    "number", "unit", "negation_added", "negation_removed", "entity", "invented", "condition_flipped",
    "condition_dropped", "wrong_branch", "opening",
]  # fmt: skip
KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)
"""`number`, `unit`: of a quantity, to what no evidence says. `entity`: a country, product, means of payment or the
like in another's place. `wrong_branch`: a number or an entity that the evidence holds, but says of something else.
`condition_flipped`: over and under, before and after. `opening`: yes for no."""

_DIGITS = re.compile(
    r"(?<![\w.,:-])[$€£¥￥]?\s?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\w]*-\d)(?![A-Za-z]*\d)"
)
_HAN_NUMBER = re.compile(
    r"([二三四五六七八九]?十[一二三四五六七八九]?|[二三四五六七八九两])(?=个?(?:天|日|周|个?月|年|小时|分钟|工作日|次|件|倍))"
)
_WORD_NUMBER = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|thirty|sixty|ninety)\b", re.I
)
_END = re.compile(r"\s*[.。!！]*$")
_MUST_KEEP_FROM = 0.5  # of a borrowed clause's words: with more of them in the evidence it may be true
ASKED_SHARE = 0.5  # of the swapped entities
LONGEST_BORROWED = {"en": 90, "zh": 36}  # characters


@dataclass(frozen=True)
class PlantedError:
    """A false statement.

    Attributes:
        kind: what was done to the true one.
        text: what it says now.
        question: what was asked; of some swapped entities the question asks about the wrong one too, as when a page
            speaks of Norway only and the shopper asks about Sweden.
    """

    kind: ErrorKind
    text: str
    question: str


def plant(
    sentence: str,
    *,
    question: str,
    evidence: Sequence[str],
    language: str,
    chance: random.Random,
    elsewhere: Sequence[str] = (),
) -> list[PlantedError]:
    """At most one error of each kind that the sentence has a place for.

    Args:
        sentence: true, without citation marks.
        question: that it answers.
        evidence: all that is known; what it holds is not planted, except as `wrong_branch`.
        language: en or zh.
        chance: decides between several ways.
        elsewhere: true sentences about other things, from which invented clauses are borrowed.
    """
    known = _Known(sentence, question, tuple(evidence), language)
    body = replace(known, sentence=_without_opening(known))
    planters: Mapping[ErrorKind, Callable[[_Known, random.Random], str | None]] = {
        "number": _number,
        "unit": _unit,
        "negation_added": lambda _, __: None if _negated(body) else _first_rule("negation_added", body),
        "negation_removed": lambda _, __: _first_rule("negation_removed", body),
        "entity": _entity,
        "invented": lambda known, chance: _invented(known, chance, elsewhere),
        "condition_flipped": lambda known, _: _first_rule("comparison", known),
        "condition_dropped": lambda known, _: _first_rule("dropped", known),
        "wrong_branch": _wrong_branch,
        "opening": lambda known, _: _first_rule("openings", known),
    }
    errors = []
    for kind, planter in planters.items():
        text = planter(known, chance)
        if text and text not in {sentence, body.sentence} and not any(text in said for said in evidence):
            asked = _asked_alike(known, text) if kind == "entity" and chance.random() < ASKED_SHARE else question
            errors.append(PlantedError(kind, text, asked))
    return errors


@dataclass(frozen=True)
class _Known:
    sentence: str
    question: str
    evidence: tuple[str, ...]
    language: str

    @property
    def text(self) -> str:
        return " ".join([*self.evidence, self.question])


def _number(known: _Known, chance: random.Random) -> str | None:
    """A number that no evidence holds, in the way that the old one was written."""
    places = [(match.start(1), match.end(1), _other_digits) for match in _DIGITS.finditer(known.sentence)]
    places += [(match.start(), match.end(), _other_word) for match in _WORD_NUMBER.finditer(known.sentence)]
    if known.language == "zh":
        places += [(match.start(1), match.end(1), _other_han) for match in _HAN_NUMBER.finditer(known.sentence)]
    if not places:
        return None
    start, end, other = chance.choice(places)
    for _ in range(8):
        text = f"{known.sentence[:start]}{other(known.sentence[start:end], chance)}{known.sentence[end:]}"
        if _says_new_quantity(text, known.text):
            return text
    return None


def _says_new_quantity(text: str, evidence: str) -> bool:
    held = quantities(evidence)
    return any(not any(one.same(other) for other in held) for one in quantities(text))


def _other_digits(written: str, chance: random.Random) -> str:
    value = float(written.replace(",", ""))
    changed = chance.choice([value + 1, value + 5, value * 2, value + 10, value / 2, value * 3, value - 1, value * 10])
    decimals = len(written.partition(".")[2])
    changed = max(changed, 1) if not decimals else changed
    return f"{changed:{',' if ',' in written else ''}.{decimals}f}"


def _other_word(written: str, chance: random.Random) -> str:
    words = ("two", "three", "four", "five", "seven", "ten", "fourteen", "thirty", "sixty", "ninety")
    other = chance.choice([word for word in words if word != written.lower()])
    return other.capitalize() if written[0].isupper() else other


def _other_han(written: str, chance: random.Random) -> str:
    return chance.choice([word for word in ("三", "五", "七", "十", "十五", "二十", "四十", "六十") if word != written])


def _unit(known: _Known, chance: random.Random) -> str | None:
    for pattern, others in _rules("units", known.language):
        match = re.search(pattern, known.sentence)
        if match and others:
            text = f"{known.sentence[: match.start()]}{chance.choice(others)}{known.sentence[match.end() :]}"
            if _says_new_quantity(text, known.text):
                return text
    return None


def _entity(known: _Known, chance: random.Random) -> str | None:
    """Another of its kind, which the evidence does not name."""
    for match, others in _entities_in(known):
        strange = [other for other in others if not re.search(_whole(other, known.language), known.text, re.I)]
        if strange:
            other = _like(chance.choice(strange).partition("|")[0].removesuffix("s?"), match.group())
            return f"{known.sentence[: match.start()]}{other}{known.sentence[match.end() :]}"
    return None


def _asked_alike(known: _Known, text: str) -> str:
    """The question with the same thing put in the same thing's place."""
    for match, others in _entities_in(known):
        for other in others:
            named = re.search(_whole(other, known.language), text, re.I)
            if named and not re.search(_whole(other, known.language), known.sentence, re.I):
                return re.sub(_whole(match.group(), known.language), named.group(), known.question, flags=re.I)
    return known.question


def _wrong_branch(known: _Known, chance: random.Random) -> str | None:
    """What the evidence says of something else: another's number, or the number of another."""
    swaps = [*_other_numbers(known), *_other_entities(known)]
    free = list(_free_or_not(known))
    kinds = [kind for kind in (swaps, free) if kind]
    return chance.choice(chance.choice(kinds)) if kinds else None


def _free_or_not(known: _Known) -> Iterator[str]:
    """Free for what costs something in the evidence, and the price of other orders for what is free."""
    free, cost = _read()["free"][known.language], _read()["costs"][known.language]
    prices = [
        normalised(text)[one.start : one.end].strip()
        for text in known.evidence
        for one in quantities(text)
        if one.unit in CURRENCIES and not any(one.same(other) for other in quantities(known.sentence))
    ]
    if not re.search(free[0], known.text, re.I):
        return
    for place, (pattern, instead) in enumerate((free, cost)):
        match = re.search(pattern, known.sentence, re.I)
        if match and (place or prices):
            yield f"{known.sentence[: match.start()]}{instead.format(*prices[:1])}{known.sentence[match.end() :]}"


def _other_numbers(known: _Known) -> Iterator[str]:
    """The sentence with a number of the evidence that has the same unit and stands in no statement of the true one."""
    text = normalised(known.sentence)
    if len(text) != len(known.sentence):
        return  # the places of the quantities would not be those of the sentence
    for mine in quantities(text):
        statements = [(statement, quantities(statement)) for statement in known.evidence]
        rivals = [
            (statement, other)
            for statement, held in statements
            for other in held
            if other.unit == mine.unit and other.value != mine.value and not any(one.same(mine) for one in held)
        ]
        for statement, other in rivals:
            written = normalised(statement)[other.start : other.end].strip()
            if not any(other.same(one) for one in quantities(known.sentence)) and _alike(written, text, mine):
                old = known.sentence[mine.start : mine.end]
                new = old.replace(old.strip(), written)
                yield f"{known.sentence[: mine.start]}{new}{known.sentence[mine.end :]}"


def _alike(written: str, text: str, mine: Quantity) -> bool:
    """Whether both are written in the same way, so that the change leaves a sentence."""
    here = text[mine.start : mine.end].strip()
    return re.sub(r"[\d.,]+", "0", written) == re.sub(r"[\d.,]+", "0", here)


def _other_entities(known: _Known) -> Iterator[str]:
    """The sentence said of another thing that the evidence names, in a statement of its own."""
    for match, others in _entities_in(known):
        for other in others:
            pattern = re.compile(_whole(other, known.language), re.I)
            apart = [one for one in known.evidence if pattern.search(one) and match.group().lower() not in one.lower()]
            if apart and not pattern.search(known.sentence):
                named = _like(pattern.search(apart[0]).group(), match.group())  # type: ignore[union-attr]  # it matched
                yield f"{known.sentence[: match.start()]}{named}{known.sentence[match.end() :]}"


def _entities_in(known: _Known) -> Iterator[tuple[re.Match[str], list[str]]]:
    """Each thing of a known kind in the sentence, with the others of its kind."""
    for kind in _read()["entities"][known.language]:
        for one in kind:
            match = re.search(_whole(one, known.language), known.sentence, re.I)
            if match:
                yield match, [other for other in kind if other != one]


def _whole(pattern: str, language: str) -> str:
    return rf"\b(?:{pattern})\b" if language == "en" else f"(?:{pattern})"


def _like(word: str, other: str) -> str:
    return word.capitalize() if other[:1].isupper() and word[:1].islower() else word


def _invented(known: _Known, chance: random.Random, elsewhere: Sequence[str]) -> str | None:
    """The sentence with a clause that is borrowed from another shop or made up."""
    clause = chance.choice(_read()["invented"][known.language])
    if elsewhere and chance.random() < 0.5:
        borrowed = _END.sub("", chance.choice(elsewhere))
        if len(borrowed) <= LONGEST_BORROWED[known.language] and borrowed:
            clause = borrowed if known.language == "zh" else f"and {borrowed[0].lower()}{borrowed[1:]}"
    words = tokenize(clause)
    held = set(tokenize(known.text))
    if sum(word in held for word in words) > _MUST_KEEP_FROM * len(words):
        return None
    comma, end = ("，", "。") if known.language == "zh" else (" ", ".")
    return f"{_END.sub('', known.sentence)}{comma}{clause}{end}"


def _without_opening(known: _Known) -> str:
    """What follows "Yes," or "不可以，": a negation is planted in the statement, not in its opening."""
    for pattern, _ in _rules("openings", known.language):
        opening = re.match(rf"{pattern}\s*[,，.。]\s*", known.sentence, re.I)
        if opening:
            body = known.sentence[opening.end() :]
            return body[:1].upper() + body[1:]
    return known.sentence


def _negated(known: _Known) -> bool:
    return any(re.search(pattern, known.sentence, re.I) for pattern, _ in _rules("negation_removed", known.language))


def _first_rule(name: str, known: _Known) -> str | None:
    for pattern, instead in _rules(name, known.language):
        text, changed = re.subn(pattern, instead, known.sentence, count=1, flags=re.IGNORECASE)
        if changed:
            return text[:1].upper() + text[1:]
    return None


def _rules(name: str, language: str) -> list[tuple[str, Any]]:
    rules: list[tuple[str, Any]] = _read()[name][language]
    return rules


@cache
def _read() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((files("bot.learning") / "planted_errors.yaml").read_text("utf-8"))
    return read
