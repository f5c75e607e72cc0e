"""Chunking: nothing is lost, nothing is too large, headings and table headers stay with what is under them."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking import approximate_tokens, chunk_document
from knowledge.documents import Document


def page(text, **fields):
    return Document(shop="demo", source="a.md", title="Help", text=text, language="en", kind="page", **fields)


def texts(text, **options):
    return [chunk.text for chunk in chunk_document(page(text), **options)]


def test_sections_are_cut_at_headings_with_their_path():
    chunks = chunk_document(
        page("Intro.\n\n## Returns\n\nThirty days.\n\n### Shoes\n\nUnworn.\n\n## Delivery\n\nFast.")
    )
    assert [(chunk.heading, chunk.text) for chunk in chunks] == [
        ("", "Intro."), ("Returns", "Thirty days."), ("Returns › Shoes", "Unworn."), ("Delivery", "Fast."),
    ]  # fmt: skip
    assert [chunk.position for chunk in chunks] == [0, 1, 2, 3]
    assert len({chunk.id for chunk in chunks}) == 4


def test_a_table_in_several_chunks_repeats_its_header():
    table = "| Size | Length |\n|---|---|\n" + "\n".join(f"| {size} | {size + 200} mm |" for size in range(60))
    chunks = texts(table, chunk_tokens=50)
    assert len(chunks) > 3
    assert all(chunk.startswith("| Size | Length |\n|---|---|\n| ") for chunk in chunks)
    assert sum(chunk.count(" mm |") for chunk in chunks) == 60


def test_long_paragraphs_are_cut_between_sentences_in_both_languages():
    english = " ".join(f"This is sentence number {number} of many." for number in range(60))
    chinese = "".join(f"这是第{number}句话，讲的是退货。" for number in range(60))
    assert all(chunk.endswith(".") for chunk in texts(english, chunk_tokens=50))
    assert all(chunk.endswith("。") for chunk in texts(chinese, chunk_tokens=50))


def test_a_scrap_at_the_end_stays_with_its_section():
    items = "\n".join(f"- item number {number} of the list" for number in range(9))
    assert len(texts(items, chunk_tokens=50)) == 1


def test_a_hash_in_code_is_no_heading():
    assert texts("```\n# not a heading\n```") == ["```\n# not a heading\n```"]


def test_a_title_alone_is_one_chunk():
    chunks = chunk_document(page(""))
    assert [chunk.text for chunk in chunks] == ["Help"]


def test_validity_and_facts_travel_with_each_chunk():
    chunks = chunk_document(page("## A\n\na\n\n## B\n\nb", url="/x", attributes={"category": "c"}))
    assert {(chunk.url, chunk.attributes["category"]) for chunk in chunks} == {("/x", "c")}


words = st.lists(st.sampled_from(["word", "return", "30", "退货", "运费。", "end."]), min_size=1, max_size=80).map(
    " ".join
)
blocks = st.one_of(
    words,
    words.map(lambda text: "## " + text[:20].strip()),
    words.map(lambda text: "- " + text),
    st.integers(1, 30).map(lambda rows: "| a | b |\n|---|---|\n" + "| x | y |\n" * rows),
)


@given(st.lists(blocks, min_size=1, max_size=8).map("\n\n".join))
def test_nothing_is_lost_and_nothing_is_too_large(text):
    chunks = chunk_document(page(text), chunk_tokens=40)
    body = "\n".join(line for line in text.split("\n") if not line.startswith(("#", "| a", "|---")))
    kept = "\n".join(
        line for chunk in chunks for line in chunk.text.split("\n") if not line.startswith(("| a", "|---"))
    )
    if body.strip():
        assert kept.split() == body.split()
    assert all(approximate_tokens(chunk.text) <= 40 * 1.15 + 1 for chunk in chunks)
