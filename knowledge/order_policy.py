"""OrderPolicy: what a shop lets its customers change about their orders, as in its profile file under `orders`."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from knowledge.local_text import LocalText

Status = Literal["pending", "processed", "shipped", "delivered", "cancelled", "returned"]
Identification = Literal["order_email", "order_postcode", "name_postcode", "email"]
RefundTarget = Literal["original", "gift_card", "store_credit"]
Days = Annotated[int, Field(ge=0, le=3650)]
Money = Annotated[
    Decimal, Field(ge=0), BeforeValidator(lambda value: str(value) if isinstance(value, float) else value)
]
"""An amount; YAML reads `5.90` as a float, whose digits are what was written."""
DayOfYear = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
"""A day in any year, as `MM-DD`."""


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Area(_Rules):
    """Where something is offered.

    Attributes:
        countries: as the addresses write them; empty: everywhere.
        except_regions: regions of these countries where it is not.
    """

    countries: tuple[str, ...] = ()
    except_regions: tuple[str, ...] = ()

    def has(self, country: str, region: str) -> bool:
        """Whether a place is in it; without regard to case."""
        excepted = {name.casefold() for name in self.except_regions}
        wanted = {name.casefold() for name in self.countries}
        return (not wanted or country.casefold() in wanted) and region.casefold() not in excepted


class Season(_Rules):
    """What was bought from one day of the year to another may come back until a day of the following year."""

    bought_from: DayOfYear
    bought_until: DayOfYear
    until: DayOfYear

    def extends(self, bought: date) -> date | None:
        """The last day for something bought on that day; None outside the season."""
        if not self.bought_from <= f"{bought:%m-%d}" <= self.bought_until:
            return None
        month, day = map(int, self.until.split("-"))
        return date(bought.year + 1, month, 1) + timedelta(days=day - 1)


class CancelPolicy(_Rules):
    """When an order may be cancelled.

    Attributes:
        states: of the order.
        reasons: one of them must be given; empty: none is asked for.
        only_same_day: marks of lines that are made to order: with one of these only on the day of ordering.
        refund_business_days: until the money is back, at most; gift cards and store credit get it at once.
    """

    states: tuple[Status, ...] = ("pending",)
    reasons: tuple[str, ...] = ()
    only_same_day: tuple[str, ...] = ()
    refund_business_days: Days = 7


class AddressPolicy(_Rules):
    """When the address of an order may change; `same_country`: only to one in the country it goes to anyway."""

    states: tuple[Status, ...] = ("pending",)
    same_country: bool = False


class PaymentPolicy(_Rules):
    """When an order may be paid another way."""

    states: tuple[Status, ...] = ("pending",)
    refund_business_days: Days = 7


class ItemsPolicy(_Rules):
    """When items may change before they are sent.

    Attributes:
        within_minutes: of ordering; None: until the state forbids it.
        final: once they were changed, nothing else of the order may be.
    """

    states: tuple[Status, ...] = ("pending",)
    within_minutes: int | None = Field(default=None, ge=1)
    final: bool = True
    refund_business_days: Days = 7


class ReturnPolicy(_Rules):
    """When delivered items may come back.

    Attributes:
        days: after delivery; None: no end.
        days_by_tier: for customers of a tier instead.
        seasons: with a later end.
        never: marks of lines that cannot come back.
        once: one return or exchange an order.
        refund_to: where the money may go.
        fee: taken off the refund, in the shop's currency.
        fee_free_to: not for refunds to these.
        fee_area: only from there; elsewhere customers send things at their own cost.
        refund_business_days: after the parcel has arrived, at most.
        condition: what the customer confirms about the items, because no row can tell.
    """

    states: tuple[Status, ...] = ("delivered",)
    days: Days | None = None
    days_by_tier: Mapping[str, Days] = Field(default_factory=dict)
    seasons: tuple[Season, ...] = ()
    never: tuple[str, ...] = ()
    once: bool = True
    refund_to: tuple[RefundTarget, ...] = Field(default=("original", "gift_card"), min_length=1)
    fee: Money = Decimal(0)
    fee_free_to: tuple[RefundTarget, ...] = ()
    fee_area: Area = Area()
    refund_business_days: Days = 7
    condition: LocalText = Field(default_factory=dict)

    def last_day(self, bought: date, delivered: date | None, tier: str) -> date | None:
        """Until when it may come back; None: there is no end, or without day of delivery it cannot be told."""
        days = self.days_by_tier.get(tier, self.days)
        if days is None or delivered is None:
            return None
        later = (season.extends(bought) for season in self.seasons)
        return max([delivered + timedelta(days=days), *(day for day in later if day)])


class ExchangePolicy(_Rules):
    """When delivered items may be exchanged for others of the same products.

    Attributes:
        area: of the order's address.
        never: marks of lines that cannot be exchanged.
        only_option: for lines with that mark only this option may differ.

    Others as in ReturnPolicy.
    """

    states: tuple[Status, ...] = ("delivered",)
    days: Days | None = None
    area: Area = Area()
    never: tuple[str, ...] = ()
    only_option: Mapping[str, str] = Field(default_factory=dict)
    once: bool = True
    refund_business_days: Days = 7
    condition: LocalText = Field(default_factory=dict)

    def last_day(self, delivered: date | None) -> date | None:
        """As of `ReturnPolicy`."""
        return None if self.days is None or delivered is None else delivered + timedelta(days=self.days)


class OrderPolicy(_Rules):
    """The shop's own rules; what is left out is not offered, so a shop without this section changes nothing by chat.

    Attributes:
        identify_by: what a shopper may tell who they are with.
    """

    identify_by: tuple[Identification, ...] = ("order_email", "order_postcode")
    cancel: CancelPolicy | None = None
    change_address: AddressPolicy | None = None
    change_payment: PaymentPolicy | None = None
    change_items: ItemsPolicy | None = None
    returns: ReturnPolicy | None = None
    exchanges: ExchangePolicy | None = None
    change_customer_address: bool = False

    @property
    def items_are_final(self) -> bool:
        """Whether an order whose items were changed stays as it is then."""
        return self.change_items is None or self.change_items.final
