"""Shopper: plays a person from the text of a task, by rules, without knowing the actions that would solve it."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.reply import Reply

TURNS = 14
"""So many messages a shopper writes at most."""

_HELLOS = ("", "Hi! ", "Hello. ", "Hi there, ", "Good morning. ")
_ENDS = ("", " Thanks.", " Please help.", " Can you do that?", " Thank you!")
_YES = ("Yes", "Yes, please", "Yes, that's correct", "Yes, go ahead", "Yes, please do that", "Sure, please do it")
_NOTHING = ("No, thank you.", "Never mind.", "No, leave it.")

_TO_FIRST = (
    (r"\byou'd\b", "I'd"), (r"\byou've\b", "I've"), (r"\byou'll\b", "I'll"), (r"\byou're\b", "I'm"),
    (r"\byou are\b", "I am"), (r"\byou were\b", "I was"), (r"\byourself\b", "myself"), (r"\byours\b", "mine"),
    (r"\byour\b", "my"), (r"\b(to|for|with|from|of|at|let|make|give|help|tell|saves?) you\b", r"\1 me"),
    (r"\byou\b", "I"),
)  # fmt: skip
_ASIDES = re.compile(
    r"\((?:[^()]*\b(?:reveal|share|agent|do not|don't|forgot)\b[^()]*)\)|\bMake sure (?:you|to)\b[^.]*"
    r"|\bAsk the agent\b[^.]*|\bYou are not familiar\b[^.]*|\bdo not reveal\b[^.]*"
    r"|\byou(?:'d)? (?:want|would like) to know\b[^.]*"
)
_IF = re.compile(r"^(?:If|IF|Otherwise|When|Once|But if|But when|Only if|In case)\b")
_PLACE = re.compile(
    r"\b(?:daughter|son|mother|father) lives in ([A-Z]\w+)|\b(NYC|LA|[A-Z]\w+) (?:address|place|home)\b"
)
_USER_ID = re.compile(r"\b([a-z]+)_([a-z]+)_\d+\b")
_STEM = re.compile(r"[a-z0-9]+")
_EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "i",
        "my",
        "me",
        "to",
        "for",
        "of",
        "and",
        "or",
        "with",
        "in",
        "on",
        "at",
        "it",
        "is",
        "be",
        "that",
        "this",
        "one",
        "ones",
        "want",
        "would",
        "like",
        "also",
        "you",
        "your",
        "from",
    ]
)


@dataclass
class Shopper:
    """One person with a wish.

    Attributes:
        story: what they want, in the task's words.
        known: who they are, in the task's words.
        seed: of their way to say things.
        agreed: whether their last words said yes to a proposal.
    """

    story: str
    known: str
    seed: int
    agreed: bool = False
    _conditions: list[str] = field(default_factory=list)
    _said: str = ""
    _given_name: int = 0

    def __post_init__(self) -> None:
        """Part the story in what is said at once and what depends on the answers."""
        self._luck, self._corrections = random.Random(self.seed), 0
        plain = [part for part in re.split(r"(?<=[.!?])\s+(?=[A-Z])", _ASIDES.sub("", self.story)) if part.strip(" .")]
        self._conditions = [first_person(part) for part in plain if _IF.match(part)]
        self._wishes = [first_person(part) for part in plain if not _IF.match(part)]

    @classmethod
    def of(cls, task: Mapping[str, Any], seed: int) -> "Shopper":
        """The person of a task of the benchmark's."""
        told = task["user_scenario"]["instructions"]
        return cls(told["reason_for_call"], told["known_info"] or "", seed)

    def opening(self) -> str:
        """The first message."""
        self._said = " ".join(self._wishes)
        return self._luck.choice(_HELLOS) + self._said.strip() + self._luck.choice(_ENDS)

    def answer(self, reply: Reply, *, fits: bool) -> str | None:
        """What they say to a reply; None when they are done.

        Args:
            reply: of the bot's.
            fits: whether what the bot proposes, if it does, is what they want. They use it to say yes or no only.
        """
        self.agreed = False
        if reply.outcome == "handed_off":
            return None
        if reply.reason == "order_details_wanted" and not reply.suggestions and self._asks_who(reply):
            return self._who()
        if reply.reason == "order_not_found":
            return self._who() if self._given_name < 3 else None
        if reply.reason == "order_confirm":
            return self._to_statement(reply, fits=fits)
        if reply.suggestions and reply.reason.startswith(("order_details_wanted", "order_rule")):
            otherwise = (
                self._otherwise() if re.search(r"isn't available|can't|don't see|isn't enough", reply.text) else None
            )
            return otherwise or self._choose(reply)
        if reply.reason == "order_details_wanted":
            return self._free(reply)
        if reply.outcome == "refused":
            return self._otherwise()
        return None

    def _asks_who(self, reply: Reply) -> bool:
        return (
            "your order number" in reply.text
            or "e-mail" in reply.text
            or ("postcode" in reply.text and "who you are" in reply.text)
        )

    def _who(self) -> str:
        """Name and postcode, or the e-mail address, as far as they are known."""
        self._given_name += 1
        emails = re.findall(r"[\w.+-]+@[\w.-]+\.\w+", self.known)
        if self._given_name <= len(emails):
            return self._luck.choice(("", "My email is ", "It's ")) + str(emails[self._given_name - 1]).rstrip(".")
        return self._luck.choice(("", "Sure. ", "OK, ")) + first_person(_USER_ID.sub(_as_name, self.known))

    def _to_statement(self, reply: Reply, *, fits: bool) -> str:
        """Yes, where the statement fits what they want; else what they rather want."""
        changed = self._when("confirm")
        if changed:
            return changed
        if not fits:
            return self._corrected() or self._otherwise() or self._luck.choice(_NOTHING)
        self.agreed = True
        kind = reply.suggestions[0].split(", ", 1)[-1] if reply.suggestions and self._luck.random() < 0.4 else ""
        return f"{self._luck.choice(('Yes', 'Yes, please'))}, {kind}." if kind else f"{self._luck.choice(_YES)}."

    def _corrected(self) -> str | None:
        """What they said about the payment, said again; once."""
        self._corrections += 1
        told = re.search(
            r"[^.]*\b(?:gift ?card|paypal|credit card|visa|mastercard|amex|original)\b[^.]*", self._said, re.I
        )
        return told.group().strip() + "." if told and self._corrections == 1 else None

    def _choose(self, reply: Reply) -> str:
        """The suggestion that is most like what they want, in their own words where they have them."""
        told = self._when(*words(reply.text.splitlines()[0]))
        if told:
            return told
        wanted = words(self._said + " " + " ".join(self._conditions))
        scored = [
            (sum(word in wanted for word in set(words(one))), -place, one)
            for place, one in enumerate(reply.suggestions)
        ]
        best = max(scored)
        if not best[0] and "instead" in reply.text and (otherwise := self._otherwise()):
            return otherwise
        if "payment" in reply.text or "money go" in reply.text:
            return best[2] if best[0] else "The original payment method, please."
        if "Why would you" in reply.text:
            return "I ordered it by mistake." if {"mistake", "accident"} & set(wanted) else "It is no longer needed."
        lines = [line for line in reply.text.splitlines() if line.startswith("- ")]
        if lines and reply.suggestions and len(lines) == len(reply.suggestions):
            ranked = [
                (sum(word in wanted for word in set(words(line))), -place, one)
                for place, (line, one) in enumerate(zip(lines, reply.suggestions, strict=True))
            ]
            best = max(ranked)
        return best[2]

    def _free(self, reply: Reply) -> str | None:
        if "address" in reply.text:
            place = _PLACE.search(f"{self.known} {self._said} {' '.join(self._conditions)}")
            if place:
                return f"The one in {place.group(1) or place.group(2)} from my other order."
            return "My default address, please."
        return None

    def _otherwise(self) -> str | None:
        """What they want if that cannot be done, said once."""
        for place, condition in enumerate(self._conditions):
            if re.match(r"(?:If|IF|But if|Otherwise)\b", condition) and "confirm" not in condition:
                del self._conditions[place]
                wish = re.sub(r"^.*?,\s*", "", condition)
                self._said += " " + wish
                return wish[:1].upper() + wish[1:]
        return None

    def _when(self, *about: str) -> str | None:
        """What they say when they are asked about that, said once."""
        for place, condition in enumerate(self._conditions):
            ahead, _, then = condition.partition(",")
            asked = re.search(r"\bagent (?:asks?|tells)|asked\b", ahead)
            telling = [word for word in about if word not in _EMPTY and len(word) > 3]
            if asked and then and any(word.startswith(one) for word in words(ahead) for one in telling):
                del self._conditions[place]
                told = re.sub(
                    r"^\s*(?:mention|say|tell (?:it|them|the agent)|provide|add)\s*(?:that)?\s*", "", then.strip()
                )
                self._said += " " + told
                return told[:1].upper() + told[1:]
        return None


def _as_name(found: re.Match[str]) -> str:
    """The name that a user id is made of: nobody introduces themselves by an id of the shop's."""
    return f"{found.group(1).title()} {found.group(2).title()}"


def first_person(text: str) -> str:
    """What is said to a person about themselves, as they say it."""
    for pattern, own in _TO_FIRST:
        text = re.sub(pattern, own, text, flags=re.IGNORECASE)
    text = re.sub(r"^I (?:wonder|ask)(?: the agent)? (?:if|whether) I can\b", "Can I", text.strip())
    text = re.sub(r"\b(?:I )?(?:a|A)sk the agent to\b", "please", text)
    return re.sub(r"\bmy name I am\b|\bYou name is\b|\bI name is\b", "my name is", text.strip())


def words(text: str) -> list[str]:
    """Words without their plural, those that tell nothing left out."""
    return [word.removesuffix("s") for word in _STEM.findall(text.casefold()) if word not in _EMPTY]


def of_one_action(tasks: Sequence[Mapping[str, Any]], writing: frozenset[str]) -> set[str]:
    """The ids of the tasks with exactly one writing action."""
    return {
        task["id"]
        for task in tasks
        if sum(action["name"] in writing for action in task["evaluation_criteria"]["actions"]) == 1
    }
