"""Endpoints of one's own account: name, password, second factor, where one is signed in."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from bot.bootstrap import Shopclerk
from bot.staff.accounts import StaffAccount
from bot.staff.sessions import SessionView
from ui.staff.attempts import Attempts
from ui.staff.door import Door, address_of
from ui.staff.session_api import account_json
from ui.texts import Texts, staff_texts_for


class NewName(BaseModel):
    """How colleagues and shoppers see somebody."""

    name: str = Field(max_length=400)


class NewPassword(BaseModel):
    """A change of one's own password."""

    old: str = Field(max_length=400)
    new: str = Field(max_length=400)


class Code(BaseModel):
    """Digits from a device, or a recovery code."""

    code: str = Field(max_length=40)


def account_router(shopclerk: Shopclerk, door: Door, attempts: Attempts) -> APIRouter:
    """What everybody may do with their own account.

    Args:
        shopclerk: knows the accounts.
        door: knows who is signed in.
        attempts: counts wrong passwords and codes.
    """
    router = APIRouter(prefix="/api/staff")
    desk = shopclerk.staff
    me_type = Annotated[StaffAccount, Depends(door.staff())]
    words = Annotated[Texts, Depends(staff_texts_for)]

    @router.patch("/me")
    def rename(new: NewName, me: me_type) -> dict[str, Any]:
        return account_json(desk.accounts.rename(me.id, new.name))

    @router.post("/password", status_code=204)
    def change_password(
        request: Request,
        new: NewPassword,
        me: Annotated[StaffAccount, Depends(door.staff(even_to_change_password=True))],
        texts: words,
    ) -> Response:
        attempts.count(me.email, address_of(request), texts)
        session_id = door.session(request).session_id
        desk.accounts.change_password(me.id, old=new.old, new=new.new, keep_session=session_id)
        return Response(status_code=204)

    @router.get("/sessions")
    def sessions(request: Request, me: me_type) -> list[dict[str, Any]]:
        own = door.session(request).session_id
        return [session_json(session, own=own) for session in desk.sessions.all_of(me.id)]

    @router.delete("/sessions/{session_id}", status_code=204)
    def end(session_id: Annotated[str, Path(max_length=64)], me: me_type) -> Response:
        desk.sessions.end(session_id, by=me)
        return Response(status_code=204)

    @router.post("/second-factor")
    def begin_second_factor(me: me_type) -> dict[str, str]:
        enrolment = desk.second_factor.begin(me.id, shop=f"Shopclerk {shopclerk.settings.shop}")
        return {"secret": enrolment.secret, "address": enrolment.address, "picture": enrolment.picture}

    @router.post("/second-factor/confirm")
    def confirm_second_factor(request: Request, given: Code, me: me_type, texts: words) -> dict[str, list[str]]:
        attempts.count(me.email, address_of(request), texts)
        return {"recovery_codes": desk.second_factor.confirm(me.id, given.code)}

    @router.post("/second-factor/off", status_code=204)
    def end_second_factor(request: Request, given: Code, me: me_type, texts: words) -> Response:
        attempts.count(me.email, address_of(request), texts)
        desk.second_factor.switch_off(me.id, given.code)
        return Response(status_code=204)

    return router


def session_json(session: SessionView, *, own: str = "") -> dict[str, Any]:
    """A session as pages read it; `own` is the id of the reader's."""
    return {
        "id": session.id,
        "address": session.address,
        "browser": session.browser,
        "created_at": session.created_at.isoformat(),
        "seen_at": session.seen_at.isoformat(),
        "expires_at": session.expires_at.isoformat(),
        "own": session.id == own,
    }
