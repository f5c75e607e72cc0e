"""Orders: what happened to a shopper's order, told only to who knows its number and its e-mail."""

from sqlalchemy import Engine, func, select
from sqlmodel import Session, col

from knowledge.orders.views import OrderLineView, OrderView
from knowledge.tables import Order, OrderLine


class Orders:
    """The orders of every shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, shop: str, order_number: str, *, email: str) -> OrderView | None:
        """The order with that number and that e-mail, both without regard to case; None unless both match."""
        with Session(self._engine) as session:
            order = session.execute(
                select(Order).where(
                    col(Order.shop) == shop,
                    func.lower(col(Order.order_number)) == order_number.strip().lower(),
                    col(Order.email) == email.strip().lower(),
                )
            ).scalar_one_or_none()
            if order is None:
                return None
            lines = session.execute(
                select(OrderLine)
                .where(col(OrderLine.shop) == shop, col(OrderLine.order_number) == order.order_number)
                .order_by(col(OrderLine.position))
            ).scalars()
            return _view(order, list(lines))


def _view(order: Order, lines: list[OrderLine]) -> OrderView:
    return OrderView(
        order_number=order.order_number,
        customer_email=order.email,
        customer_postcode=order.postcode,
        status=order.status,
        placed_on=order.placed_on,
        lines=tuple(
            OrderLineView(line.product_id, line.variant_id, line.title, line.quantity, line.unit_price, line.title_zh)
            for line in lines
        ),
        total=order.total,
        currency=order.currency,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        expected_on=order.expected_on,
        delivered_on=order.delivered_on,
    )
