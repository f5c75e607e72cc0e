import pytest

from bot.answering.decoding.continuation import Continuation
from bot.answering.decoding.pieces import Limits

END = 0


def decode(tokens) -> str:
    return "".join(chr(token) for token in tokens)


def told(text: str, limits: Limits, *, ended: bool = False) -> tuple[str, list[str | None]]:
    answer = Continuation(decode, [ord("?")], ends=frozenset({END}), limits=limits)
    pieces = [answer.add(token) for token in [*map(ord, text), *([END] if ended else [])]]
    return "".join(piece.text for piece in pieces), [piece.ending for piece in pieces]


@pytest.mark.parametrize(
    ("limits", "ended", "shown", "ending"),
    [
        (Limits(9, 60), True, "Yes [1", "stop"),
        (Limits(9, 60, stops=(" [",)), False, "Yes", "stop"),
        (Limits(6, 60), False, "Yes [1", "length"),
        (Limits(9, -1), False, "Y", "time"),
    ],
)
def test_it_says_what_may_be_shown_and_why_it_ends(limits, ended, shown, ending):
    text, endings = told("Yes [1"[: 1 if ending == "time" else 5 if limits.stops else None], limits, ended=ended)
    assert (text, endings[-1]) == (shown, ending)
    assert endings[:-1] == [None] * (len(endings) - 1)


def test_a_model_that_has_begun_to_loop_is_ended():
    _, endings = told("abcdefghij" * 2, Limits(100, 60))
    assert endings[-1] == "repetition"


def test_for_a_measurement_it_goes_on_to_the_last_token():
    _, endings = told("abcdefghij" * 3, Limits(31, 60, to_the_last=True), ended=True)
    assert endings == [None] * 30 + ["length"]
