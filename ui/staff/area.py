"""Everything under `/api/staff`, put together; each tab of the page has a router of its own."""

from fastapi import APIRouter

from bot.bootstrap import Shopclerk
from ui.staff.account_api import account_router
from ui.staff.accounts_api import accounts_router
from ui.staff.attempts import Attempts
from ui.staff.audit_api import audit_router
from ui.staff.door import Door
from ui.staff.events_api import events_router
from ui.staff.inbox_api import inbox_router
from ui.staff.insight_api import insight_router
from ui.staff.jobs import Jobs
from ui.staff.knowledge_api import knowledge_router
from ui.staff.openid import OpenIdProvider
from ui.staff.openid_api import openid_router
from ui.staff.session_api import session_router
from ui.staff.teach_api import teach_router
from ui.staff.transcripts_api import transcripts_router


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
    router.include_router(accounts_router(shopclerk, door))
    router.include_router(audit_router(shopclerk, door))
    router.include_router(transcripts_router(shopclerk, door))
    router.include_router(events_router(shopclerk, door))
    router.include_router(inbox_router(shopclerk, door))
    router.include_router(insight_router(shopclerk, door))
    jobs = Jobs()
    router.include_router(teach_router(shopclerk, door, jobs))
    router.include_router(knowledge_router(shopclerk, door, jobs))
    settings = shopclerk.settings
    if settings.oidc_issuer and settings.oidc_client_id:
        provider = OpenIdProvider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)
        router.include_router(openid_router(shopclerk, provider, attempts))
    return router
