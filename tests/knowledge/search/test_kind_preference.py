"""Questions about service find pages and FAQ entries, questions about goods find goods."""

from dataclasses import replace

import pytest

from knowledge.kind_preference import about_service, kind_bonus


@pytest.mark.parametrize(
    "question",
    ["zip on my tent broke after 2 years", "can I swap it for a bigger one?", "铸铁锅保修多久", "下单后能改地址吗"],
)
def test_buying_sending_returning_and_mending_are_service(question):
    assert about_service(question)


@pytest.mark.parametrize(
    "question", ["are these noise cancelling?", "does it charge by USB-C?", "这款帐篷有多重？", "可更换电池的耳机"]
)
def test_what_a_thing_is_like_is_not(question):
    assert not about_service(question)


def test_service_prefers_what_the_shop_says_to_what_it_sells(make_chunk):
    page, faq, product = (make_chunk("Anything", kind=kind) for kind in ("page", "faq", "product"))
    bonus = [kind_bonus(chunk, service=True) for chunk in (page, faq, product)]
    assert bonus[0] > bonus[1] > bonus[2] == 0


def test_what_is_known_of_one_product_is_no_page_of_the_shop(make_chunk):
    review = replace(make_chunk("Review"), attributes={"product_id": "P1"})
    assert kind_bonus(review, service=True) == 0
