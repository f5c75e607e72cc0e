"""Recognises Chinese addresses: a road or estate with a number, or two of building, unit and room."""

import re
from collections.abc import Iterator

_HAN = "\u4e00-\u9fff"
_ORDINAL = r"[0-9A-Za-z一二三四五六七八九十]{1,5}(?:[-之][0-9]{1,4})?"
_PART = r"(?:号楼|号院|号|弄|栋|幢|座|单元|楼|层|室|房|户)"

# 中山路37号, 长安街甲1号, 人民大道 100 弄: the number makes it an address; 路由器 and 一路 have none.
# 37号鞋, 11月5号 and 订单号 have no road before them.
_ROAD = rf"[{_HAN}](?:路|街|大道|大街|巷|胡同|道|弄|里|村|庄|镇|屯)(?:[东南西北中][一二三]?段?|[一二三四五]段)?"
_ROAD_NUMBER = rf"{_ROAD} ?[甲乙丙]?\d{{1,5}}(?:[-之]\d{{1,4}})? ?(?:号楼|号院|号|弄|巷|组|队)"
# 3栋2单元501室, A座1203室, 阳光花园5栋301.
_UNITS = (
    rf"(?<![0-9A-Za-z])\d{{1,4}} ?(?:号楼|栋|幢|座|单元|弄)[ -]?{_ORDINAL}(?:{_PART}|(?![0-9A-Za-z件个台元块双]))"
    r"|[A-Za-z]座 ?\d{3,4}室?"
)
_ESTATE = rf"[{_HAN}](?:小区|花园|公寓|大厦|新村|家园|苑|广场|宿舍) ?{_ORDINAL}(?:号楼|栋|幢|座|单元|号|室)"
_CORE = re.compile(rf"{_ROAD_NUMBER}|{_ESTATE}|{_UNITS}")
# What may follow: 阳光花园3栋2单元501室, 邮编100000; each step is short and ends with a part or a room number.
_MORE = re.compile(
    rf"[ ,，]?[{_HAN}A-Za-z]{{0,10}}? ?{_ORDINAL} ?{_PART}|[ -]?\d{{3,4}}室?(?![0-9元块件个])"
    r"|[ ,，]{0,2}邮编[:：]? ?\d{6}"
)

# The words before the road, up to where the sentence hands over to the address.
_BEFORE = re.compile(rf"[{_HAN}0-9A-Za-z ·]{{0,40}}$")
_LEAD_IN = re.compile(
    "地址|住在|家住|住址|我住|寄到|寄往|寄去|寄给|送到|送往|送去|发到|发往|配送|邮寄|快递|搬到|改成|改为|换成|换到|变更为|位于|家在|就在|人在|公司在"
    "|[是在到为至去往]"
)
# Where the words before tell of province, city or district, they are the address's own.
_REGION = re.compile("省|自治区|市|区|县|镇|乡|街道")
_ROAD_NAME = 6  # characters: without a region or lead-in the longest name before 路

# 地址：浙江省杭州市西湖区… to the end of the clause, where it names at least two kinds of place.
_SAID = re.compile(
    r"(?:地址|住址)(?:是|为|在|改成|改为|换成|:|：| ){1,3}"
    rf"(?P<address>[{_HAN}0-9A-Za-z #·-]{{6,60}}?)"
    rf"(?=可以|可不可以|行不行|行吗|好吗|能不能|吗|吧|呢|谢谢|[^{_HAN}0-9A-Za-z #·-]|$)"
)
_PLACE = re.compile("省|自治区|市|区|县|镇|乡|街道|路|街|大道|巷|村|小区|花园|大厦|号|栋|幢|单元|室")
_POSTCODE = re.compile(r"(?:邮编|邮政编码)(?:是|为|:|：| ){0,3}(?P<address>\d{6})(?!\d)")


def find_chinese_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses stand; a city or district alone is none, for one may ask whether it is delivered to."""
    yield from (_grown(text, core) for core in _CORE.finditer(text))
    yield from (said.span("address") for said in _SAID.finditer(text) if len(set(_PLACE.findall(said["address"]))) > 1)
    yield from (match.span("address") for match in _POSTCODE.finditer(text))


def _grown(text: str, core: re.Match[str]) -> tuple[int, int]:
    """The address around its core."""
    end = core.end()
    for _ in range(5):
        more = _MORE.match(text, end)
        if more is None:
            break
        end = more.end()
    return _start(text, core.start()), end


def _start(text: str, core_start: int) -> int:
    begin = max(0, core_start - 40)
    match = _BEFORE.search(text[begin:core_start])
    before = match.group() if match else ""
    lead_ins = [lead_in.end() for lead_in in _LEAD_IN.finditer(before)]
    if lead_ins:
        before = before[lead_ins[-1] :]
    elif not _REGION.search(before):
        before = before[-_ROAD_NAME:]
    return core_start - len(before.lstrip())
