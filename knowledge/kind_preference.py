"""Kind preference: a question about the shop's service wants its pages and FAQ entries, whatever goods it names.

"The zip of my tent broke" shares more words with tents than with the page on warranty, and so does every question that
says what was bought. Chosen on the golden dev questions.
"""

import re

from knowledge.documents import Chunk

SERVICE_BONUS = 0.2
"""Of pages and FAQ entries for a question about service, in units of similarity."""
PAGE_BONUS = 0.04
"""Of the shop's own pages for any question: they say in full what a FAQ entry or a product's row mentions."""

_SERVICE = re.compile(
    r"\b(?:warrant\w*|guarantee\w*|repair\w*|refund\w*|return\w*|exchang\w*|swap\w*|trade[- ]?in|damaged|broke|broken|"
    r"faulty|defect\w*|(?:came|come|fell|fallen|falling) (?:off|apart)|stopped working|cancel(?:s|led|lation)?|"
    r"order(?:s|ed|ing)?|parcels?|deliver\w*|ship(?:s|ped|ping)?|postage|customs|dut(?:y|ies)|pay|paid|paying|payments?|"
    r"invoices?|discounts?|coupons?|vouchers?|gift cards?|member\w*|points|price match|changed my mind|"
    r"wrong (?:size|colou?r|item|address))\b"
    r"|保修|质保|维修|修理|能修|返修|退|换货|换码|换尺码|调换|能换|可以换|怎么换|以旧换新|坏了|碎了|裂了|破损|摔坏|取消|"
    r"下单|下完单|订单|地址|发货|物流|快递|包裹|配送|运费|邮费|包邮|寄|清关|海关|关税|付款|支付|发票|优惠|折扣|积分|会员|"
    r"差价|降价|加急",
    re.IGNORECASE,
)


def about_service(question: str) -> bool:
    """Whether a question is about buying, sending, returning or mending, not about what a thing is like."""
    return bool(_SERVICE.search(question))


def kind_bonus(chunk: Chunk, *, service: bool) -> float:
    """What is added to the fused score of a chunk.

    Args:
        chunk: one that was found; what is known to be about one product is no page or FAQ entry of the shop's.
        service: whether the question is about service.
    """
    if "product_id" in chunk.attributes:
        return 0.0
    return PAGE_BONUS * (chunk.kind == "page") + SERVICE_BONUS * (service and chunk.kind != "product")
