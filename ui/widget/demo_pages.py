"""The HTML of the demo shop: pure functions; every value from the catalogue is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import yaml

from bot.answering.money import money


class Variant(Protocol):
    """One choice of a product."""

    @property
    def options(self) -> Mapping[str, str]:
        """What is chosen."""
        ...


class Goods(Protocol):
    """A product of the catalogue."""

    @property
    def product_id(self) -> str:
        """As in the catalogue."""
        ...

    @property
    def title(self) -> str:
        """In the language asked for."""
        ...

    @property
    def description(self) -> str:
        """May be empty."""
        ...

    @property
    def category(self) -> str:
        """In the same language; may be empty."""
        ...

    @property
    def brand(self) -> str:
        """May be empty."""
        ...

    @property
    def price(self) -> Decimal | None:
        """None: on request."""
        ...

    @property
    def currency(self) -> str:
        """ISO 4217."""
        ...

    @property
    def stock(self) -> int | None:
        """Pieces left; None when unknown."""
        ...

    @property
    def variants(self) -> Sequence[Variant]:
        """What there is to choose."""
        ...


@dataclass(frozen=True)
class Front:
    """What all pages show.

    Attributes:
        name: of the shop, to be read.
        logo: a data address; empty when there is none.
        language: of the pages, `en` or `zh`.
        customers: id → name of whom one may sign in as.
    """

    shop: str
    name: str
    logo: str
    language: str
    customers: Mapping[str, str]

    def say(self, key: str, **values: str) -> str:
        """The pages' words, escaped."""
        return escape(_words()[self.language][key].format(**values))


def home_page(front: Front, shown: Sequence[Goods], *, categories: Sequence[str], chosen: str) -> str:
    """The first page, or one category."""
    hero = (
        f"<h1>{escape(chosen)}</h1>"
        if chosen
        else f'<div class="hero"><div><h1>{front.say("hero")}</h1><p>{front.say("hero_line")}</p></div></div>'
        f"<h2>{front.say('favourites')}</h2>"
    )
    main = f"{hero}{_shelf(front, shown)}"
    return _whole(front, categories, title=chosen or front.name, path="/demo", main=main, category=chosen)


def product_page(front: Front, product: Goods, others: Sequence[Goods], *, categories: Sequence[str]) -> str:
    """One product."""
    choices = "".join(
        f"<fieldset><legend>{escape(name)}</legend>"
        + "".join(
            f'<label><input type="radio" name="{escape(name)}" value="{escape(value)}"{" checked" if first else ""}>'
            f"<span>{escape(value)}</span></label>"
            for first, value in ((place == 0, value) for place, value in enumerate(values))
        )
        + "</fieldset>"
        for name, values in _options(product).items()
    )
    main = (
        f'<nav class="crumbs"><a href="{_link(front, "/demo")}">{front.say("home")}</a> / '
        f'<a href="{_link(front, "/demo", category=product.category)}">{escape(product.category)}</a></nav>'
        f'<article class="product"><div class="big">{_picture(product)}</div><div>'
        f'<p class="brand">{escape(product.brand)}</p><h1>{escape(product.title)}</h1>'
        f'<p class="price">{_price(front, product)}</p>{_stock(front, product)}'
        f'<form>{choices}<button type="button" class="add" data-id="{escape(product.product_id)}">{front.say("add")}'
        f'</button><span class="added" role="status" data-said="{front.say("added")}"></span></form>'
        f'<p class="words">{escape(product.description)}</p></div></article>'
        + (f"<h2>{front.say('others')}</h2>{_shelf(front, others)}" if others else "")
    )
    path = f"/demo/products/{quote(product.product_id, safe='')}"
    return _whole(front, categories, title=product.title, path=path, main=main, product=product.product_id)


def _whole(
    front: Front,
    categories: Sequence[str],
    *,
    title: str,
    path: str,
    main: str,
    category: str = "",
    product: str = "",
) -> str:
    menu = "".join(
        f'<a href="{_link(front, "/demo", category=name)}"{" aria-current=page" if name == category else ""}>'
        f"{escape(name)}</a>"
        for name in categories
    )
    other = "zh" if front.language == "en" else "en"
    switch = _link(front, path, lang=other, **({"category": category} if category else {}))
    logo = f'<img src="{escape(front.logo)}" alt="" width="36" height="36">' if front.logo else ""
    about = f' data-product="{escape(product)}"' if product else ""
    return (
        f'<!doctype html><html lang="{"zh-CN" if front.language == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title>'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/demo/page.css">'
        '<script src="/demo/page.js" defer></script>'
        f'<script src="/widget.js" data-shop="{escape(front.shop)}" data-language="{front.language}"'
        f"{about} async></script>"
        f'</head><body><p class="bar">{front.say("bar")}</p>'
        f'<header><a class="brandmark" href="{_link(front, "/demo")}">{logo}<span>{escape(front.name)}</span></a>'
        f'<div>{_who(front)}<a href="{switch}">{"中文" if other == "zh" else "English"}</a>'
        f'<span class="cart">{front.say("cart")} <b>0</b></span></div></header>'
        f'<nav class="menu">{menu}</nav><main>{main}</main>'
        f"<footer>{front.say('footer', shop=front.name)}</footer></body></html>"
    )


def _who(front: Front) -> str:
    """Choose whom to be signed in as."""
    if not front.customers:
        return ""
    people = {"": front.say("guest")} | {one: escape(name) for one, name in front.customers.items()}
    choices = "".join(f'<option value="{escape(one)}">{name}</option>' for one, name in people.items())
    return f'<label class="who"><span>{front.say("signed_in")}</span> <select>{choices}</select></label>'


def _shelf(front: Front, products: Iterable[Goods]) -> str:
    cards = "".join(
        f'<li><a href="{_link(front, f"/demo/products/{quote(one.product_id, safe=str())}")}">'
        f'<div class="picture">{_picture(one)}</div>'
        f'<p class="brand">{escape(one.brand)}</p><h3>{escape(one.title)}</h3>'
        f'<p class="price">{_price(front, one)}</p></a></li>'
        for one in products
    )
    return f'<ul class="shelf">{cards}</ul>'


def _link(front: Front, path: str, **query: str) -> str:
    return escape(f"{path}?{urlencode({'lang': front.language} | query)}")


def _price(front: Front, product: Goods) -> str:
    return (
        front.say("on_request")
        if product.price is None
        else escape(money(product.price, product.currency, front.language))
    )


def _stock(front: Front, product: Goods) -> str:
    if product.stock is None:
        return ""
    sold_out = product.stock <= 0
    return f'<p class="stock{" out" if sold_out else ""}">{front.say("sold_out" if sold_out else "in_stock")}</p>'


def _options(product: Goods) -> dict[str, list[str]]:
    """What there is to choose, in the order of the catalogue."""
    found: dict[str, list[str]] = {}
    for variant in product.variants:
        for name, value in variant.options.items():
            values = found.setdefault(name.capitalize(), [])
            if value not in values:
                values.append(value)
    return found


def _picture(product: Goods) -> str:
    """A drawing of the kind of thing it is, in a colour of its own; the demo catalogue has no photographs."""
    shapes = _shapes()
    hue = sum(ord(letter) * place for place, letter in enumerate(product.product_id, 1)) * 47 % 360
    path = shapes.get(product.category, shapes["other"])
    return (
        f'<svg viewBox="0 0 100 76" aria-hidden="true"><rect width="100" height="76" fill="hsl({hue} 32% 90%)"/>'
        f'<circle cx="50" cy="38" r="28" fill="hsl({hue} 38% 82%)"/>'
        f'<g transform="translate(26 14) scale(2)" fill="hsl({hue} 40% 96%)" stroke="hsl({hue} 34% 30%)" '
        f'stroke-width="1.2" stroke-linecap="round" stroke-linejoin="round"><path d="{escape(path)}"/></g></svg>'
    )


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    """The words of the pages by language."""
    words: Mapping[str, Mapping[str, str]] = _read("words.yaml")
    return words


@cache
def _shapes() -> Mapping[str, str]:
    """Category in either language → outline on a 24 × 24 grid."""
    return {name: one["path"] for one in _read("shapes.yaml") for name in one["names"]}


def _read(name: str) -> Any:
    return yaml.safe_load((files("ui.widget") / "demo" / name).read_text(encoding="utf-8"))
