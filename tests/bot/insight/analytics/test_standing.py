"""How conversations stand, told as the conversations themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.insight.analytics.standing import Said, came_back, says_solved, standing

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def talk(*lines: str) -> list[Said]:
    """`?text` is the shopper's, `>outcome[+][up|down][ intent]` a reply to it; `@hours` moves the clock."""
    said, at, asked = [], NOON, ""
    for number, line in enumerate(lines):
        at += timedelta(minutes=1)
        if line.startswith("@"):
            at += timedelta(hours=float(line[1:]))
        elif line.startswith("?"):
            asked = f"m{number}"
            said.append(Said(asked, "user", line[1:], at))
        elif line == "agent":
            said.append(Said(f"m{number}", "human_agent", "Hello", at))
        else:
            outcome, *more = line[1:].split(" ")
            rating = 1 if "up" in more else -1 if "down" in more else 0
            intent = next((word for word in more if word in ("thanks", "greeting")), "question")
            said.append(Said(f"m{number}", "assistant", "…", at, outcome, intent, asked, "cites" in more, rating))
    return said


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["?How long?", ">answered cites"], "cited"),
        (["?How long?", ">answered"], "answered"),
        (["?How long?"], "waiting"),
        (["?How long?", ">answered cites", "?and then?"], "waiting"),
        (["?hi", ">answered greeting"], "chat"),
        (["?How long?", ">refused"], "refused"),
        (["?How long?", ">refused", "?thanks", ">answered thanks"], "refused"),
        (["?How long?", ">answered cites up"], "thumb_up"),
        (["?How long?", ">answered up", "?and abroad?", ">refused"], "refused"),
        (["?How long?", ">answered up", "?and abroad?", ">answered cites"], "thumb_up"),
        (["?How long?", ">answered cites down"], "given_up"),
        (["?How long?", ">answered down", "?I mean days", ">answered cites"], "cited"),
        (["?How long?", ">answered", "?Great, that solved it", ">answered thanks"], "said_solved"),
        (["?How long?", ">answered", "?Great, that solved it", ">refused"], "said_solved"),
        (["?How long?", ">refused", "?Great, that solved it", ">answered thanks"], "refused"),
        (["?How long?", ">answered", "?thanks", ">answered thanks"], "answered"),
        (["?How long?", ">answered cites up", "?a person please", ">handed_off"], "handed_off"),
        (["?How long?", ">answered cites", "agent"], "handed_off"),
    ],
)
def test_standing(lines, expected):
    assert standing(talk(*lines), asked_for_person=False) == expected


def test_a_request_for_a_person_outweighs_everything():
    assert standing(talk("?How long?", ">answered cites up"), asked_for_person=True) == "handed_off"


@pytest.mark.parametrize(("hours", "back"), [(0.1, False), (1, True), (47, True), (49, False)])
def test_who_writes_within_48_hours_of_an_answer_came_back(hours, back):
    assert came_back(talk("?How long?", ">answered", f"@{hours}", "?and now?")) is back


@pytest.mark.parametrize(("hours", "back"), [(-1, False), (0.1, False), (2, True), (49, False)])
def test_who_writes_in_another_conversation_came_back_too(hours, back):
    assert came_back(talk("?How long?", ">answered"), [NOON + timedelta(hours=hours)]) is back


@pytest.mark.parametrize(("hours", "stands"), [(-1, "cited"), (0.1, "answered"), (47, "answered"), (49, "cited")])
def test_words_in_another_conversation_break_the_silence(hours, stands):
    said = talk("?How long?", ">answered cites")
    assert standing(said, asked_for_person=False, elsewhere=[NOON + timedelta(hours=hours)]) == stands


@pytest.mark.parametrize(
    ("text", "solved"),
    [
        ("Perfect, that solved it!", True),
        ("ok it works now, thanks", True),
        ("That answers my question", True),
        ("that’s exactly what I needed", True),
        ("解决了，谢谢", True),
        ("明白了，谢谢你", True),
        ("thanks", False),
        ("谢谢", False),
        ("it still doesn't work", False),
        ("has my problem been solved?", False),
        ("还是没解决", False),
        ("how is this fixed", False),
    ],
)
def test_only_words_that_say_so_confirm(text, solved):
    assert says_solved(text) is solved
