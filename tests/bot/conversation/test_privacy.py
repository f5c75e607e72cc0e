"""Privacy: what is personal is masked, what belongs to the shop is not, in both languages, quickly and once."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.privacy import Finding, mask
from bot.conversation.privacy.evaluation import marked, own_cases, presidio_cases, score

CHARACTERS = 5_000
# Each stretched to thousands of characters: what makes a careless pattern try ever more ways.
STRETCHED = [
    *("a", "1", " ", "a@", "1.", "12 ", "4111 ", "路", "路1", "1号", "A ", "Ab ", "1 Ab ", "+1", "(1", "my name is "),
    *(
        "address ",
        "1 a\n",
        "call 1",
        "手机 1 ",
        "Apt 1\n",
        "北京市",
        "a.",
        "07400 12345 ",
        "GB82 WEST ",
        "我叫",
        "[PHONE]",
    ),
    *("1 Ab Street" + "\n" * 300, "1 Ab Street" + " " * 300, "我住" * 20 + "路1号"),
    *("415-555-0132 ", "13812345678 ", "order ", "1-", "1 1 Ab Ab ", "address is 1 ab ", "\n", "单", "ann (at) a "),
]
FRAGMENTS = [
    *("ann@example.com", "a@b", "13812345678", "+44 7400 123456", "(415) 555-0132", "4111 1111 1111 1111", "[EMAIL]"),
    *("[PHONE]", "[", "]", "110101199003077416", "531-21-7351", "GB82WEST12345698765432", "12 Baker Street", "Suite 5"),
    *(
        "中山路37号",
        "3栋2单元501室",
        "地址是",
        "我叫",
        "张伟",
        "先生",
        "my name is ",
        "Ann Lee",
        "order ",
        "call me on ",
    ),
    *(
        "NW1 6XE",
        "London",
        ", ",
        " ",
        "-",
        "\n",
        "，",
        "1",
        "2026-11-22",
        "SC-20261104-017",
        "x12",
        "qq",
        "浙江省杭州市",
    ),
]


@pytest.mark.parametrize(
    "case", [case for case in own_cases() if case.split == "dev"], ids=lambda case: case.text[:40] or "empty"
)
def test_masks_what_is_personal_and_nothing_else(case):
    assert [(case.text[f.start : f.end], f.kind) for f in mask(case.text).findings] == [
        (case.text[f.start : f.end], f.kind) for f in case.expected
    ]


def test_cases_kept_apart_hold_too():
    cases = [case for case in own_cases() if case.split == "test"]
    right = [mask(case.text).findings == case.expected for case in cases]
    assert sum(right) / len(right) >= 0.95


def test_a_placeholder_stands_where_it_was():
    masked = mask("我的邮箱是ann@example.com，手机１３８１２３４５６７８。")
    assert masked.text == "我的邮箱是[EMAIL]，手机[PHONE]。"
    assert masked.findings == (Finding("email", 5, 20), Finding("phone", 23, 34))


@pytest.mark.parametrize("text", ["", " ", "Hello!", "你好"])
def test_text_without_personal_data_stays_as_it_is(text):
    assert mask(text).text == text
    assert mask(text).findings == ()


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=12).map("".join))
def test_masking_twice_changes_nothing_more(text):
    once = mask(text).text
    assert mask(once).text == once
    assert mask(once).findings == ()


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=12).map("".join))
def test_findings_lie_in_order_and_the_rest_is_untouched(text):
    masked = mask(text)
    rebuilt, place = "", 0
    for finding in masked.findings:
        assert place <= finding.start < finding.end <= len(text)
        rebuilt += text[place : finding.start] + f"[{finding.kind.upper()}]"
        place = finding.end
    assert rebuilt + text[place:] == masked.text


@pytest.mark.parametrize("piece", STRETCHED, ids=lambda piece: repr(piece)[:20])
def test_no_text_takes_more_than_its_length_in_time(piece):
    def seconds(characters: int) -> float:
        text = (piece * characters)[:characters]
        started = time.process_time()
        mask(text)
        return time.process_time() - started

    # Twice the length takes about twice the time; a pattern that tries ever more ways takes 4 times and up. Short times
    # are all noise, so only what is slow at all is compared, the best of three, since the first also loads tables.
    if seconds(2 * CHARACTERS) > 0.25:
        longer = min(seconds(2 * CHARACTERS) for _ in range(3))
        assert longer < 0.25 or longer < 3 * min(seconds(CHARACTERS) for _ in range(3))


def test_marks_are_read_as_findings():
    case = marked("write to [[email|ann@example.com]]!")
    assert (case.text, case.expected) == ("write to ann@example.com!", (Finding("email", 9, 24),))


def test_scores_are_counted_by_hand():
    cases = [
        marked("write to [[email|ann@example.com]]"),
        marked("[[email|not one that is found]]"),
        marked("not said to be one: bob@example.com"),
    ]
    [email] = score(cases)
    assert (email.expected, email.recall, email.found, email.precision) == (2, 0.5, 2, 0.5)


@pytest.mark.full
def test_numbers_in_presidio_sentences_are_all_masked(pytestconfig):
    sentences = Path(pytestconfig.rootpath, "../shared/data/presidio/generated_small.json")
    if not sentences.exists():
        pytest.skip("needs data: ../shared/data/presidio")
    scores = {kind.kind: kind for kind in score(presidio_cases(sentences))}
    for kind in ("email", "phone", "card", "id"):
        assert (scores[kind].recall, scores[kind].precision) == (1.0, 1.0)
    assert scores["address"].covered > 0.8  # its addresses are made up of parts of many countries


def test_every_kind_has_a_case():
    placeholders = set(re.findall(r"\[([A-Z]+)\]", str(mask.__doc__)))
    assert placeholders == {finding.kind.upper() for case in own_cases() for finding in case.expected}
