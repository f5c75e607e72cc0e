"""Everything under `/api/staff`, put together; each tab of the page has a router of its own."""

from fastapi import APIRouter

from bot.bootstrap import Shopclerk
from ui.staff.account_api import account_router
from ui.staff.attempts import Attempts
from ui.staff.door import Door
from ui.staff.events_api import events_router
from ui.staff.inbox_api import inbox_router
from ui.staff.session_api import session_router


def staff_router(shopclerk: Shopclerk, *, first_code: str | None = None) -> APIRouter:
    """The endpoints that only staff may use.

    Args:
        shopclerk: what they are about.
        first_code: lets its bearer make the first account; None: only the command line can.
    """
    door, attempts = Door(shopclerk.staff), Attempts()
    router = APIRouter()
    router.include_router(session_router(shopclerk, door, attempts, first_code=first_code))
    router.include_router(account_router(shopclerk, door, attempts))
    router.include_router(events_router(shopclerk, door))
    router.include_router(inbox_router(shopclerk, door))
    return router
