"""What is recommended beside a product, and how recommendations are measured."""

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pytest

from knowledge.catalog import CatalogProduct
from knowledge.recommendations.evaluation import leave_one_out
from knowledge.recommendations.likeness import Likeness, together
from knowledge.recommendations.purchases import Purchase, Purchases
from knowledge.recommendations.scoring import ease_weights, item_cosine, lift, log_lift


def product(product_id: str, title: str, category: str, price: str = "20", description: str = "") -> CatalogProduct:
    return CatalogProduct(
        product_id, title, description, category, "", Decimal(price), "USD", 5, None, None, {}, (), "en"
    )


COFFEE = [
    product("D", "Ceramic Dripper", "Coffee", "27"),
    product("F", "Paper Filters", "Coffee", "8", "For our drippers."),
    product("D2", "Glass Dripper", "Coffee", "25"),
    product("P", "Cast-Iron Pan", "Kitchen", "30"),
    product("T", "Two-Person Tent", "Camping", "300"),
]


def baskets(*bought: str) -> list[Purchase]:
    return [
        Purchase(f"buyer {at}", one, f"{place:02d}") for at, ids in enumerate(bought) for place, one in enumerate(ids)
    ]


def best(scores: np.ndarray, likeness: Likeness) -> str:
    return likeness.ids[int(np.argmax(scores))]


def test_what_speaks_of_a_kind_goes_with_it_and_its_own_kind_does_not() -> None:
    likeness = Likeness(COFFEE)
    scores = together(likeness, Purchases([]), "D")
    assert best(scores, likeness) == "F"
    assert scores[likeness.at["D2"]] == 0


def test_what_many_bought_together_goes_together() -> None:
    likeness = Likeness(COFFEE)
    many = [Purchase(f"b{at}", one, "") for at in range(30) for one in ("P", "T")]
    others = [Purchase(f"o{at}", one, "") for at in range(60) for one in ("D", "F")]
    assert best(together(likeness, Purchases([*many, *others]), "P"), likeness) == "T"


def test_what_is_alike_is_of_the_same_kind_and_shelf() -> None:
    likeness = Likeness(COFFEE)
    scores = likeness.alike("D")
    assert best(scores, likeness) == "D2"
    assert scores[likeness.at["P"]] == 0


def test_one_purchase_in_common_says_little_and_many_say_much() -> None:
    once = Purchases([Purchase("a", "x", ""), Purchase("a", "y", ""), Purchase("b", "z", "")])
    often = Purchases(
        [Purchase(f"a{at}", one, "") for at in range(40) for one in ("x", "y")]
        + [Purchase(f"b{at}", "z", "") for at in range(40)]
    )
    assert 0 < log_lift(once, "x")[1] < 0.1 < log_lift(often, "x")[1]
    assert not log_lift(once, "unknown").any()


@pytest.mark.parametrize("way", [item_cosine, lift, lambda matrix, basket: basket @ ease_weights(matrix)])
def test_each_known_way_finds_the_pair(way: object) -> None:
    matrix = np.array([[1, 1, 0, 0]] * 20 + [[0, 0, 1, 1]] * 20, dtype=float)
    scores = way(matrix, np.array([1.0, 0, 0, 0]))  # type: ignore[operator]  # each is called the same way
    assert int(np.argmax(scores)) == 1


def test_what_goes_together_is_told_better_than_by_popularity() -> None:
    pairs = [(f"p{kind}", f"q{kind}") for kind in range(12)]
    bought = [
        Purchase(f"{kind}-{at}", one, str(place))
        for kind, pair in enumerate(pairs)
        for at in range(8)
        for place, one in enumerate(pair if at else (*pair, "common"))
    ]
    hits: Mapping[str, int] = {one.method: one.hits(1) for one in leave_one_out(bought)}
    assert hits["lift, shrunk"] >= hits["popularity"]
    ranked = {one.method: one.mean_reciprocal_rank for one in leave_one_out(bought)}
    assert set(ranked) == {"popularity", "item cosine, shrunk", "lift, shrunk", "EASE"}


def test_what_is_held_out_is_out_for_every_buyer_and_ties_count_in_the_middle() -> None:
    (popularity, *_) = leave_one_out(baskets("ab", "ab"))
    assert popularity.ranks == ()  # nobody else is left who has "b"
    (popularity, *_) = leave_one_out(baskets("ab", "ab", "b", "c"))
    assert popularity.ranks == (1.5, 1.5)
