"""Statement: a sentence, list item or table row of an imaginary page, with what may be asked of it."""

from dataclasses import dataclass

Key = tuple[str, str, str]
"""What is asked: topic, wording that rivals share, and the country or product it is asked of (empty: of none)."""


@dataclass(frozen=True)
class Asked:
    """One question, with its answer where a page holds it.

    Attributes:
        said: the sentences of the answer.
        about: what is asked, in a noun phrase; empty where there is none.
        follow: the question after one on another row; empty where there is none.
        bare: the question without the row; empty where there is none.
        place: whether the row is a country or region.
    """

    key: Key
    question: str
    said: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    about: str = ""
    follow: str = ""
    bare: str = ""
    place: bool = False


@dataclass(frozen=True)
class Statement:
    """What a page says, as it stands there.

    Attributes:
        keys: all that it speaks of, answering it or not.
        asked: what it answers.
    """

    text: str
    keys: frozenset[Key]
    asked: tuple[Asked, ...]

    def touches(self, key: Key) -> bool:
        """Whether it speaks of what is asked, for the same row or for all."""
        topic, wording, row = key
        return any(one[:2] == (topic, wording) and (not row or not one[2] or one[2] == row) for one in self.keys)
