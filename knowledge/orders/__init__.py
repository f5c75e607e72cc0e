"""Orders: what customers bought, what may still be changed about it, and who keeps it.

views      what an order, a customer and a choice look like
changes    what a shopper may ask to have changed
rules      whether the shop's policy (`knowledge.order_policy`) lets it
effects    what it does to the order and to the money
backend    the port: who keeps the orders and writes the changes
sql, http  the built-in one, and a shop's own server
"""

from knowledge.order_policy import OrderPolicy as OrderPolicy
from knowledge.orders.backend import Applied as Applied
from knowledge.orders.backend import OrderBackend as OrderBackend
from knowledge.orders.changes import CancelOrder as CancelOrder
from knowledge.orders.changes import Change as Change
from knowledge.orders.changes import ChangeAddress as ChangeAddress
from knowledge.orders.changes import ChangeCustomerAddress as ChangeCustomerAddress
from knowledge.orders.changes import ChangeItems as ChangeItems
from knowledge.orders.changes import ChangePayment as ChangePayment
from knowledge.orders.changes import ExchangeItems as ExchangeItems
from knowledge.orders.changes import ReturnItems as ReturnItems
from knowledge.orders.effects import Effects as Effects
from knowledge.orders.effects import MoneyMove as MoneyMove
from knowledge.orders.effects import SwappedItem as SwappedItem
from knowledge.orders.facts import Facts as Facts
from knowledge.orders.item_rules import Returnable as Returnable
from knowledge.orders.item_rules import returnable as returnable
from knowledge.orders.refusals import RULES as RULES
from knowledge.orders.refusals import Refusal as Refusal
from knowledge.orders.rules import check as check
from knowledge.orders.sql import SqlOrders as SqlOrders
from knowledge.orders.views import Address as Address
from knowledge.orders.views import Choice as Choice
from knowledge.orders.views import CustomerView as CustomerView
from knowledge.orders.views import ExchangeRequest as ExchangeRequest
from knowledge.orders.views import OrderLineView as OrderLineView
from knowledge.orders.views import OrderView as OrderView
from knowledge.orders.views import Payment as Payment
from knowledge.orders.views import PaymentMethod as PaymentMethod
from knowledge.orders.views import ReturnRequest as ReturnRequest
