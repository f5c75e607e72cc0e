from hypothesis import given
from hypothesis import strategies as st

from bot.answering.decoding.answer_text import AnswerText, TokenText, loops


def shown(parts, stops) -> str:
    answer = AnswerText(stops)
    return "".join(answer.add(part) for part in parts) + answer.end()


def bytes_decode(tokens) -> str:
    return bytes(tokens).decode("utf-8", errors="replace")


def test_text_ends_before_the_stop_even_when_it_comes_in_parts():
    assert shown(["You can", " return it.", "\nQues", "tion: more"], ["\nQuestion:"]) == "You can return it."


def test_the_beginning_of_a_stop_is_shown_once_it_turns_out_to_be_none():
    answer = AnswerText(["\nQuestion"])
    assert answer.add("a\nQue") == "a"
    assert answer.add("en") == "\nQueen"


def test_a_held_back_ending_is_shown_at_the_end():
    assert shown(["It costs 5", "\n"], ["\n\n"]) == "It costs 5\n"


def test_white_space_before_the_answer_is_no_stop():
    assert shown(["\n", "  ", "\nYes.", "\nNo."], ["\n"]) == "Yes."


def test_an_empty_stop_is_none():
    assert shown(["Yes."], [""]) == "Yes."


@given(st.lists(st.text(alphabet="ab\n", max_size=4)), st.text(alphabet="ab\n", min_size=1, max_size=3))
def test_however_it_is_cut_the_shown_text_is_what_stands_before_the_stop(parts, stop):
    assert shown(parts, [stop]) == "".join(parts).lstrip().partition(stop)[0]


@given(st.text(max_size=30).filter(lambda text: "\ufffd" not in text), st.text(max_size=5))
def test_no_half_character_is_ever_shown(text, before):
    tokens = TokenText(bytes_decode, list(before.encode()))
    parts = [tokens.add(token) for token in text.encode()]
    assert "".join(parts) == text
    assert not any("\ufffd" in part for part in parts)


def test_a_character_that_is_never_finished_is_not_shown():
    tokens = TokenText(bytes_decode, [])
    assert [tokens.add(token) for token in "好".encode()[:2]] == ["", ""]


def test_loops_are_seen_when_the_same_words_come_again():
    sentence = list(range(10))
    assert not loops(sentence)
    assert not loops([*sentence, 42, *sentence[:9]])
    assert loops([*sentence, 42, *sentence])
    assert loops([7] * 11)
    assert not loops([])
