"""Recognises the names of persons where the shopper gives one: "my name is …", 我叫…, 收件人：…, 张先生."""

import re
from collections.abc import Iterator

# One or two capitalised words, or one or two plain words that do not go on with the sentence.
_GOES_ON = (
    r"(?:and|but|or|i|im|my|from|the|a|an|on|in|at|to|of|for|with|please|pls|not|is|was|wrong|misspelled|spelled|spelt"
    r"|so|because|incorrect|missing|correct|different|still|also|can|could|would|you|it|this|that|here|by|on|appears|has|should|printed|never|ordered)"
)
_WORD = r"[^\W\d_]+(?:[-'’][^\W\d_]+)?"
_CAPITALISED = rf"(?=[A-ZÀ-ÞĀ-Ž]){_WORD}"
_INTRODUCED = re.compile(
    r"(?i:\b(?:my|his|her|their|(?:partner|husband|wife|mother|father|sister|brother|friend)'s)"
    r" (?:(?:first|last|full|maiden|family) )?name(?:'s| is|:)|^[ \t]*(?:full )?name:|\bunder the name(?: of)?)"
    r"[ :]+(?:(?i:mr|mrs|ms|miss|dr)\.? )?"
    rf"(?P<name>(?!(?i:{_GOES_ON})\b){_WORD}(?: (?!(?i:{_GOES_ON})\b){_WORD})?)",
    re.MULTILINE,
)
_CALLED = re.compile(rf"\b(?i:calls? me|i am called|i'm called)[ :]+(?P<name>{_CAPITALISED})")
# Mr and Mrs stand before names; Dr stands before boots and sweets too.
_TITLED = re.compile(rf"\b(?i:mrs|mr|ms|miss)\.? (?P<name>{_CAPITALISED}(?: {_CAPITALISED})?)")

# The hundred most frequent surnames cover some 85% of people (2020 name report of the Ministry of Public Security).
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟"
    "谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_COMPOUND = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒"
_SURNAME = f"(?:{_COMPOUND}|[{_SURNAMES}])"
# Characters that go on with the sentence rather than end a given name.
_GIVEN = "(?![我你您他她它的了是在想要请有这那和与不就买退电手地收住订，。、])[\u4e00-\u9fff]"
_CHINESE = re.compile(
    r"(?:我叫|我是叫|(?:名字|姓名)(?:是|叫|为|:|：| ){1,2}|(?:收件人|收货人|联系人)(?:是|为|叫|:|：| |改成|改为){1,2})"
    rf"(?P<name>{_SURNAME}{_GIVEN}{{1,2}}|[小阿老][{_SURNAMES}]|[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)
# 张先生, 欧阳女士; not 生产商先生 or 老王小姐.
_CHINESE_TITLED = re.compile(rf"(?P<name>{_SURNAME}(?:先生|女士|小姐))")


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Where names stand."""
    for pattern in (_INTRODUCED, _CALLED, _TITLED, _CHINESE, _CHINESE_TITLED):
        yield from (match.span("name") for match in pattern.finditer(text))
