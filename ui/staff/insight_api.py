"""Endpoints of the Insight tab: figures by filters, and the conversations behind each."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from bot.bootstrap import Shopclerk
from ui.api import known_shop
from ui.staff import insight_json
from ui.staff.door import Door
from ui.staff.insight_address import BehindAddress, FilterAddress, QuoteAddress, VoiceAddress
from ui.texts import Texts, staff_texts_for

_ID = Query(max_length=200)


def insight_router(shopclerk: Shopclerk, door: Door) -> APIRouter:
    """What everybody of the staff may see of the figures.

    Args:
        shopclerk: counts.
        door: knows who is signed in.
    """
    router = APIRouter(prefix="/api/staff/insight", dependencies=[Depends(door.staff())])
    analytics = shopclerk.analytics
    words = Annotated[Texts, Depends(staff_texts_for)]
    chosen = Annotated[FilterAddress, Query()]

    @router.get("/filters")
    def known(texts: words, shop: Annotated[str | None, _ID] = None) -> dict[str, Any]:
        name = known_shop(shopclerk, shop)
        return insight_json.known_json(analytics.known(name, texts.language), analytics.today(name).isoformat())

    @router.get("/scoreboard")
    def scoreboard(asked: chosen) -> dict[str, Any]:
        filters = asked.filters(shopclerk)
        return insight_json.scoreboard_json(analytics.scoreboard(filters), analytics.week_hours(filters))

    @router.get("/replies")
    def replies(asked: chosen) -> dict[str, Any]:
        filters = asked.filters(shopclerk)
        return insight_json.replies_json(analytics.replies(filters))

    @router.get("/waiting")
    def waiting(asked: chosen) -> dict[str, Any]:
        filters = asked.filters(shopclerk)
        return insight_json.waiting_json(analytics.waiting(filters))

    @router.get("/feelings")
    def feelings(asked: chosen, texts: words) -> list[dict[str, Any]]:
        filters = asked.filters(shopclerk)
        cells = analytics.feelings(filters)
        titles = analytics.titles(filters.shop, sorted({cell.product_id for cell in cells}), texts.language)
        return insight_json.feelings_json(cells, titles)

    @router.get("/gaps")
    def gaps(asked: chosen) -> dict[str, Any]:
        filters = asked.filters(shopclerk)
        return insight_json.gaps_json(analytics.gaps(filters), analytics.single_open_questions(filters))

    @router.get("/quotes")
    def quotes(asked: Annotated[QuoteAddress, Query()]) -> list[dict[str, Any]]:
        return insight_json.quotes_json(analytics.quotes(asked.filters(shopclerk), label=asked.label))

    @router.get("/voice")
    def voice(asked: Annotated[VoiceAddress, Query()]) -> dict[str, Any]:
        found = shopclerk.voices.about(asked.filters(shopclerk), asked.aspect, label=asked.label)
        return insight_json.voice_json(found)

    @router.get("/alerts")
    def alerts(texts: words, shop: Annotated[str | None, _ID] = None) -> list[dict[str, Any]]:
        found = shopclerk.alerts.recent(known_shop(shopclerk, shop))
        subjects = sorted({alert.subject for alert in found if alert.subject})
        titles = analytics.titles(known_shop(shopclerk, shop), subjects, texts.language)
        return insight_json.alerts_json(found, texts.language, titles)

    @router.get("/conversations")
    def behind(asked: Annotated[BehindAddress, Query()]) -> dict[str, Any]:
        found = analytics.behind(asked.filters(shopclerk), asked.figure(), k=asked.k, skip=asked.skip)
        return insight_json.behind_json(found)

    return router
