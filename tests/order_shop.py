"""A small shop whose orders can change: customers, orders, products and a policy, as values and as rows."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import Engine
from sqlmodel import Session

from knowledge.order_policy import (
    AddressPolicy,
    CancelPolicy,
    ExchangePolicy,
    ItemsPolicy,
    OrderPolicy,
    PaymentPolicy,
    ReturnPolicy,
)
from knowledge.orders import Address, Choice, CustomerView, OrderLineView, OrderView, Payment, PaymentMethod
from knowledge.orders.stored import (
    customer_columns,
    line_columns,
    method_columns,
    order_columns,
    payment_columns,
)
from knowledge.profile import ShopProfile
from knowledge.tables import (
    Customer,
    CustomerPaymentMethod,
    DocumentRow,
    FileDocument,
    KnowledgeVersion,
    Order,
    OrderLine,
    OrderPayment,
    Product,
    ProductVariant,
    Shop,
    SourceFile,
    VersionFile,
)

SHOP = "mugs"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OLD_ADDRESS = Address("1 Old Street", "", "Seattle", "WA", "98103", "US")

POLICY = OrderPolicy(
    identify_by=("order_email", "order_postcode", "name_postcode"),
    cancel=CancelPolicy(),
    change_address=AddressPolicy(same_country=True),
    change_payment=PaymentPolicy(),
    change_items=ItemsPolicy(),
    returns=ReturnPolicy(
        days=30, days_by_tier={"pine": 45}, fee=Decimal("5.00"), fee_free_to=("gift_card",), never=("engraved",)
    ),
    exchanges=ExchangePolicy(days=30),
    change_customer_address=True,
)
PROFILE = ShopProfile(name="Mugs", orders=POLICY)

CHOICES = {
    "SHIRT": (
        Choice("SHIRT-S", "SHIRT", "Shirt", {"Size": "S"}, Decimal("20.00"), True),
        Choice("SHIRT-M", "SHIRT", "Shirt", {"Size": "M"}, Decimal("20.00"), False),
        Choice("SHIRT-L", "SHIRT", "Shirt", {"Size": "L"}, Decimal("25.00"), True),
    ),
    "MUG": (Choice("MUG", "MUG", "Mug", {}, Decimal("20.00"), True),),
}


def customers() -> list[CustomerView]:
    methods = (
        PaymentMethod("CARD", "card", "visa 4242"),
        PaymentMethod("GIFT", "gift_card", "gift card 1", Decimal("20.00")),
        PaymentMethod("PAL", "paypal", "PayPal"),
    )
    return [
        CustomerView("C-1", "Ann Lee", "ann@x.example", OLD_ADDRESS, methods, "pine", "en"),
        CustomerView("C-2", "Bo Chan", "bo@x.example", OLD_ADDRESS, (PaymentMethod("BO", "card", "visa 1"),)),
        CustomerView("C-3", "Bo Chan", "other-bo@x.example", OLD_ADDRESS),
        CustomerView("C-4", "王磊", "lei@x.example", Address("淮海路 1 号", "", "上海", "", "200031", "CN")),
    ]


def order(number: str, status: str = "pending", method: str = "CARD", **values: object) -> OrderView:
    """An order of two shirts and a mug, Ann's unless said otherwise."""
    delivered = date(2026, 11, 10) if status == "delivered" else None
    told: dict[str, object] = {
        "customer_email": "ann@x.example",
        "customer_postcode": "98103",
        "placed_on": date(2026, 11, 1),
        "lines": (
            OrderLineView("SHIRT", "SHIRT-S", "Shirt", 2, Decimal("20.00"), "衬衫", {"Size": "S"}),
            OrderLineView("MUG", None, "Mug", 1, Decimal("20.00"), "杯子"),
        ),
        "total": Decimal("60.00"),
        "currency": "USD",
        "carrier": "",
        "tracking_number": "",
        "expected_on": None,
        "delivered_on": delivered,
        "customer_id": "C-1",
        "address": OLD_ADDRESS,
        "payments": (Payment("payment", Decimal("60.00"), method),),
        "revision": "0",
    }
    return OrderView(order_number=number, status=status, **{**told, **values})  # type: ignore[arg-type]


def orders() -> list[OrderView]:
    """A-1 pending and paid with a gift card; A-2 and A-3 delivered; B-1 somebody else's."""
    return [
        order("A-1", method="GIFT"),
        order("A-2", "delivered", placed_on=date(2026, 11, 2)),
        order("A-3", "delivered", placed_on=date(2026, 11, 3)),
        order("B-1", customer_id="C-2", customer_email="bo@x.example", method="BO"),
    ]


def fill(engine: Engine) -> None:
    """Write the shop into a migrated database."""
    with Session(engine) as session:
        session.add(Shop(name=SHOP, active_version=1, profile=PROFILE.model_dump(mode="json"), created_at=NOW))
        session.flush()
        session.add(KnowledgeVersion(shop=SHOP, number=1, created_at=NOW, documents=2, chunks=0))
        session.add(SourceFile(id="file", shop=SHOP, source="p", location="/p", content_hash="", reader="1"))
        session.flush()
        session.add(VersionFile(shop=SHOP, number=1, file_id="file"))
        for place, (product_id, choices) in enumerate(CHOICES.items()):
            _add_product(session, place, product_id, choices)
        for customer in customers():
            session.add(Customer(**customer_columns(SHOP, customer)))
            session.flush()
            session.add_all(CustomerPaymentMethod(**row) for row in method_columns(SHOP, customer))
        for one in orders():
            session.add(Order(**order_columns(SHOP, one), customer_id=one.customer_id))
            session.flush()
            session.add_all(OrderLine(**row) for row in line_columns(SHOP, one))
            session.add_all(OrderPayment(**row) for row in payment_columns(SHOP, one))
        session.commit()


def _add_product(session: Session, place: int, product_id: str, choices: tuple[Choice, ...]) -> None:
    told = {"source": product_id, "title": choices[0].title, "text": "", "language": "en", "kind": "product"}
    session.add(DocumentRow(id=product_id, shop=SHOP, **told))
    session.flush()
    session.add(FileDocument(file_id="file", position=place, document_id=product_id))
    session.add(
        Product(
            document_id=product_id, product_id=product_id, description="", category="", brand="", currency="USD",
            price=choices[0].price,
        )
    )  # fmt: skip
    session.flush()
    for position, choice in enumerate(choices if len(choices) > 1 else ()):
        stock = 5 if choice.available else 0
        session.add(
            ProductVariant(
                document_id=product_id, position=position, variant_id=choice.item_id, options=dict(choice.options),
                price=choice.price, stock=stock,
            )
        )  # fmt: skip
