"""Counts the two shares that a rule compares, in one query each."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, select

from bot.insight.alerts.rules import Comparison, Kind, Rule
from bot.insight.analytics.filters import products, summaries


def compare(connection: Connection, shop: str, rule: Rule, now: datetime) -> Mapping[str, Comparison]:
    """The comparison of a rule, by subject: products where it is about each of them, else just the empty one."""
    counted, shown = _terms(rule.kind)
    begin = now - rule.recent
    recent = summaries.c.began_at >= begin
    by_product = rule.kind == "product_mood"
    subject = products.c.product_id if by_product else literal("")
    source = summaries
    if by_product:
        source = summaries.join(products, products.c.conversation_id == summaries.c.conversation_id)
    query = (
        select(
            subject.label("subject"),
            _sum(and_(recent, shown)).label("recent_count"),
            _sum(recent).label("recent_total"),
            _sum(and_(~recent, shown)).label("usual_count"),
            _sum(~recent).label("usual_total"),
        )
        .select_from(source)
        .where(
            summaries.c.shop == shop,
            summaries.c.began_at >= begin - rule.usual,
            summaries.c.began_at <= now,
            counted,
        )
        .group_by(subject)
    )
    return {
        row.subject: Comparison(
            int(row.recent_count), int(row.recent_total), int(row.usual_count), int(row.usual_total)
        )
        for row in connection.execute(query)
    }


def _terms(kind: Kind) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Which conversations are counted, and which of them show what the rule is about."""
    asked = summaries.c.questions > 0
    if kind == "handoff":
        return asked, summaries.c.standing == "handed_off"
    if kind == "refusal":
        return asked, summaries.c.refused > 0
    scored = summaries.c.negative + summaries.c.neutral + summaries.c.positive > 0
    return scored, summaries.c.negative > 0


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
