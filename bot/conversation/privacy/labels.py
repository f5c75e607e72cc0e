"""Words before a number that say what the number is: a reference of the shop, or a person's."""

import re

_LOOK_BACK = 48  # characters; a label stands right before its number

# "order no. 123", "tracking number is 123", "运单号：123", "SKU 123": not personal, however much it looks like it.
_REFERENCE = re.compile(
    r"(?:orders?|tracking|track|parcel|package|shipment|waybill|consignment|invoice|receipt|ticket|case|ref(?:erence)?|sku"
    r"|ean|upc|isbn|barcode|serial|model|item|product|article|part|batch|voucher|coupon|gift card"
    r"|订单|单|运单|快递|物流|包裹|货|商品|型|条形|条|编|序列|批次|款|发票|流水|优惠|兑换|券|房间|工单)"
    r"(?:[\s:：#=.-]|numbers?|no|num|code|id|is|was|号码|号|编码|编号|码|是|为){0,12}$",
    re.IGNORECASE,
)


def names_a_reference(text: str, start: int) -> bool:
    """Whether the words before `start` call what follows an order, tracking, product or similar number."""
    return _REFERENCE.search(text[max(0, start - _LOOK_BACK) : start]) is not None
