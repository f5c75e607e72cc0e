"""Reranker: a second, closer look at the few passages that search found."""

import re
from collections.abc import Sequence
from typing import Protocol

from knowledge.documents import Passage

# Weights in units of similarity, chosen on the public ePQA dev questions.
HEDGES_WEIGHT = -0.3
DECIDES_WEIGHT = 0.25
COUNTS_WEIGHT = 0.15

_HEDGES = re.compile(
    r"\b(?:not sure|unsure|not certain|no idea|my guess|i(?: would)? guess|can'?t (?:recall|remember|say)|"
    r"do(?:n'?t| not) (?:know|remember|recall|think)|haven'?t (?:tried|used)|never (?:tried|used)|"
    r"could you please|would like to know|does anyone)\b|不确定|不清楚|不知道|不记得|说不准|没试过|没用过|好像是|猜"
)
_ASKS_WHETHER = re.compile(
    r"^(?:is|are|do|does|did|can|could|will|would|has|have|should|may)\b|[吗么][?？]?\s*$|是否|是不是|能不能|可不可以|有没有|会不会|行不行"
)
_DECIDES = re.compile(
    r"^(?:yes|no|yep|yeah|nope|(?:it|this|they|these|you|we) (?:does|do|will|is|are|can|has|have|may)|i have)\b"
    r"|^(?:是的?|不是|对|可以|不可以|不行|能|不能|会|不会|有的?|没有|支持|不支持|我们会?支持)"
)
_ASKS_AMOUNT = re.compile(
    r"\bhow (?:many|much|long|big|tall|wide|heavy|thick|deep|large|far|old|high|fast|soon|often)\b|\b(?:dimensions?|"
    r"sizes?|weight|weigh|length|width|height|diameter|measurements?|capacity|thickness|speed|temperature|voltage)\b"
    r"|多少|多大|多久|多长|多重|多宽|多高|多远|几[天个件次年月点小]|尺寸|重量|容量"
)
_AMOUNT = re.compile(r"\d|[一二两三四五六七八九十百][天个件次年月点小]")


class Reranker(Protocol):
    """Looks closer at passages of one question."""

    name: str

    def rerank(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        """A score for each passage, in their order; higher is better, on any scale."""
        ...


class AnswerCueReranker:
    """Among passages about one product, prefers those that look like an answer to this kind of question.

    To what may be answered by yes or no, one that begins by deciding; to what asks for an amount, one that holds a
    number; and to everything, one whose writer does not say that they do not know. Across a whole shop the fused
    order stands: there the subject tells more than the shape, and these cues were measured to do harm.
    """

    name = "answer-cues"

    def rerank(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        """The fused score and what the cues add."""
        fused = [passage.scores["fused"] for passage in passages]
        if not about_one_product(passages):
            return fused
        asked = question.strip().lower()
        whether, amount = bool(_ASKS_WHETHER.search(asked)), bool(_ASKS_AMOUNT.search(asked))
        texts = [passage.chunk.text.strip().lower() for passage in passages]
        return [score + _cues(text, whether, amount) for score, text in zip(fused, texts, strict=True)]


def about_one_product(passages: Sequence[Passage]) -> bool:
    """Whether all passages belong to the same product."""
    products = {passage.chunk.attributes.get("product_id") for passage in passages}
    return len(products) == 1 and None not in products


def _cues(text: str, asks_whether: bool, asks_amount: bool) -> float:
    """What the words of a passage add to its score."""
    return (
        HEDGES_WEIGHT * bool(_HEDGES.search(text))
        + DECIDES_WEIGHT * (asks_whether and bool(_DECIDES.search(text)))
        + COUNTS_WEIGHT * (asks_amount and bool(_AMOUNT.search(text)))
    )
