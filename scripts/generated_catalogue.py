"""A catalogue of any size for measuring: made-up products, the same ones every time."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

COLUMNS = ("id", "title", "category", "brand", "price", "currency", "stock", "description", "colour", "material")

TYPED = ("weight_g", "capacity_l", "battery_hours", "waterproof")
"""Columns with numbers and units, for shops whose shoppers ask for advice."""

_KINDS = {
    "Shoes": ("running shoe", "hiking boot", "sandal", "rain boot", "slipper", "court sneaker"),
    "Bags": ("backpack", "messenger bag", "tote", "duffel", "belt bag", "suitcase"),
    "Kitchen": ("saucepan", "kettle", "chef's knife", "cutting board", "mixing bowl", "pour-over set"),
    "Audio": ("headphones", "earbuds", "bookshelf speaker", "turntable", "microphone", "sound bar"),
    "Outdoor": ("tent", "sleeping bag", "camp stove", "head torch", "trekking pole", "water filter"),
    "Home": ("desk lamp", "wool blanket", "bath towel", "storage basket", "wall clock", "floor rug"),
    "Office": ("notebook", "fountain pen", "monitor stand", "desk mat", "label printer", "shredder"),
    "Pets": ("dog harness", "cat tree", "food bowl", "chew toy", "travel crate", "brush"),
}
_WORDS = ("Alder", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Gale", "Harbor", "Iris", "Juniper", "Kestrel", "Lumen")
_COLOURS = ("black", "navy", "forest green", "sand", "red", "white", "slate", "mustard")
_MATERIALS = ("recycled nylon", "full-grain leather", "stainless steel", "bamboo", "merino wool", "aluminium", "cotton")
_FOR = (
    "long days on the move",
    "small flats",
    "wet weather",
    "gifts",
    "beginners",
    "daily use",
    "travel",
    "cold nights",
)


def write_catalogue(path: Path, *, products: int, typed: bool = False) -> None:
    """A CSV file of that many products; `typed` adds the columns of `TYPED`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*COLUMNS, *TYPED) if typed else COLUMNS)
        draw = random.Random(3)
        writer.writerows((*row, *_typed(draw)) if typed else row for row in _rows(products))


def questions(count: int) -> list[str]:
    """What shoppers of that catalogue would ask, each different from the one before."""
    draw = random.Random(2)
    asked = []
    for number in range(count):
        kind = draw.choice(draw.choice(list(_KINDS.values())))
        colour, material = draw.choice(_COLOURS), draw.choice(_MATERIALS)
        purpose, price = draw.choice(_FOR), draw.randrange(20, 200, 5)
        asked.append(
            (
                f"do you have a {colour} {kind} made of {material}?",
                f"a {kind} for {purpose} under ${price}",
                f"{draw.choice(_WORDS)} {kind} {draw.randrange(100, 1000)}",
                f"which {kind} is best for {purpose}",
            )[number % 4]
        )
    return asked


def _typed(draw: random.Random) -> tuple[str, ...]:
    hours = str(draw.randrange(4, 80)) if draw.random() < 0.5 else ""
    return (
        str(draw.randrange(90, 4000)),
        str(draw.randrange(1, 60)),
        hours,
        draw.choice(("waterproof", "not waterproof", "IPX4", "")),
    )


def _rows(products: int) -> Iterator[tuple[str, ...]]:
    draw = random.Random(1)
    for number in range(products):
        category = draw.choice(list(_KINDS))
        kind = draw.choice(_KINDS[category])
        brand, colour, material = draw.choice(_WORDS), draw.choice(_COLOURS), draw.choice(_MATERIALS)
        litres, grams = draw.randrange(1, 60), draw.randrange(90, 4000)
        yield (
            f"GEN-{number:06d}",
            f"{brand} {draw.randrange(100, 1000)} {colour} {kind}",
            category,
            brand,
            f"{draw.randrange(500, 30000) / 100:.2f}",
            "USD",
            str(draw.randrange(0, 200)),
            f"A {kind} of {material} for {draw.choice(_FOR)}. Holds {litres} litres, weighs {grams} g. "
            f"Comes in {colour} with a {draw.randrange(1, 6)}-year guarantee.",
            colour,
            material,
        )
