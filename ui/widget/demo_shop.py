"""The demo shop: a small shop front made of the shop's own catalogue, to see the widget on and move about in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse

from bot.bootstrap import Shopclerk
from bot.errors import NotFound
from ui.rendering import in_language
from ui.texts import preferred_language
from ui.widget.demo_pages import Front, Goods, home_page, product_page

_FOLDER = Path(__file__).parent / "demo"
_FILES = {"page.css": "text/css", "page.js": "text/javascript"}
_SHOWN = 24
_DEMO = "demo"
_CUSTOMERS = ("C-1001", "C-1002", "C-1004")
"""Of the demo shop, whom anybody may be on its pages."""

_SIGNED_FOR_SECONDS = 600

# As strict as a shop's can be; the three lines with `self` are what the widget needs of any.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "frame-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: https:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "require-trusted-types-for 'script'",
    )
)


def add_demo_shop(router: APIRouter, shopclerk: Shopclerk) -> None:
    """Add `/demo` and `/demo/products/ID`, in the language that the address or the browser asks for."""
    wished = Annotated[str | None, Header(alias="Accept-Language")]

    @router.get("/demo")
    def home(category: str = "", lang: str = "", accept_language: wished = None) -> HTMLResponse:
        """Some of each category, or one category whole."""
        front = _front(shopclerk, lang or accept_language)
        goods = _goods(shopclerk, front)
        shown = [one for one in goods if one.category == category] if category else _some_of_each(goods)
        return _page(home_page(front, shown, categories=_categories(goods), chosen=category))

    @router.get("/demo/products/{product_id}")
    def product(product_id: str, lang: str = "", accept_language: wished = None) -> HTMLResponse:
        """One product, and others of its kind."""
        front = _front(shopclerk, lang or accept_language)
        goods = _goods(shopclerk, front)
        one = next((one for one in goods if one.product_id == product_id), None)
        if one is None:
            raise NotFound(f"The demo shop has no product {product_id!r}; /demo lists them.")
        others = [other for other in goods if other.category == one.category and other is not one]
        return _page(product_page(front, one, others[:4], categories=_categories(goods)))

    @router.get("/demo/customers/{customer_id}")
    def sign_in(customer_id: str) -> PlainTextResponse:
        """What the shop's server would put into the page of who is signed in; customers of the demo shop only."""
        if shopclerk.settings.shop != _DEMO or customer_id not in _CUSTOMERS:
            raise NotFound(f"Nobody can be {customer_id!r} here.")
        token = shopclerk.customers.sign(_DEMO, customer_id, seconds=_SIGNED_FOR_SECONDS)
        return PlainTextResponse(token, headers={"Cache-Control": "no-store"})

    @router.get("/demo/{name}")
    def file(name: str) -> Response:
        """The pages' style and script."""
        if name not in _FILES:
            raise NotFound(f"There is nothing at '/demo/{name}'.")
        return FileResponse(_FOLDER / name, media_type=_FILES[name], headers={"Cache-Control": "no-cache"})


def _front(shopclerk: Shopclerk, language_wish: str | None) -> Front:
    shop = shopclerk.settings.shop
    profile = shopclerk.profiles.get(shop)
    language = preferred_language(language_wish)
    known = [shopclerk.order_backend.customer(shop, one) for one in _CUSTOMERS] if shop == _DEMO else []
    customers = {one.customer_id: one.name for one in known if one is not None}
    return Front(shop, in_language(profile.name, language), profile.logo, language, customers)


def _goods(shopclerk: Shopclerk, front: Front) -> Sequence[Goods]:
    return shopclerk.catalog.all(front.shop, language=front.language)


def _categories(goods: Sequence[Goods]) -> list[str]:
    return sorted({one.category for one in goods if one.category})


def _some_of_each(goods: Sequence[Goods]) -> list[Goods]:
    """The first of every category, then the second, and so on."""
    places: dict[str, int] = {}
    ranked = []
    for one in goods:
        places[one.category] = places.get(one.category, 0) + 1
        ranked.append((places[one.category], one))
    return [one for _, one in sorted(ranked, key=lambda pair: pair[0])][:_SHOWN]


def _page(html: str) -> HTMLResponse:
    return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})
