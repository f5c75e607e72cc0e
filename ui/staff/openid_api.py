"""Endpoints of signing in with an organisation's accounts."""

import json
import logging
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from bot.bootstrap import Shopclerk
from bot.errors import NotAllowed, ShopclerkError
from bot.staff.accounts import StaffAccount
from bot.staff.allowed import role_of_newcomer
from bot.staff.sealing import Seal
from ui.staff.attempts import Attempts
from ui.staff.door import address_of, give_cookie
from ui.staff.openid import Attempt, Identity, OpenIdProvider
from ui.texts import staff_texts_for

log = logging.getLogger(__name__)

_COOKIE = "shopclerk_openid"
_PATH = "/api/staff/openid"
_PAGE = "/staff"
_MINUTES = 10


def openid_router(shopclerk: Shopclerk, provider: OpenIdProvider, attempts: Attempts) -> APIRouter:
    """There and back again.

    Args:
        shopclerk: knows the accounts.
        provider: the organisation.
        attempts: counts them.
    """
    router = APIRouter(prefix=_PATH)
    desk, settings = shopclerk.staff, shopclerk.settings
    seal = Seal(settings.home / "staff.key")

    @router.get("/begin")
    def begin(request: Request) -> RedirectResponse:
        attempts.count_address(address_of(request), staff_texts_for(request))
        try:
            address, attempt = provider.begin(_back(request))
        except NotAllowed as error:
            log.warning("Sign-in by OpenID Connect: %s", error)
            return _leave("failed")
        response = RedirectResponse(address, 303)
        _keep(response, request, seal.close(json.dumps(attempt.as_json())))
        return response

    @router.get("/callback")
    def callback(request: Request) -> RedirectResponse:
        attempts.count_address(address_of(request), staff_texts_for(request))
        try:
            kept: dict[str, Any] = json.loads(seal.open(request.cookies.get(_COOKIE, "")))
            identity = provider.finish(_back(request), dict(request.query_params), Attempt(**kept))
            account = account_of(identity)
        except ShopclerkError as error:
            log.warning("Sign-in by OpenID Connect: %s", error)
            desk.audit.record("unknown", "signin.refused", "", {"wrong": "openid", "address": address_of(request)})
            return _leave("failed")
        if account is None:
            desk.audit.record("unknown", "signin.refused", "", {"wrong": "no account", "address": address_of(request)})
            return _leave("unknown")
        browser = request.headers.get("user-agent", "")
        token = desk.sessions.open(account, address=address_of(request), browser=browser, how="openid")
        response = _leave()
        give_cookie(response, request, token)
        return response

    def account_of(identity: Identity) -> StaffAccount | None:
        known = desk.accounts.by_email(identity.email)
        if known is not None:
            return known
        role = role_of_newcomer(identity.email, settings.oidc_allowed)
        if role is None:
            return None
        return desk.accounts.add(identity.email, by="openid", role=role, name=identity.name[:100])

    return router


def _back(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{_PATH}/callback"


def _keep(response: RedirectResponse, request: Request, sealed: str) -> None:
    response.set_cookie(
        _COOKIE,
        sealed,
        max_age=_MINUTES * 60,
        path=_PATH,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",  # it must come along when the provider sends the browser back
    )


def _leave(failed: str = "") -> RedirectResponse:
    response = RedirectResponse(f"{_PAGE}?signin={failed}" if failed else _PAGE, 303)
    response.delete_cookie(_COOKIE, path=_PATH, httponly=True, samesite="lax")
    return response
