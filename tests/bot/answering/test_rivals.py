"""That one product's value is never told where the question fits another product as well."""

from bot.answering.extraction import Extractor
from knowledge.documents import Chunk, Passage
from tests.fake_embedder import FakeEmbedder


def product(title: str, text: str) -> Passage:
    chunk = Chunk(
        title, title, "demo", "products.csv", title, "", text, 0, "en", "product", attributes={"product_id": title}
    )
    return Passage(chunk=chunk, rank=1, score=0.8, found_by=("dense",))


MATS = [product("Raft Air Mat", "R-value: 4.2"), product("Foam Fold Mat", "R-value: 2.0")]


def torn(question: str, passages: list[Passage]) -> set[str]:
    return set(Extractor(FakeEmbedder()).read(question, passages).torn)


def test_a_question_that_fits_two_products_tells_of_neither() -> None:
    assert torn("what is the R-value of the mat", MATS) == {"Raft Air Mat", "Foam Fold Mat"}


def test_a_question_with_more_of_one_name_is_about_that_product() -> None:
    assert not torn("what is the R-value of the foam mat", [MATS[1], product("Raft Air Mat", "Colour: blue")])


def test_products_that_state_the_same_do_not_compete() -> None:
    assert not torn("what is the R-value of the mat", [MATS[0], product("Drift Mat", "R-value: 4.2")])
