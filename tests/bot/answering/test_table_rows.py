"""Of a table, what is shown are the rows that the question asks for: another row's value is a wrong answer."""

import pytest

from bot.answering.asking import asking
from bot.answering.coverage import Coverage
from bot.answering.evidence import units
from bot.answering.table_rows import TableRows
from knowledge.documents import Chunk
from knowledge.keywords import tokenize

SHIPPING = """| Zone | Standard shipping | Free from | Time |
|---|---|---|---|
| Contiguous United States | $6.90 | $59 | 3–5 days |
| Contiguous United States, express | $14.90 | never | 1–2 days |
| Canada | $11.90 | $120 | 5–8 days |
| Japan, South Korea | $16.90 | $160 | 6–10 days |
"""
WARRANTY = """| 商品类别 | 质保期 |
|---|---|
| 耳机、音箱 | 24 个月 |
| 鞋 | 6 个月 |
| 外套和服装 | 12 个月 |
| 厨房和咖啡器具 | 24 个月 |
"""
SHOES = """| 欧码 EU | 美码女 | 脚长（厘米） |
|---|---|---|
| 42 | 11 | 26.7 |
| 43 | 12 | 27.4 |
| 44 | 13 | 28.1 |
"""
PIECES = """| Pieces | Discount |
|---|---|
| 10–49 | 8% |
| 50–199 | 12% |
"""


def named(table: str, question: str) -> list[str]:
    """The first cells of the rows that a question names."""
    chunk = Chunk("c", "d", "demo", "s.md", "Page", "Page › Part", table, 0, "en", "page")
    found = units(chunk)
    coverage = Coverage(question, [set(tokenize(unit.text)) for unit in found])
    rows = TableRows(found, question, asking(question).numbers)
    return [found[place].cells[0][1] for place in sorted(rows.named(coverage))]


@pytest.mark.parametrize(
    ("table", "question", "rows"),
    [
        (SHIPPING, "What is shipping to Canada?", ["Canada"]),
        (SHIPPING, "寄到日本运费多少", ["Japan, South Korea"]),
        (SHIPPING, "shipping to Canada and Japan", ["Canada", "Japan, South Korea"]),
        (SHIPPING, "express to Ohio", ["Contiguous United States, express"]),
        (SHIPPING, "What does shipping cost?", []),
        (WARRANTY, "鞋子保修几个月", ["鞋"]),
        (WARRANTY, "羽绒服保修多久", ["外套和服装"]),
        (WARRANTY, "咖啡豆保修吗", []),
        (SHOES, "43 码对应脚长多少厘米", ["43"]),
        (SHOES, "脚长 27.4 厘米穿几码", ["43"]),
        (PIECES, "discount for 60 pieces", ["50–199"]),
    ],
)
def test_the_rows_that_a_question_names_are_told_from_the_others(table: str, question: str, rows: list[str]) -> None:
    assert named(table, question) == rows


def test_a_number_that_a_named_column_does_not_hold_speaks_against_all_rows() -> None:
    chunk = Chunk("c", "d", "demo", "s.md", "Page", "Page › Part", SHOES, 0, "zh", "page")
    assert set(TableRows(units(chunk), "美码女 20 是多少", (20.0,)).sized.tolist()) == {-1.0}
