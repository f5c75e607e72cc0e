"""Endpoints of the Insight tab: figures by filters, and the conversations behind each."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from bot.bootstrap import Shopclerk
from bot.insight.analytics.behind import Figure
from bot.insight.analytics.filters import Filters
from ui.api import known_shop
from ui.staff import insight_json
from ui.staff.door import Door
from ui.texts import Texts, staff_texts_for

DAYS = 30
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

    def filters(
        shop: Annotated[str | None, _ID] = None,
        start: Annotated[date | None, Query(alias="from")] = None,
        end: Annotated[date | None, Query(alias="to")] = None,
        product: Annotated[str, _ID] = "",
        language: Annotated[str, _ID] = "",
        outcome: Annotated[str, _ID] = "",
        gear: Annotated[str, _ID] = "",
    ) -> Filters:
        name = known_shop(shopclerk, shop)
        usual = analytics.last_days(name, DAYS)
        return Filters(name, start or min(usual.start, end or usual.start), end or usual.end,
                       product, language, outcome, gear)  # fmt: skip

    def figure(
        resolution: Annotated[str, _ID] = "",
        came_back: bool = False,
        week_hour: int | None = None,
        mood: Annotated[str, _ID] = "",
        thumb: Annotated[int, Query(ge=-1, le=1)] = 0,
        aspect: Annotated[str, _ID] = "",
        gap: Annotated[str, _ID] = "",
        question: int | None = None,
        slower_than_ms: int | None = None,
    ) -> Figure:
        return Figure(resolution, came_back, week_hour, mood, thumb, aspect, gap, question, slower_than_ms)

    chosen = Annotated[Filters, Depends(filters)]

    @router.get("/filters")
    def known(texts: words, shop: Annotated[str | None, _ID] = None) -> dict[str, Any]:
        name = known_shop(shopclerk, shop)
        return insight_json.known_json(analytics.known(name, texts.language), analytics.today(name).isoformat())

    @router.get("/scoreboard")
    def scoreboard(asked: chosen) -> dict[str, Any]:
        return insight_json.scoreboard_json(analytics.scoreboard(asked), analytics.week_hours(asked))

    @router.get("/replies")
    def replies(asked: chosen) -> dict[str, Any]:
        return insight_json.replies_json(analytics.replies(asked))

    @router.get("/waiting")
    def waiting(asked: chosen) -> dict[str, Any]:
        return insight_json.waiting_json(analytics.waiting(asked))

    @router.get("/feelings")
    def feelings(asked: chosen, texts: words) -> list[dict[str, Any]]:
        cells = analytics.feelings(asked)
        titles = analytics.titles(asked.shop, sorted({cell.product_id for cell in cells}), texts.language)
        return insight_json.feelings_json(cells, titles)

    @router.get("/gaps")
    def gaps(asked: chosen) -> dict[str, Any]:
        return insight_json.gaps_json(analytics.gaps(asked), analytics.single_open_questions(asked))

    @router.get("/quotes")
    def quotes(
        asked: chosen, aspect: Annotated[str, _ID] = "", label: Annotated[str, _ID] = "negative"
    ) -> list[dict[str, Any]]:
        return insight_json.quotes_json(analytics.quotes(asked, aspect=aspect, label=label))

    @router.get("/alerts")
    def alerts(texts: words, shop: Annotated[str | None, _ID] = None) -> list[dict[str, Any]]:
        found = shopclerk.alerts.recent(known_shop(shopclerk, shop))
        subjects = sorted({alert.subject for alert in found if alert.subject})
        titles = analytics.titles(known_shop(shopclerk, shop), subjects, texts.language)
        return insight_json.alerts_json(found, texts.language, titles)

    @router.get("/conversations")
    def behind(
        asked: chosen,
        part: Annotated[Figure, Depends(figure)],
        k: Annotated[int, Query(ge=1, le=100)] = 20,
        skip: Annotated[int, Query(ge=0)] = 0,
    ) -> dict[str, Any]:
        return insight_json.behind_json(analytics.behind(asked, part, k=k, skip=skip))

    return router
