"""Endpoints of the audit log: admins read it and check its chain."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from bot.bootstrap import Shopclerk
from bot.staff.accounts import StaffAccount
from ui.staff.door import Door

_PAGE = 100


def audit_router(shopclerk: Shopclerk, door: Door) -> APIRouter:
    """What admins may read of what was done.

    Args:
        shopclerk: keeps the log.
        door: knows who is signed in.
    """
    router = APIRouter(prefix="/api/staff/audit")
    admin = Annotated[StaffAccount, Depends(door.staff("admin"))]
    text = Annotated[str, Query(max_length=400)]

    @router.get("")
    def entries(
        _me: admin,
        before: Annotated[int | None, Query(ge=1)] = None,
        actor: text = "",
        action: text = "",
        target: text = "",
    ) -> dict[str, Any]:
        found = shopclerk.audit.entries(
            before=before, actor=actor.strip().lower(), action=action, target=target.strip(), limit=_PAGE
        )
        return {
            "entries": [
                {
                    "number": entry.number,
                    "at": entry.at.isoformat(),
                    "actor": entry.actor,
                    "action": entry.action,
                    "target": entry.target,
                    "details": dict(entry.details),
                    "hash": entry.hash,
                }
                for entry in found
            ],
            "next": found[-1].number if len(found) == _PAGE else None,
        }

    @router.get("/check")
    def check(_me: admin) -> dict[str, Any]:
        found = shopclerk.audit.verify()
        return {
            "whole": found.whole,
            "entries": found.entries,
            "hash": found.hash,
            "broken": found.broken,
            "reason": found.reason,
        }

    return router
