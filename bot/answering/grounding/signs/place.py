"""Place: where in the evidence a sentence is held to."""

from dataclasses import dataclass

from bot.answering.grounding.reading import Said


@dataclass(frozen=True)
class Place:
    """Where in the evidence a claim is held to.

    Attributes:
        known: the statement, or two put together.
        title: what stands above it: names may come from there, facts may not.
        passage: all that the passage says, with its title.
        asked: the question: what is asked about may be named again, with its numbers.
        heard: all that all passages say.
        titles: words of all passages' titles.
        parts: the two, where it is two.
        joined: whether the statement is two neighbours.
        apart: whether it is two statements of two passages.
    """

    known: Said
    title: Said
    passage: Said
    asked: Said
    heard: Said
    titles: frozenset[str] = frozenset()
    parts: tuple[Said, ...] = ()
    joined: bool = False
    apart: bool = False
