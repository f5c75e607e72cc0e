"""Endpoints of the tab Team: admins add, change, reset and remove accounts and end their sessions."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from bot.bootstrap import Shopclerk
from bot.staff import passwords
from bot.staff.accounts import StaffAccount
from ui.staff.account_api import session_json
from ui.staff.door import Door
from ui.staff.session_api import account_json


class NewAccount(BaseModel):
    """Somebody who is to sign in."""

    email: str = Field(max_length=400)
    name: str = Field(default="", max_length=400)
    role: str = Field(default="viewer", max_length=20)


class NewRole(BaseModel):
    """What somebody is to be."""

    role: str = Field(max_length=20)


def accounts_router(shopclerk: Shopclerk, door: Door) -> APIRouter:
    """What admins may do with accounts.

    Args:
        shopclerk: knows them.
        door: knows who is signed in.
    """
    router = APIRouter(prefix="/api/staff/accounts")
    accounts, sessions = shopclerk.staff.accounts, shopclerk.staff.sessions
    admin = Annotated[StaffAccount, Depends(door.staff("admin"))]
    id_type = Annotated[str, Path(max_length=64)]

    @router.get("")
    def everybody(_me: admin) -> list[dict[str, Any]]:
        found = []
        for account in accounts.all():
            opened = sessions.all_of(account.id)
            seen_at = opened[0].seen_at.isoformat() if opened else None
            found.append({**account_json(account), "sessions": len(opened), "seen_at": seen_at})
        return found

    @router.post("", status_code=201)
    def add(new: NewAccount, me: admin) -> dict[str, Any]:
        password = passwords.new_password()
        account = accounts.add(
            new.email, by=me.email, role=new.role, name=new.name, password=password, must_change=True
        )
        return {**account_json(account), "password": password}

    @router.patch("/{account_id}")
    def change_role(account_id: id_type, new: NewRole, me: admin) -> dict[str, Any]:
        return account_json(accounts.change_role(account_id, new.role, by=me.email))

    @router.post("/{account_id}/reset")
    def reset(account_id: id_type, me: admin) -> dict[str, str]:
        return {"password": accounts.reset(account_id, by=me.email)}

    @router.delete("/{account_id}", status_code=204)
    def remove(account_id: id_type, me: admin) -> Response:
        accounts.remove(account_id, by=me.email)
        return Response(status_code=204)

    @router.get("/{account_id}/sessions")
    def sessions_of(account_id: id_type, _me: admin) -> list[dict[str, Any]]:
        return [session_json(session) for session in sessions.all_of(account_id)]

    return router
