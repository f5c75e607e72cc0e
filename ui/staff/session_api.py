"""Endpoints of the door itself: sign in, sign out, make the first account."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from bot.bootstrap import Shopclerk
from bot.errors import NotAllowed
from bot.staff.accounts import StaffAccount
from bot.staff.sessions import csrf_token
from bot.staff.sign_in import CodeNeeded
from ui.staff.attempts import Attempts
from ui.staff.door import Door, address_of, csrf_of, give_cookie, require_own_page, take_cookie
from ui.texts import Texts, staff_texts_for


class Credentials(BaseModel):
    """What somebody signs in with."""

    email: str = Field(max_length=400)
    password: str = Field(max_length=400)
    code: str = Field(default="", max_length=40, description="Of the second factor, or a recovery code.")


class FirstAdmin(BaseModel):
    """The first account, and the code that the server printed on its terminal."""

    code: str = Field(max_length=100)
    email: str = Field(max_length=400)
    name: str = Field(default="", max_length=400)
    password: str = Field(max_length=400)


def session_router(shopclerk: Shopclerk, door: Door, attempts: Attempts, *, first_code: str | None) -> APIRouter:
    """Sign in and out.

    Args:
        shopclerk: knows the accounts.
        door: knows who is signed in.
        attempts: counts them.
        first_code: lets its bearer make the first account; None: only the command line can.
    """
    router = APIRouter(prefix="/api/staff")
    desk = shopclerk.staff
    words = Annotated[Texts, Depends(staff_texts_for)]

    def opened(request: Request, account: StaffAccount, how: str) -> Response:
        browser = request.headers.get("user-agent", "")
        token = desk.sessions.open(account, address=address_of(request), browser=browser, how=how)
        response = _json({"account": account_json(account), "csrf": csrf_token(token), **about()})
        give_cookie(response, request, token)
        return response

    openid = bool(shopclerk.settings.oidc_issuer and shopclerk.settings.oidc_client_id)

    def about() -> dict[str, Any]:
        shops = _shops(shopclerk)
        names = {shop: dict(shopclerk.profiles.get(shop).name) for shop in shops}
        return {"shops": shops, "shop": shopclerk.settings.shop, "names": names}

    @router.get("/session")
    def session(request: Request) -> JSONResponse:
        signed_in = door.session_or_none(request)
        if signed_in is None:
            first = first_code is not None and not desk.accounts.any()
            return _json({"account": None, "csrf": None, "first": first, "openid": openid})
        return _json({"account": account_json(signed_in.account), "csrf": csrf_of(request), **about()})

    @router.post("/session")
    def sign_in(request: Request, given: Credentials, texts: words) -> Response:
        require_own_page(request)
        address = address_of(request)
        attempts.count(given.email, address, texts)
        try:
            found = desk.sign_in.check(given.email, given.password, given.code, address=address)
        except CodeNeeded:
            return _json({"account": None, "csrf": None, "code_needed": True})
        except NotAllowed as error:
            raise NotAllowed(texts.say("staff.signin.wrong_code" if given.code else "staff.signin.wrong")) from error
        return opened(request, found.account, found.how)

    @router.delete("/session", status_code=204)
    def sign_out(request: Request) -> Response:
        signed_in = door.session(request)
        desk.sessions.end(signed_in.session_id, by=signed_in.account)
        response = Response(status_code=204)
        take_cookie(response)
        return response

    @router.post("/first", status_code=201)
    def first(request: Request, given: FirstAdmin, texts: words) -> Response:
        require_own_page(request)
        attempts.count("the first account", address_of(request), texts)
        if first_code is None or not secrets.compare_digest(given.code.strip().encode(), first_code.encode()):
            raise NotAllowed(texts.say("staff.first.wrong_code"))
        account = desk.accounts.add(
            given.email, by=given.email, role="admin", name=given.name, password=given.password, only_as_first=True
        )
        return opened(request, account, "first account")

    return router


def account_json(account: StaffAccount) -> dict[str, Any]:
    """An account as pages read it."""
    return {
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "second_factor": account.second_factor,
        "must_change": account.must_change,
        "has_password": account.has_password,
    }


def _shops(shopclerk: Shopclerk) -> list[str]:
    shops = shopclerk.versions.shops()
    return shops if shopclerk.settings.shop in shops else [shopclerk.settings.shop, *shops]


def _json(document: dict[str, Any]) -> JSONResponse:
    return JSONResponse(document, headers={"Cache-Control": "no-store"})
