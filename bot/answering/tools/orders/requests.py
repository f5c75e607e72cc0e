"""What a message wants done about orders: each wish with the words that belong to it, in the order they were said."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal, cast

import yaml

Kind = Literal["cancel", "return", "swap", "address", "profile_address", "payment", "status", "returnable", "orders"]
CHANGES: frozenset[Kind] = frozenset({"cancel", "return", "swap", "address", "profile_address", "payment"})
"""What ends in something written; the others only look."""

_SENTENCE = re.compile(r"(?<!\bno)(?<!\bst)(?<!\bapt)[.](?=\s|$)|[!?;\n。！？；]+")
_CLAUSE = re.compile(r"[.](?=\s|$)|[!?;\n。！？；，]+|,\s*(?=[㐀-鿿])")
_HAN = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True)
class Asked:
    """One wish.

    Attributes:
        text: the words that belong to it, as they were given.
        before: what was said ahead of the first wish; it may name the thing that is then called "it".
        named: whether a thing of the shopper's own was spoken of, or an order by its number.
        whether: it was asked whether it may be done, not said that it should.
    """

    kind: Kind
    text: str
    named: bool = False
    whether: bool = False
    before: str = ""


@dataclass(frozen=True)
class Cues:
    """The patterns of `request_cues.yaml`."""

    verbs: tuple[tuple[Kind, re.Pattern[str]], ...]
    objects: tuple[tuple[Kind, re.Pattern[str]], ...]
    negated: re.Pattern[str]
    conditional: re.Pattern[str]
    undoing: re.Pattern[str]
    general: re.Pattern[str]
    permission: re.Pattern[str]
    own: re.Pattern[str]
    every: re.Pattern[str]
    everything: re.Pattern[str]
    except_: re.Pattern[str]
    too: re.Pattern[str]
    instead: re.Pattern[str]
    only: re.Pattern[str]
    to: re.Pattern[str]
    mine: re.Pattern[str]
    same_order: re.Pattern[str]
    only_if: re.Pattern[str]
    question: re.Pattern[str]
    asks_to_do: re.Pattern[str]


def asked_for(text: str) -> tuple[Asked, ...]:
    """The wishes in a message, general questions about how the shop does things left out.

    Args:
        text: the message; personal data may be masked.
    """
    found: list[Asked] = []
    ahead: list[str] = []
    for sentence in sentences(text):
        wishes = _of_sentence(sentence)
        if wishes and not found:
            owned = bool(cues().own.search(plain(" . ".join(ahead))))
            wishes = [replace(wish, before=". ".join(ahead), named=wish.named or owned) for wish in wishes]
        found += wishes
        if cues().conditional.search(plain(sentence)) or _verbs(plain(sentence)):
            continue  # what was not taken for a wish is turned down, asked about or only an if
        if not found:
            ahead.append(sentence)
        elif found[-1].kind in CHANGES:
            found[-1] = replace(found[-1], text=f"{found[-1].text}. {sentence}")
    return tuple(_joined([one for asked in found for one in _with_the_orders(asked)]))


def sentences(text: str) -> list[str]:
    """The sentences of a message; in Chinese also what commas part, for each part has its own verb."""
    pattern = _CLAUSE if _HAN.search(text) else _SENTENCE
    return [part.strip() for part in pattern.split(text) if part.strip()]


def plain(text: str) -> str:
    """The text as the cues want it: lower case, one kind of apostrophe; places stay the same."""
    return "".join(unicodedata.normalize("NFKC", sign)[:1] or sign for sign in text).casefold().replace("’", "'")


@cache
def cues() -> Cues:
    """The patterns, read once."""
    read = yaml.safe_load((files("bot.answering.tools.orders") / "request_cues.yaml").read_text(encoding="utf-8"))
    verbs = tuple((cast(Kind, kind), _any(patterns)) for kind, patterns in read.pop("verbs").items())
    objects = tuple((cast(Kind, kind), re.compile(pattern)) for kind, pattern in read.pop("objects").items())
    rest = {("except_" if name == "except" else name): re.compile(pattern) for name, pattern in read.items()}
    return Cues(verbs=verbs, objects=objects, **rest)


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _of_sentence(sentence: str) -> list[Asked]:
    said, known = plain(sentence), cues()
    if known.conditional.search(said):
        return []
    whether = bool(known.permission.search(said))
    verbs = [
        verb
        for verb in _verbs(said)
        if not known.negated.search(said[: verb[1]]) and not known.only_if.search(said[: verb[1]])
    ]
    if not verbs or (
        known.general.search(said) and not any(kind in {"status", "returnable", "orders"} for kind, *_ in verbs)
    ):
        return []
    starts = [0, *(start for _, start, _ in verbs[1:])]
    ends = [*starts[1:], len(sentence)]
    named = bool(known.own.search(said))
    return [
        Asked(_kind(kind, said[start:end]), sentence[start:end].strip(" ,，、"), named, whether)
        for (kind, _, _), start, end in zip(verbs, starts, ends, strict=True)
    ]


def _verbs(said: str) -> list[tuple[Kind, int, int]]:
    """The telling words with their places; of those that overlap or stand right behind one another, the first."""
    found = sorted(
        ((kind, match.start(), match.end()) for kind, pattern in cues().verbs for match in pattern.finditer(said)),
        key=lambda one: (one[1], -one[2]),
    )
    kept: list[tuple[Kind, int, int]] = []
    for kind, start, end in found:
        if kept and start < kept[-1][2]:
            continue
        if kept and kind in CHANGES and re.fullmatch(r"\s*(?:or|/|或者?|还是)\s*", said[kept[-1][2] : start]):
            kept[-1] = (kind, kept[-1][1], end)  # "cancel or return": what can be done shows when it is looked at
            continue
        if kept and _same_wish(kept[-1], kind, said[kept[-1][2] : start]):
            continue
        kept.append((kind, start, end))
    return kept


def _same_wish(before: tuple[Kind, int, int], kind: Kind, between: str) -> bool:
    """Whether a second telling word only goes on with the first: "cancel or return it", "exchange it, change to …"."""
    if kind == "swap" and before[0] in {"swap", "address", "payment"}:
        return not re.search(r"\b(?:and|also|then|another)\b|[;；]|还|再", between)
    if kind == "status" and before[0] in {"orders", "returnable"}:
        return True
    if kind not in CHANGES and before[0] in CHANGES:
        return not re.search(r"\b(?:and|also|then)\b|[,;，；]", between)
    return before[0] == kind and not re.search(r"\b(?:and|also|then)\b|[，,;；]", between)


def _kind(kind: Kind, said: str) -> Kind:
    if kind in {"swap", "address", "payment"}:
        about = next((name for name, pattern in cues().objects if pattern.search(said)), kind)
        if (
            about == "payment"
            and kind == "swap"
            and not re.search(
                r"\b(?:payment|pay)\b[^.]{0,12}\b(?:method|from|to)\b|\bthe payment\b|\bmy payment\b|付款|支付", said
            )
        ):
            return "swap"
        return about
    return kind


def _with_the_orders(asked: Asked) -> list[Asked]:
    """A change of the account's address that is to be one of the orders' too, as both."""
    if asked.kind != "profile_address" or not re.search(r"\borders?\b|订单", plain(asked.text)):
        return [asked]
    return [asked, replace(asked, kind="address")]


def _joined(found: Sequence[Asked]) -> list[Asked]:
    """One wish a kind where the same is said twice in a row: "return the lamp. Also return the chair."."""
    joined: list[Asked] = []
    for asked in found:
        if joined and joined[-1].kind == asked.kind and asked.kind in CHANGES - {"address", "profile_address"}:
            last = joined[-1]
            joined[-1] = replace(
                last,
                text=f"{last.text}. {asked.text}",
                named=last.named or asked.named,
                whether=last.whether and asked.whether,
            )
        else:
            joined.append(asked)
    return joined
