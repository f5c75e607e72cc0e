"""Reviews: each once, masked, heard beside conversations; what is wrong with a row is said of that row."""

import pytest
from sqlmodel import Session, select

from bot.insight.reviews import ReviewBook
from bot.insight.tables import ProductReview
from knowledge.errors import UnreadableFile
from tests.bot.insight.fake_feelings import FakeClassifier

GOOD = "product_id,rating,text,date\nA1,2,the zipper is bad,2026-10-01\nA1,5,good zipper,2026-11-01\n"


@pytest.fixture
def book(tmp_engine):
    return ReviewBook(tmp_engine, FakeClassifier())


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_the_same_file_twice_adds_nothing_the_second_time(tmp_path, tmp_engine, book):
    path = written(tmp_path / "reviews.csv", GOOD)
    assert (book.add([path], shop="demo").added, book.add([path], shop="demo").added) == (2, 0)
    with Session(tmp_engine) as session:
        assert {row.label for row in session.exec(select(ProductReview))} == {"negative", "positive"}


def test_json_lines_and_chinese_headings_are_read_too(tmp_path, book):
    lines = written(tmp_path / "r.jsonl", '{"product_id": "A1", "rating": 4, "text": "good", "date": "2026-10-02"}\n')
    chinese = written(tmp_path / "r.csv", "商品编号,评分,评价,日期\nA2,,还行,2026/10/03\n")
    assert book.add([lines, chinese], shop="demo").added == 2


def test_personal_data_is_masked_before_it_is_kept(tmp_path, tmp_engine, book):
    row = "A1,1,bad. Call me: jane.doe@example.com,2026-10-01"
    book.add([written(tmp_path / "r.csv", f"product_id,rating,text,date\n{row}\n")], shop="demo")
    with Session(tmp_engine) as session:
        assert "jane.doe" not in session.exec(select(ProductReview)).one().text


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",3,fine,2026-10-01", "id", "the product is empty"),
        ("A1,seven,fine,2026-10-01", "rating", "'seven'; expected a number from 1 to 5"),
        ("A1,9,fine,2026-10-01", "rating", "'9'; expected a number from 1 to 5"),
        ("A1,3,,2026-10-01", "text", "the text is empty"),
        ("A1,3,fine,yesterday", "date", "'yesterday'; expected year-month-day"),
        ("A1,3,fine,2999-01-01", "date", "from 1995 to today"),
    ],
)
def test_a_bad_row_is_reported_and_the_rest_goes_in(tmp_path, book, row, column, reason):
    report = book.add([written(tmp_path / "r.csv", f"{GOOD}{row}\n")], shop="demo")
    [failure] = report.failed
    assert (failure.line, failure.column, report.added) == (4, column, 2)
    assert reason in failure.reason


def test_a_file_without_a_column_says_which_and_what_is_there(tmp_path, book):
    path = written(tmp_path / "r.csv", "product_id,stars,date\nA1,3,2026-10-01\n")
    with pytest.raises(UnreadableFile, match=r"no column 'text' \(there are: id, stars, date\)"):
        book.add([path], shop="demo")
