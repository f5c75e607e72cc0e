"""A message that only names a subject is answered like the question that it stands for."""

from importlib.resources import files

import pytest
import yaml

from bot.answering.bare_topics import lacks_what, spelled_out
from tests.bot.answering.conftest import Open


@pytest.mark.parametrize(
    ("messages", "question"),
    [
        (["returns?", "return", "Return policy", "the returns policy?"], "How long can I return something?"),
        (["hours?", "Opening hours", "openig hours"], "What are the opening hours of the store?"),
        (["info on shipping", "shiping", "postage?", "How much is shipping?"], "What does standard shipping cost?"),
    ],
)
def test_bare_english_subjects_are_spelled_out(messages: list[str], question: str) -> None:
    assert {spelled_out(message, "en") for message in messages} == {question}


@pytest.mark.parametrize(
    ("messages", "question"),
    [
        (["运费？", "运费呢", "请问运费", "邮费?", "运费多少？", "请问运费多少钱", "邮费怎么算？"], "标准运费是多少？"),
        (["保修", "质保期呢？", "关于质保"], "各类商品的质保期是多久？"),
        (["营业时间", "営业时间？", "开门时间是？"], "门店营业时间是几点到几点？"),
    ],
)
def test_bare_chinese_subjects_are_spelled_out(messages: list[str], question: str) -> None:
    assert {spelled_out(message, "zh") for message in messages} == {question}


@pytest.mark.parametrize("message", ["How much is shipping to Canada?", "鞋", "寄到日本运费多少", "tent", "more info"])
def test_what_says_more_or_names_goods_stays_as_it_is(message: str) -> None:
    assert spelled_out(message, "en") == message


@pytest.mark.parametrize(("message", "what"), [("多少钱？", "price"), ("how much", "price"), ("尺码", "size")])
def test_what_everything_has_lacks_of_what(message: str, what: str) -> None:
    assert lacks_what(message) == what
    assert lacks_what(f"{message} Quietude 3") == ""


def test_each_topic_asks_in_both_languages_and_no_name_stands_twice() -> None:
    topics = yaml.safe_load((files("bot.answering") / "bare_topics.yaml").read_text("utf-8"))["topics"]
    names = [name for topic in topics for name in topic["names"]]
    assert len(names) == len(set(names))
    assert all(topic["ask"].keys() == {"en", "zh"} for topic in topics)


def test_a_bare_subject_gets_the_passage_of_its_question(talk: Open) -> None:
    assert "30" in talk().say("returns?").text
    assert "30 天" in talk().say("退货？").text


def test_a_bare_price_is_asked_back(talk: Open) -> None:
    reply = talk().say("多少钱？")
    assert (reply.outcome, reply.reason) == ("answered", "of_what")
    assert "哪款商品" in reply.text
