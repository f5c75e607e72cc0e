"""`shopclerk evaluate recommendations`: what was bought last, told from what was bought before it."""

import json as jsonlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.learning.answers_evaluation import Share
from bot.settings import Settings
from knowledge.catalog import CatalogProduct
from knowledge.errors import DataMissing
from knowledge.recommendations.evaluation import HIT_AT, Outcome, leave_one_out
from knowledge.recommendations.purchases import Purchase
from knowledge.sources.files import FoundFile
from knowledge.sources.reader import read_file
from scripts.console import JsonFlag, note, print_json, print_table
from scripts.demo import demo_folder
from scripts.figures import INTERVALS, counted, counted_document

DEMO, TAU = "demo", "tau_retail"
DATASETS = (DEMO, TAU)

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk evaluate recommendations tau_retail")
def recommendations(
    datasets: Annotated[
        list[str] | None, typer.Argument(help=f"Which of {', '.join(DATASETS)}.", show_default="all")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    json: JsonFlag = False,
) -> None:
    """Measure recommendations by holding out what each buyer bought last, popularity beside them."""
    names = datasets or list(DATASETS)
    for name in names:
        if name not in DATASETS:
            raise typer.BadParameter(f"{name!r} is unknown; expected {', '.join(DATASETS)}")
    measured: dict[str, list[Outcome]] = {}
    for name in names:
        try:
            measured[name] = leave_one_out(*_bought(name, data or Settings().data))
        except DataMissing as missing:
            if len(names) == 1:
                raise
            note(str(missing))
    if json:
        print_json({name: [_as_json(one) for one in outcomes] for name, outcomes in measured.items()})
        return
    for name, outcomes in measured.items():
        _print(name, outcomes)


def _bought(name: str, data: Path | None) -> tuple[list[Purchase], list[CatalogProduct]]:
    """What was bought, and the whole catalogue."""
    return (_of_demo(), _catalogue_of_demo()) if name == DEMO else (_of_tau(data), [])


def _of_demo() -> list[Purchase]:
    lines = (demo_folder() / "orders.jsonl").read_text(encoding="utf-8").splitlines()
    orders = [jsonlib.loads(line) for line in lines if line.strip()]
    return [
        Purchase(order["email"], line["product_id"], f"{order['placed_on']} {order['order_number']}")
        for order in orders
        if order["status"] != "cancelled"
        for line in order["lines"]
    ]


def _catalogue_of_demo() -> list[CatalogProduct]:
    read = read_file(FoundFile(demo_folder() / "products.csv", "products.csv"), shop=DEMO)
    return [product for product in read.products.values() if product.language == "en"]


def _of_tau(data: Path | None) -> list[Purchase]:
    """Orders carry no day there: a customer's own list of them is their order in time.

    Raises:
        DataMissing: the set is absent.
    """
    folder = (data or Path()) / TAU
    if data is None or not (folder / "orders.json").is_file():
        raise DataMissing(f"{TAU} is not in {str(data)!r}; set SHOPCLERK_DATA to the folder that holds it.")
    orders = jsonlib.loads((folder / "orders.json").read_text(encoding="utf-8"))
    users = jsonlib.loads((folder / "users.json").read_text(encoding="utf-8"))
    return [
        Purchase(user, item["product_id"], f"{place:04d} {number}")
        for user, known in users.items()
        for place, number in enumerate(known["orders"])
        if number in orders and orders[number]["status"] != "cancelled"
        for item in orders[number]["items"]
    ]


def _print(name: str, outcomes: Sequence[Outcome]) -> None:
    rows = [
        (
            one.method,
            counted(Share(one.hits(), len(one.ranks))),
            f"{one.mean_reciprocal_rank:.3f}",
            f"{one.ndcg:.3f}",
            f"{one.chance:.3f}",
        )
        for one in outcomes
    ]
    title = f"{name}: what {len(outcomes[0].ranks)} buyers bought last, of {outcomes[0].products} products, {INTERVALS}"
    print_table(("method", f"hit@{HIT_AT}", "MRR", f"nDCG@{HIT_AT}", "by chance"), rows, title=title)


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "method": outcome.method,
        "hit_at_10": counted_document(Share(outcome.hits(), len(outcome.ranks))),
        "mean_reciprocal_rank": outcome.mean_reciprocal_rank,
        "ndcg_at_10": outcome.ndcg,
        "products": outcome.products,
        "by_chance": outcome.chance,
    }
