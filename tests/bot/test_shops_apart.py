"""Two shops in one installation that contradict each other in everything: neither ever shows a word of the other's."""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.bootstrap import Shopclerk, build
from bot.settings import Settings
from tests.bot.small_shops import Told, ask, write_files
from tests.fakes import FakeChatModel, fake_shopclerk
from ui.app import create_app

PINE, REEF = "pine", "reef"


def files_of(
    *, name: str, zh: str, days: int, fee: str, price: str, stock: int, colour: str, carrier: str, page: str
) -> dict[str, str]:
    """The same shop in every id, title and question, with facts of its own."""
    return {
        "shop.yaml": f"name: {{en: {name}, zh: {zh}}}\ncontact: {{email: care@{name.lower()}.example}}\n"
        f"greeting: {{en: Welcome to {name}!, zh: 欢迎光临{zh}！}}\n"
        f"suggested_questions: {{en: ['What is the {name} promise?'], zh: ['什么是{zh}承诺？']}}\n",
        "returns.en.md": f"---\ntitle: Returns\nlanguage: en\nurl: https://{name.lower()}.example/returns\n---\n"
        f"# Returns\n\nYou can return most items within {days} days of delivery. {name} pays the return parcel.\n",
        "returns.zh.md": f"---\ntitle: 退货\nlanguage: zh\n---\n# 退货\n\n大多数商品签收后 {days} 天内可以退货。\n",
        f"{page}.en.md": f"---\ntitle: The {page}\nlanguage: en\n---\n# The {page}\n\n"
        f"The {page} of {name} opens on Sunday at the harbour.\n",
        "faq.csv": "question,answer,language\n"
        f"Do you deliver to Canada?,Yes. Delivery to Canada costs ${fee} with {carrier}.,en\n"
        f"What is the {name} promise?,{name} promises to mend for life.,en\n"
        f"How do I join the {name} club?,Ask for the {name} card.,en\n"
        f"寄到加拿大运费多少？,寄到加拿大运费 {fee} 美元。,zh\n",
        "products.csv": "id,title,title_zh,category,category_zh,brand,price,currency,stock,description,colour\n"
        f"HP-1,Quietude 3 Headphones,Quietude 3 耳机,Headphones,耳机,{name},{price},USD,{stock},By {name}.,{colour}\n"
        f"{name.upper()}-9,{name} Lantern,{zh}灯,Lights,灯具,{name},{price},USD,{stock},Lamp of {name}.,{colour}\n",
        "orders.jsonl": '{"order_number": "TP-20261104-034", "email": "anna@example.com", "postcode": "98107", '
        '"status": "shipped", "placed_on": "2026-11-04", "lines": [{"product_id": "HP-1", "variant_id": null, '
        f'"title": "{name} Quietude", "title_zh": "", "quantity": 1, "unit_price": "{price}"}}], "total": "{price}", '
        f'"currency": "USD", "carrier": "{carrier}", "tracking_number": "{carrier}-77", "expected_on": null, '
        '"delivered_on": null}\n'
        f'{{"order_number": "{name.upper()}-20261104-001", "email": "anna@example.com", "postcode": "1", '
        '"status": "shipped", "placed_on": "2026-11-04", "lines": [], "total": "5.00", "currency": "USD", '
        f'"carrier": "{carrier}", "tracking_number": "{carrier}-88", "expected_on": null, "delivered_on": null}}\n',
    }


FILES = {
    PINE: files_of(
        name="Pinewood",
        zh="松林",
        days=14,
        fee="11.90",
        price="189.00",
        stock=4,
        colour="Blue",
        carrier="UPS",
        page="kiosk",
    ),
    REEF: files_of(
        name="Coralia",
        zh="珊瑚",
        days=61,
        fee="23.50",
        price="777.00",
        stock=8,
        colour="Magenta",
        carrier="FedEx",
        page="aquarium",
    ),
}
MARKS = {
    PINE: ("pinewood", "松林", "14 day", "14 天", "11.90", "189.00", "blue", "ups", "kiosk"),
    REEF: ("coralia", "珊瑚", "61 day", "61 天", "23.50", "777.00", "magenta", "fedex", "aquarium"),
}
OTHER = {PINE: REEF, REEF: PINE}
QUESTIONS = [
    "hello",
    "How many days to return most items after delivery?",
    "几天内可以退货？",
    "Do you deliver to Canada?",
    "寄到加拿大运费多少？",
    "How much are the Quietude 3 Headphones?",
    "Quietude 3 耳机多少钱？",
    "Is HP-1 in stock?",
    "which colours does the Quietude 3 have?",
    "headphones under $5000",
    "show me lights",
    "lantern",
    "灯具",
    "What is the promise?",
    "How do I join the club?",
    "Who pays the return parcel?",
    "Where is TP-20261104-034? I am anna@example.com",
    "How can I contact you?",
    "what can you do",
]

AskBoth = Callable[[str, str], Told]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shopclerk]:
    """Both shops, and a model that recites all that it is given."""
    home = tmp_path_factory.mktemp("apart")
    reciting = FakeChatModel(script=lambda messages: messages[-1].text.replace("\n", " "))
    with fake_shopclerk(home / "home", chat_model=reciting, shop=PINE) as shopclerk:
        for shop, files in FILES.items():
            assert not shopclerk.ingest([write_files(home / shop, files)], shop=shop).failed
        yield shopclerk


def foreign(shop: str, told: Told, question: str) -> list[str]:
    """What of the other shop was shown, apart from what the shopper said."""
    said = told.everything.casefold()
    return [mark for mark in MARKS[OTHER[shop]] if mark in said and mark not in question.casefold()]


@pytest.mark.parametrize(("shop", "question"), list(product(MARKS, QUESTIONS)))
def test_no_question_shows_anything_of_the_other_shop(house, shop, question):
    told = ask(house, question, shop=shop)
    assert foreign(shop, told, question) == []
    own = house.versions.active(shop)
    assert own is not None
    ids = {chunk.id for chunk in house.versions.chunks(shop, own)}
    assert {passage.chunk_id for passage in told.trace.passages} <= ids
    assert {citation.chunk_id for citation in told.reply.citations} <= ids


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("How many days to return most items after delivery?", {PINE: "14 days", REEF: "61 days"}),
        ("Do you deliver to Canada?", {PINE: "$11.90", REEF: "$23.50"}),
        ("How much are the Quietude 3 Headphones?", {PINE: "$189.00", REEF: "$777.00"}),
        ("几天内可以退货？", {PINE: "14 天", REEF: "61 天"}),
        ("Where is TP-20261104-034? I am anna@example.com", {PINE: "UPS-77", REEF: "FedEx-77"}),
    ],
)
def test_each_shop_tells_its_own_facts(house, question, own):
    for shop, fact in own.items():
        assert fact in ask(house, question, shop=shop).shown


@pytest.mark.parametrize("shop", MARKS)
def test_asking_for_the_other_shop_by_name_tells_nothing_of_it(house, shop):
    theirs = FILES[OTHER[shop]]
    page = next(name.partition(".")[0] for name in theirs if name.startswith(("kiosk", "aquarium")))
    name = "Coralia" if shop == PINE else "Pinewood"
    for question in (f"When does the {page} of {name} open?", f"How much is the {name} Lantern?", f"{name.upper()}-9"):
        told = ask(house, question, shop=shop)
        assert foreign(shop, told, question) == []
        assert "harbour" not in told.everything or page not in told.everything
        assert not any(name in card.title for card in told.reply.products)


@pytest.mark.parametrize("shop", MARKS)
def test_an_order_of_the_other_shop_does_not_exist_here(house, shop):
    number = {PINE: "CORALIA-20261104-001", REEF: "PINEWOOD-20261104-001"}[shop]
    told = ask(house, f"Where is my order {number}? I am anna@example.com", shop=shop)
    assert "-88" not in told.everything
    assert told.reply.outcome == "refused" or told.reply.reason == "order_details_wanted"


@pytest.mark.parametrize("shop", MARKS)
def test_a_passage_opens_only_in_its_own_shop(house, shop):
    version = house.versions.active(shop)
    assert version is not None
    for chunk in house.versions.chunks(shop, version):
        opened = house.passage(shop, chunk.id)
        assert opened is not None
        assert opened.shop == shop
        assert house.passage(OTHER[shop], chunk.id) is None


@pytest.mark.parametrize("shop", MARKS)
def test_search_with_any_filter_and_depth_stays_inside(house, shop):
    for question in QUESTIONS:
        for language in ("en", "zh", None):
            found = house.searcher.search(question, shop=shop, k=200, language=language)
            assert {passage.chunk.shop for passage in found} <= {shop}


def test_rolling_one_shop_back_or_pruning_it_leaves_the_other_alone(tmp_path):
    with fake_shopclerk(tmp_path / "home", shop=PINE) as shopclerk:
        for shop, files in FILES.items():
            shopclerk.ingest([write_files(tmp_path / shop, files)], shop=shop)
        before = shopclerk.versions.list(REEF)
        write_files(tmp_path / PINE, {"faq.csv": "question,answer\nDo you deliver to Canada?,No.\n"})
        (tmp_path / PINE / "returns.en.md").unlink()
        shopclerk.ingest([tmp_path / PINE], shop=PINE, prune=True)
        shopclerk.versions.rollback(PINE)
        assert shopclerk.versions.list(REEF) == before
        assert "61 days" in ask(shopclerk, QUESTIONS[1], shop=REEF).shown


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_shop_that_nobody_has_ingested_knows_nothing(house, question):
    told = ask(house, question, shop="nowhere")
    assert foreign(PINE, told, question) == foreign(REEF, told, question) == []
    assert not told.reply.citations
    assert not told.reply.products


def test_an_unknown_shop_is_told_in_one_sentence(house):
    with TestClient(create_app(house)) as client:
        answer = client.post("/api/v1/conversations", json={"shop": "nowhere"})
    assert answer.status_code == 404
    sentence = answer.json()["detail"]
    assert "'nowhere'" in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert not any(mark in answer.text.casefold() for marks in MARKS.values() for mark in marks)


@pytest.mark.full
def test_apart_with_the_real_embedder_and_index_too(tmp_path: Path, home_with_models: Path):
    with build(Settings(home=home_with_models, generator="none", shop=PINE)) as shopclerk:
        for shop, files in FILES.items():
            assert not shopclerk.ingest([write_files(tmp_path / shop, files)], shop=shop).failed
        for shop, question in product(MARKS, QUESTIONS):
            assert foreign(shop, ask(shopclerk, question, shop=shop), question) == []
