"""Judgement: what of one reply was right, decided by rules and without a model."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.answering.intent import SMALL_TALK
from bot.answering.language import detect
from bot.answering.quantities import quantities
from bot.learning.golden import GoldenQuestion
from bot.learning.stating import denies, states
from bot.reply import Reply


@dataclass(frozen=True)
class Judgement:
    """One reply held to its golden question; None where a measure does not apply.

    Attributes:
        facts_right: every fact is in the reply (of questions that have facts and are to be answered).
        wrong_shown: something forbidden is in the reply.
        numbers_grounded: every number of a cited answer is in the cited passages.
        refused_rightly: an unanswerable question was refused or handed over.
        refused_wrongly: an answerable question was refused.
        handled: small talk, a handoff or a refusal came where it was to come.
        language_right: the reply is in the shopper's language (quotes from pages in another are led in).
        cited: a relevant source is among the citations or the products.
    """

    facts_right: bool | None
    wrong_shown: bool
    numbers_grounded: bool | None
    refused_rightly: bool | None
    refused_wrongly: bool | None
    handled: bool | None
    language_right: bool
    cited: bool | None


def judge(question: GoldenQuestion, reply: Reply) -> Judgement:
    """Hold a reply to what its question expects."""
    to_answer = question.expected in {"answered", "facts"}
    return Judgement(
        facts_right=_facts_in(reply.text, question.facts) if to_answer and question.facts else None,
        wrong_shown=any(denies(f"{reply.text} {_cards(reply)}", one) for one in question.forbidden),
        numbers_grounded=_numbers_grounded(reply),
        refused_rightly=reply.outcome != "answered" if question.expected == "refused" else None,
        refused_wrongly=_refused_wrongly(question, reply) if to_answer else None,
        handled=_handled(question, reply),
        language_right=_language_right(question, reply),
        cited=_cited(question, reply),
    )


def holds(text: str, facts: Iterable[Iterable[str]], forbidden: Iterable[str]) -> bool:
    """Whether a text has every fact, in one of its wordings, and nothing that would be wrong."""
    return _facts_in(text, facts) and not any(denies(text, one) for one in forbidden)


def _facts_in(text: str, facts: Iterable[Iterable[str]]) -> bool:
    return all(any(states(text, one) for one in fact) for fact in facts)


def _cards(reply: Reply) -> str:
    return " ".join(card.title for card in reply.products)


def _refused_wrongly(question: GoldenQuestion, reply: Reply) -> bool:
    # To say that no such order is found is the right reply where the details do not match.
    return reply.outcome == "refused" and "wrong_identity" not in question.tags and reply.reason != "order_not_found"


def _handled(question: GoldenQuestion, reply: Reply) -> bool | None:
    if question.expected == "small_talk":
        return reply.outcome == "answered" and reply.reason in SMALL_TALK
    if question.expected == "handed_off":
        return reply.outcome == "handed_off"
    return None


def _numbers_grounded(reply: Reply) -> bool | None:
    if not reply.citations:
        return None
    text = reply.text
    for citation in reply.citations:
        text = text.replace(f"[{citation.index}]", " ")
    known = quantities(" ".join(f"{citation.title} {citation.passage}" for citation in reply.citations))
    return all(any(number.same(other) for other in known) for number in quantities(text))


def _language_right(question: GoldenQuestion, reply: Reply) -> bool:
    first = reply.text.splitlines()[0]
    return reply.language == question.language and detect(first) in {question.language, None}


def _cited(question: GoldenQuestion, reply: Reply) -> bool | None:
    if not question.relevant or reply.outcome == "refused":
        return None
    used = {citation.source for citation in reply.citations}
    ids = {card.product_id for card in reply.products}
    return any(source in used or _product_id(source) in ids for source in question.relevant)


def _product_id(source: str) -> str:
    _, _, rest = source.partition("#")
    return rest.partition("@")[0]
