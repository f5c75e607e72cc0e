"""Clauses: a message cut where one thought ends and another begins, so that each aspect has words of its own."""

import re

MOST_CLAUSES = 24  # of one text; a longer one is cut into longer pieces

_ENDS = re.compile(r"(?<=[。！？!?；;…\n])|(?<=[.])(?=\s)|(?<=[，,、])")
_TURNS = re.compile(
    r"\s+(?=(?:but|however|although|though|yet|except|whereas|while)\b)|(?=(?:但是|但|可是|不过|然而|就是|只是))",
    re.IGNORECASE,
)
_FEWEST_CHARACTERS = 4
_FEWEST_LETTERS = 8


def clauses(text: str) -> list[str]:
    """The clauses of a text in their order, at most 24; a text of one thought is its own clause."""
    pieces = [piece.strip() for part in _ENDS.split(text) for piece in _TURNS.split(part)]
    joined: list[str] = []
    for piece in filter(None, pieces):
        if joined and (_slight(piece) or _slight(joined[-1])):
            joined[-1] = f"{joined[-1]} {piece}" if joined[-1].isascii() else joined[-1] + piece
        else:
            joined.append(piece)
    return joined if len(joined) <= MOST_CLAUSES else _longer(joined)


def _slight(piece: str) -> bool:
    """Whether a piece is too short to say anything alone, as "Wow," is."""
    return len(piece) < (_FEWEST_LETTERS if piece.isascii() else _FEWEST_CHARACTERS)


def _longer(pieces: list[str]) -> list[str]:
    """Neighbours joined evenly until 24 are left."""
    at_once = -(-len(pieces) // MOST_CLAUSES)
    return [" ".join(pieces[start : start + at_once]) for start in range(0, len(pieces), at_once)]
