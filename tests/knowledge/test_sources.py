"""Reading files: every format and encoding goes in, and what cannot be read is told with its place and reason."""

import io
import time
from datetime import date
from decimal import Decimal

import docx
import openpyxl
import pytest

from knowledge.catalog import Catalog
from knowledge.documents import content_hash
from knowledge.errors import UnreadableFile
from knowledge.sources.cleaning import clean_text, safe_url
from knowledge.sources.decoding import decode
from knowledge.sources.files import FoundFile
from knowledge.sources.reader import read_file
from knowledge.sources.values import parse_date, parse_money

PRODUCTS = "id,title,price,currency,stock\nA-1,Red mug,9.50,USD,4\nA-2,Blue mug,11.00,USD,0\n"


@pytest.fixture
def read(tmp_path):
    def read(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_file(FoundFile(path, name), shop="demo")

    return read


def places(content):
    return [(failure.line, failure.column) for failure in content.failures]


# ---- encodings and delimiters


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_catalogues_in_every_encoding_and_delimiter(read, encoding, delimiter):
    text = "id,title,price,currency\nA-1,红色马克杯,9.50,CNY\nA-2,蓝色咖啡杯,11.00,CNY\n".replace(",", delimiter)
    content = read("products.csv", text.encode(encoding))
    assert content.failures == ()
    assert [document.title for document in content.documents] == ["红色马克杯", "蓝色咖啡杯"]
    assert {document.language for document in content.documents} == {"zh"}


def test_a_file_that_mixes_encodings_is_read_line_by_line(read):
    lines = [
        b"question,answer",
        "运费是多少？,全国统一八元".encode(),
        "多久能到货？,一般三天送到".encode("gb18030"),
        b"Broken \xff\xff\xff\xfe?,\x81\xff",
        b"Do you ship abroad?,Yes",
    ]
    content = read("faq.csv", b"\n".join(lines))
    assert [document.title for document in content.documents] == ["运费是多少？", "多久能到货？", "Do you ship abroad?"]
    assert places(content) == [(4, None)]
    assert "save the file as UTF-8" in content.failures[0].reason


def test_western_letters_are_not_taken_for_chinese():
    assert (
        decode("Café crème, 5 €, à la carte. Déjà vu".encode("cp1252")).text == "Café crème, 5 €, à la carte. Déjà vu"
    )
    assert decode("退货政策：三十天".encode("gb18030")).text == "退货政策：三十天"


# ---- bad files


def test_an_empty_file(read):
    for name in ("a.md", "a.html", "a.txt", "faq.csv", "products.xlsx", "a.docx", "a.pdf"):
        with pytest.raises(UnreadableFile, match="empty"):
            read(name, b"")


@pytest.mark.parametrize("name", ["manual.pdf", "products.csv", "page.md"])
def test_a_zip_renamed(read, name):
    archive = io.BytesIO()
    openpyxl.Workbook().save(archive)
    with pytest.raises(UnreadableFile, match=r"not a PDF|zip archive|not text"):
        read(name, archive.getvalue())


def test_a_text_renamed_docx_or_xlsx(read):
    with pytest.raises(UnreadableFile, match="not a DOCX"):
        read("guide.docx", "Just text.")
    with pytest.raises(UnreadableFile, match="not a spreadsheet"):
        read("products.xlsx", "id,title\n1,Mug\n")


def test_a_damaged_pdf(read):
    with pytest.raises(UnreadableFile, match=r"damaged PDF|no text in it"):
        read("manual.pdf", b"%PDF-1.7\n" + b"rubbish " * 100)


def test_a_page_of_50_mb_is_refused_at_once(read):
    started = time.perf_counter()
    with pytest.raises(UnreadableFile, match="50 MB, and at most 20 MB are read; split it"):
        read("huge.txt", b"All work and no play. " * 2_273_000)
    assert time.perf_counter() - started < 30


@pytest.mark.full
def test_a_catalogue_of_50_mb_is_read(read):
    filler = "warm and dry " * 380
    rows = "".join(f"P-{number},Mug {number},5.00,USD,{filler}\n" for number in range(10_500))
    content = read("products.csv", f"id,title,price,currency,description\n{rows}")
    assert len(content.documents) == 10_500


# ---- bad rows


@pytest.mark.parametrize("name", ["first", "middle", "last"])
def test_a_broken_quote_costs_one_row(read, name):
    rows = [f'P-{number},"Mug, nr {number}",5' for number in range(300)]
    place = {"first": 0, "middle": 150, "last": 299}[name]
    rows[place] = f'P-{place},"Mug without end,5'
    content = read("products.csv", "id,title,price\n" + "\n".join(rows))
    assert places(content) == [(place + 2, None)]
    assert "quote" in content.failures[0].reason
    assert len(content.documents) == 299
    assert content.unread == {f"products.csv#P-{place}"}


def test_cells_over_several_lines_and_inches_are_fine(read):
    content = read("products.csv", 'id,title,description\n1,"24"" screen","one\ntwo"\n2,27" screen,plain\n3,Mug,\n')
    assert content.failures == ()
    assert [document.title for document in content.documents] == ['24" screen', '27" screen', "Mug"]
    assert content.documents[0].text == "one\ntwo"


def test_bad_cells_are_told_with_line_and_column(read):
    text = (
        "id,title,price,currency,stock,parent_id\nA-1,Mug,cheap,USD,4,\nA-2,Cup,5,US dollars,1,\nA-3,Jar,5,USD,many,\n"
        "A-4,,5,USD,1,\n,Nameless,5,USD,1,\nA-5,Fine,5,USD,1,\nA-5,Twice,6,USD,1,\nA-9-1,,5,USD,1,A-9\nA-6,X,-3,USD,1,\n"
        "A-7,Too,5,USD,1,,many,cells\n"
    )
    content = read("products.csv", text)
    assert places(content) == [
        (2, "price"), (3, "currency"), (4, "stock"), (5, "title"), (6, "id"), (8, "id"), (9, "parent_id"),
        (10, "price"), (11, None),
    ]  # fmt: skip
    assert [document.title for document in content.documents] == ["Fine"]
    assert "'A-5' stands already on line 7" in content.failures[5].reason


def test_bad_dates_are_told(read):
    text = (
        "question,answer,valid_from,valid_until,language\nA?,a,2026-02-30,,\nB?,b,,soon,\nC?,c,2026-05-01,2026-04-01,\n"
        "D?,d,2026/5/1,2026年6月1日,\nE?,e,,,klingon\n"
    )
    content = read("faq.csv", text)
    assert places(content) == [(2, "valid_from"), (3, "valid_until"), (4, "valid_until"), (6, "language")]
    assert (content.documents[0].valid_from, content.documents[0].valid_until) == (date(2026, 5, 1), date(2026, 6, 1))
    assert content.unread == {"faq.csv#1", "faq.csv#2", "faq.csv#3", "faq.csv#5"}


def test_missing_columns_are_named(read):
    with pytest.raises(UnreadableFile, match=r"columns are missing: id, title \(there are: price, sku_name\)"):
        read("products.csv", "sku_name,price\nMug,5\n")
    with pytest.raises(UnreadableFile, match="columns are missing: answer"):
        read("faq.csv", "question,reply\nA?,b\n")


def test_bad_lines_of_json(read):
    content = read(
        "faq.jsonl", '{"question": "A?", "answer": "a"}\n{"question": "B?"\n[1]\n{"question": "C?", "answer": "c"}\n'
    )
    assert places(content) == [(2, None), (3, None)]
    assert [document.source for document in content.documents] == ["faq.jsonl#1", "faq.jsonl#4"]


def test_formula_errors_in_a_spreadsheet(read):
    book = openpyxl.Workbook()
    for row in (
        ["id", "title", "price", "stock"],
        ["A-1", "Mug", 9.5, 3],
        ["A-2", "Cup", "#DIV/0!", 1],
        ["A-3", "Jar", "=1+1", 1],
        [1004, "Bowl", 12, None],
    ):
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    content = read("products.xlsx", data.getvalue())
    assert places(content) == [(3, "price"), (4, "price")]
    assert [(p.product_id, p.price, p.stock) for p in content.products.values()] == [
        ("A-1", Decimal("9.5"), 3), ("1004", Decimal(12), None),
    ]  # fmt: skip


def test_a_bad_profile_says_where(read):
    with pytest.raises(UnreadableFile, match=r"colours.primary"):
        read("shop.yaml", "name: Mugs\ncolours: {primary: 'red; background: url(x)'}\n")


def test_the_logo_beside_a_profile_travels_inside_it(read, tmp_path):
    (tmp_path / "logo.svg").write_text("<svg/>")
    assert read("shop.yaml", "name: Mugs\nlogo: logo.svg\n").profile.logo == "data:image/svg+xml;base64,PHN2Zy8+"
    link = "https://mugs.example/logo.png"
    assert read("shop.yaml", f"name: Mugs\nlogo: {link}\n").profile.logo == link


@pytest.mark.parametrize("logo", ["missing.svg", "../outside.svg", "shop.yaml"])
def test_a_logo_that_cannot_be_taken_is_named(read, tmp_path, logo):
    (tmp_path.parent / "outside.svg").write_text("<svg/>")
    with pytest.raises(UnreadableFile, match=logo.replace(".", r"\.")):
        read("shop.yaml", f"name: Mugs\nlogo: {logo}\n")


# ---- what goes in


def test_variants_and_languages_of_a_product(empty_shop):
    empty_shop.ingest(
        {
            "products.csv": "id,parent_id,title,title_zh,price,currency,stock,colour,colour_zh,weight_g\n"
            "B-1,,Boot,靴子,,USD,,,,900\nB-1-1,B-1,,,89.00,USD,3,Black,黑色,\nB-1-2,B-1,,,79.00,USD,4,Brown,棕色,\n"
        }
    )
    english, chinese = (Catalog(empty_shop.engine).get("demo", ["B-1"], language=code)[0] for code in ("en", "zh"))
    assert (english.title, english.price, english.stock) == ("Boot", Decimal("79.00"), 7)
    assert (chinese.title, chinese.variants[1].options) == ("靴子", {"颜色": "棕色"})
    assert english.attributes == {"weight_g": 900}
    assert empty_shop.texts("products.csv#B-1@en") == ["- Weight: 900 g\n- Colour: Black, Brown"]
    assert empty_shop.texts("products.csv#B-1@zh") == ["- 重量：900 克\n- 颜色：黑色、棕色"]


def test_front_matter_speaks_for_the_page(read):
    page = read(
        "sale.zh.md",
        "---\ntitle: Summer sale\nurl: https://shop.example/sale\nlanguage: en\nvalid_until: 2026-08-31\n---\n"
        "# Summer sale\n\nHalf.",
    ).documents[0]
    assert (page.title, page.language, page.valid_until, page.text) == ("Summer sale", "en", date(2026, 8, 31), "Half.")
    assert read("x.zh.md", "# Hi\n\nHello there").documents[0].language == "zh"
    assert read("x.md", "# 你好\n\n欢迎光临").documents[0].language == "zh"


def test_html_gives_its_text_and_no_scripts(read):
    page = read(
        "page.html",
        """<html lang="zh-CN"><head><title>Shop</title><script>steal()</script></head><body><nav>Menu</nav><main>
        <h1>Delivery</h1><p>Two <b>days</b><script>alert(1)</script>.</p><ul><li>One</li><li>Two</li></ul>
        <table><tr><th>Zone</th><th>Price</th></tr><tr><td rowspan=2>EU</td><td>5 €</td></tr>
        <tr><td>7 €</td></tr></table>
        <!-- secret --><a href="javascript:alert(1)">Click</a></main><footer>Imprint</footer></body></html>""",
    ).documents[0]
    assert (page.title, page.language) == ("Delivery", "zh")
    assert page.text == (
        "Two days.\n\n- One\n- Two\n\n| Zone | Price |\n|---|---|\n| EU | 5 € |\n| EU | 7 € |\n\nClick"
    )


def test_docx_keeps_headings_lists_and_tables(read):
    document = docx.Document()
    document.add_heading("Wholesale", 0)
    document.add_heading("Discounts", 1)
    document.add_paragraph("From 10 pieces on:")
    document.add_paragraph("mugs", style="List Bullet")
    document.add_paragraph("cups", style="List Bullet")
    table = document.add_table(rows=0, cols=2)
    for cells in (("Pieces", "Discount"), ("10", "8%")):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    data = io.BytesIO()
    document.save(data)
    page = read("wholesale.docx", data.getvalue()).documents[0]
    assert page.title == "Wholesale"
    assert page.text == (
        "## Discounts\n\nFrom 10 pieces on:\n\n- mugs\n- cups\n\n| Pieces | Discount |\n|---|---|\n| 10 | 8% |"
    )


def test_hostile_pages_are_harmless(read):
    page = read(
        "evil.md",
        "---\nurl: javascript:alert(1)\n---\n# Hi <script>alert(1)</script>\n\n"
        "<img src=x onerror=alert(1)>Text\u202e "
        "[good](https://a.example) [bad](javascript:alert(2)) <b>bold</b> a < b\x07",
    ).documents[0]
    assert page.url is None
    assert page.title == "Hi"
    assert page.text == "Text [good](https://a.example) bad bold a < b"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.example/x?y=1", True), ("http://a.example", True), ("/p/1", True), ("p/1.html", True),
        ("javascript:alert(1)", False), ("JaVaScRiPt:alert(1)", False), ("data:text/html,x", False),
        ("//evil.example/x", False), ("\\\\evil\\x", False), ("https://user:pw@evil.example", False),
        ("java\x00script:alert(1)", False), ("", False), ("a b", False),
    ],
)  # fmt: skip
def test_only_harmless_links_are_stored(url, kept):
    assert (safe_url(url) is not None) is kept


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("9.50", "9.50", None), ("1,299.00", "1299.00", None), ("1.299,00", "1299.00", None), ("12,50", "12.50", None),
        ("¥ 89", "89", "CNY"), ("89元", "89", "CNY"), ("$5", "5", "USD"),
        ("USD 5", "5", "USD"), ("1,299", "1299", None),
    ],
)  # fmt: skip
def test_prices_as_shops_write_them(text, amount, currency):
    assert parse_money(text) == (Decimal(amount), currency)


@pytest.mark.parametrize("text", ["cheap", "-3", "1.2.3,4", "NaN", "1e5", "9 or 10", "99999999999999999"])
def test_what_is_no_price(text):
    with pytest.raises(ValueError, match="is not a price"):
        parse_money(text)


def test_dates_and_control_characters():
    assert parse_date("2026-11-30T10:00:00") == date(2026, 11, 30)
    assert clean_text("a\r\nb\x00\u200b  \n\n\n\nc\ufeff") == "a\nb\n\nc"
    assert content_hash("a", "b") != content_hash("ab")
