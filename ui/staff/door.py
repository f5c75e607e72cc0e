"""The door to everything under `/api/staff`: who is signed in, may they, and did our own page ask."""

import hmac
from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import Request, Response

from bot.errors import NotAllowed, NotPermitted
from bot.staff.accounts import Role, StaffAccount
from bot.staff.desk import StaffDesk
from bot.staff.sessions import LONGEST, SignedIn, csrf_token

COOKIE = "shopclerk_staff"
CSRF_HEADER = "X-Csrf-Token"
_READING = ("GET", "HEAD", "OPTIONS")


class Door:
    """Lets staff in; every endpoint under `/api/staff` depends on it.

    Args:
        desk: knows sessions and accounts.
    """

    def __init__(self, desk: StaffDesk) -> None:
        self._desk = desk

    def staff(
        self, role: Role = "viewer", *, even_to_change_password: bool = False
    ) -> Callable[[Request], StaffAccount]:
        """A dependency that gives the signed-in account: `Annotated[StaffAccount, Depends(door.staff("agent"))]`.

        Anything but reading also needs the header `X-Csrf-Token`.

        Args:
            role: what it takes.
            even_to_change_password: open it also to those who must first change their password.

        Raises (in a request):
            NotAllowed: nobody is signed in.
            NotPermitted: their role is too low, or the request is not our page's.
        """

        def signed_in_staff(request: Request) -> StaffAccount:
            account = self.session(request).account
            if account.must_change and not even_to_change_password:
                raise NotPermitted("Your password was chosen by somebody else; change it first.")
            if not account.may(role):
                raise NotPermitted(f"This takes the role {role!r}; yours is {account.role!r}. Ask an admin of yours.")
            return account

        return signed_in_staff

    def session(self, request: Request) -> SignedIn:
        """The request's session, whatever its role.

        Raises:
            NotAllowed: nobody is signed in.
            NotPermitted: the request would change something and is not our page's.
        """
        token = request.cookies.get(COOKIE)
        signed_in = self._desk.sessions.signed_in(token)
        if request.method not in _READING:
            require_own_page(request)
            given = request.headers.get(CSRF_HEADER, "")
            if not hmac.compare_digest(given.encode(), csrf_token(token or "").encode()):
                raise NotPermitted(f"This request lacks the header {CSRF_HEADER}; load the page again.")
        return signed_in

    def session_or_none(self, request: Request) -> SignedIn | None:
        """The request's session, for the page that shows a sign-in form without one."""
        try:
            return self.session(request)
        except NotAllowed:
            return None

    def still_open(self, request: Request) -> bool:
        """Whether the session of a long request goes on; to ask does not count as using it."""
        return self._desk.sessions.is_open(request.cookies.get(COOKIE))


def require_own_page(request: Request) -> None:
    """Refuse what another site's page sends.

    Raises:
        NotPermitted: it is.
    """
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotPermitted(f"Requests from {origin!r} are not taken here; use this shop bot's own page.")


def give_cookie(response: Response, request: Request, token: str) -> None:
    """Let the browser keep the session where no script can read it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response) -> None:
    """Let the browser forget the session."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")


def csrf_of(request: Request) -> str:
    """What the page must send along with changes in this session."""
    return csrf_token(request.cookies.get(COOKIE, ""))


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else "unknown"
