"""The benchmark's database as files that any shop could bring: products, customers, orders, profile."""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from knowledge.errors import DataMissing

PLACED_ON = "2024-05-01"
"""The set has no dates, and its policy asks for none."""

_KINDS = {"credit_card": "card", "paypal": "paypal", "gift_card": "gift_card"}
_COLUMNS = {"brand": "maker"}
"""Options whose name is one of our own columns."""


def retail_folder(data: Path) -> Path:
    """The benchmark's folder among the public sets.

    Raises:
        DataMissing: it is not there.
    """
    folder = data / "tau_retail"
    if not (folder / "orders.json").exists():
        raise DataMissing(
            f"{folder} has no orders.json; set SHOPCLERK_DATA or --data to the folder that holds tau_retail."
        )
    return folder


def read_set(folder: Path, name: str) -> Any:
    """One of the benchmark's JSON files; amounts as they are written."""
    return json.loads((folder / name).read_text(encoding="utf-8"), parse_float=str)


def write_shop(folder: Path, target: Path) -> None:
    """Write the shop's files.

    Args:
        folder: the benchmark's.
        target: made if it is not there; `shopclerk ingest` reads it.
    """
    target.mkdir(parents=True, exist_ok=True)
    users = read_set(folder, "users.json")
    profile = files("bot.tau_retail").joinpath("shop.yaml").read_text(encoding="utf-8")
    (target / "shop.yaml").write_text(profile, encoding="utf-8")
    _write(target / "products.jsonl", _product_rows(read_set(folder, "products.json")))
    _write(target / "customers.jsonl", (_customer_row(user_id, user) for user_id, user in users.items()))
    orders = read_set(folder, "orders.json").values()
    _write(target / "orders.jsonl", (_order_row(order, users[order["user_id"]]) for order in orders))


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _product_rows(products: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for product in products.values():
        yield {"id": product["product_id"], "title": product["name"]}
        for item in product["variants"].values():
            options = {_COLUMNS.get(name, name): value for name, value in item["options"].items()}
            stock = 10 if item["available"] else 0
            yield {
                "id": item["item_id"], "parent_id": product["product_id"], "price": str(item["price"]), "stock": stock,
                **options,
            }  # fmt: skip


def _customer_row(user_id: str, user: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "customer_id": user_id,
        "email": user["email"],
        "name": f"{user['name']['first_name']} {user['name']['last_name']}",
        "language": "en",
        "address": _address(user["address"]),
        "payment_methods": [_method(method) for method in user["payment_methods"].values()],
    }


def _order_row(order: Mapping[str, Any], user: Mapping[str, Any]) -> dict[str, Any]:
    tracking = [number for sent in order["fulfillments"] for number in sent["tracking_id"]]
    return {
        "order_number": order["order_id"],
        "customer_id": order["user_id"],
        "email": user["email"],
        "status": order["status"],
        "placed_on": PLACED_ON,
        "currency": "USD",
        "tracking_number": "; ".join(tracking),
        "address": _address(order["address"]),
        "lines": [
            {
                "product_id": item["product_id"],
                "variant_id": item["item_id"],
                "title": item["name"],
                "unit_price": str(item["price"]),
                "options": item["options"],
            }
            for item in order["items"]
        ],
        "payments": [
            {
                "kind": payment["transaction_type"],
                "amount": str(payment["amount"]),
                "method_id": payment["payment_method_id"],
            }
            for payment in order["payment_history"]
        ],
    }


def _address(address: Mapping[str, str]) -> dict[str, str]:
    return {
        "line1": address["address1"],
        "line2": address["address2"],
        "city": address["city"],
        "region": address["state"],
        "postcode": address["zip"],
        "country": address["country"],
    }


def _method(method: Mapping[str, Any]) -> dict[str, str]:
    told = " ".join(str(method[part]) for part in ("brand", "last_four") if part in method)
    balance = {"balance": str(method["balance"])} if "balance" in method else {}
    return {"method_id": method["id"], "kind": _KINDS[method["source"]], "label": told, **balance}
