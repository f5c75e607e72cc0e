import pytest

from bot.answering.coverage import Coverage
from bot.answering.evidence import units
from bot.answering.prose_rows import of_other_things
from knowledge.documents import Chunk
from knowledge.keywords import tokenize

POSTAGE = (
    "Sending to Oslo costs $9. From $80 it is free. Sending to Rome costs $7. From $90 it is free. "
    "Sending to Kiel costs $5. From $70 it is free."
)
LAMPS = "林月台灯：用USB-C充电，225分钟充满。川石头灯：用磁吸线充电，120分钟充满。"
TERMS = "川石 Mini 登山靴的保修期为 10 年。不保修：进水。松林 2 行李箱的保修期为 3 年。不保修：摔坏。"
KIT = "Tavo 3收音机：系统：安卓9以上。配件：两节电池。Milo Pro相机：系统：安卓8以上。配件：快速指南。"


def shown(text: str, question: str) -> list[str]:
    """What is left of a paragraph for a question."""
    chunk = Chunk("p", "p", "demo", "p.md", "p", "p", text, 0, "en", "page")
    found = units(chunk)
    coverage = Coverage(question, [set(tokenize(unit.text)) for unit in found])
    beside = of_other_things(found, coverage)
    return [unit.text for place, unit in enumerate(found) if place not in beside]


@pytest.mark.parametrize(
    ("text", "question", "left"),
    [
        (POSTAGE, "What do you charge for sending to Rome?", ["Sending to Rome costs $7.", "From $90 it is free."]),
        (LAMPS, "川石头灯充电要多久？", ["川石头灯：用磁吸线充电，120分钟充满。"]),
        (LAMPS, "林月台灯用USB-C吗", ["林月台灯：用USB-C充电，225分钟充满。"]),
        (TERMS, "松林 2 行李箱保修几年？", ["松林 2 行李箱的保修期为 3 年。", "不保修：摔坏。"]),
        (KIT, "Milo Pro相机有什么配件？", ["Milo Pro相机：系统：安卓8以上。", "配件：快速指南。"]),
    ],
)
def test_of_sentences_like_rows_those_on_what_is_asked_are_shown(text: str, question: str, left: list[str]) -> None:
    assert shown(text, question) == left


@pytest.mark.parametrize(
    ("text", "question", "among"),
    [
        (
            "Standard shipping costs $5. Express shipping costs $12. Both are free for Gold members.",
            "Is standard shipping free for Gold members?",
            "Both are free for Gold members.",
        ),
        (
            "Sending to Oslo costs $9. Sending to Rome costs $7. Power banks are not sent by air.",
            "Can you send power banks to Oslo?",
            "Power banks are not sent by air.",
        ),
        (
            "我们的退货期限是30天。我们的换货期限是15天。特价商品不退不换。",
            "特价商品可以退货吗？",
            "特价商品不退不换。",
        ),
    ],
)
def test_what_follows_the_last_row_is_left(text: str, question: str, among: str) -> None:
    assert among in shown(text, question)


def test_all_of_those_asked_for_are_shown() -> None:
    assert len(shown(POSTAGE, "Sending to Rome and Oslo?")) == 4


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (POSTAGE, "What does sending cost?"),
        (POSTAGE, "Do you send to Paris?"),
        ("Returns are free within 30 days. Sale items are kept. Write to us before you send a thing.", "sale items?"),
    ],
)
def test_a_paragraph_stays_whole_where_nothing_in_it_is_picked_out(text: str, question: str) -> None:
    assert shown(text, question) == shown(text, "?")
