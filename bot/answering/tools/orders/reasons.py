"""Which of the shop's accepted reasons a shopper means."""

import re
import unicodedata
from collections.abc import Sequence

from bot.answering.tools.orders.tokens import tokens

# What shoppers say, and what a shop's own words for that reason hold.
_KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(
            r"\b(?:by|on) (?:mistake|accident)\b|\bmistaken(?:ly)?\b|\baccident(?:al|ally)?\b"
            r"|\bwrong (?:item|product|one|size|color|order)\b"
            r"|\b(?:misclick|didn'?t mean to|did not mean to|order(?:ed)? (?:it |this )?twice|duplicate)|"
            r"下错|拍错|买错|选错|点错|误(?:下|拍|买|操作|点)|不小心|重复(?:下单|购买)"
        ),
        re.compile(r"mistake|accident|error|wrong|duplicate|错|误|重复"),
    ),
    (
        re.compile(
            r"\bno longer (?:need|want)|\b(?:don'?t|do not|didn'?t|not) (?:really )?(?:need|want)\b"
            r"|\bchanged? my mind\b|\bnot needed\b|\bunneeded\b|\bno need\b"
            r"|不(?:再)?(?:需要|想要|要了|用了|想买)|用不[上着]|改(?:变)?主意|后悔|没用了"
        ),
        re.compile(r"need|want|mind|不需|不想|不要|主意"),
    ),
    (
        re.compile(r"\b(?:cheaper|better (?:price|deal)|too expensive|found it for less)\b|便宜|太贵|降价|价格更"),
        re.compile(r"cheap|price|deal|expensive|便宜|价"),
    ),
    (
        re.compile(
            r"\b(?:too (?:late|slow|long)|takes? too long|late delivery|won'?t arrive in time)\b|太[慢久晚]|来不及|等不"
        ),
        re.compile(r"late|slow|long|delivery|time|慢|晚|久"),
    ),
)


def meant_reason(text: str, accepted: Sequence[str]) -> str:
    """The accepted reason that the words give; empty where they give none of them.

    Args:
        text: the shopper's words.
        accepted: as the shop writes them.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    said = set(tokens(plain))
    for reason in accepted:
        if reason.casefold() in plain or set(tokens(reason.replace("_", " "))) <= said:
            return reason
    for spoken, kept in _KINDS:
        if spoken.search(plain):
            fitting = [reason for reason in accepted if kept.search(reason.casefold())]
            if fitting:
                return fitting[0]
    return ""
