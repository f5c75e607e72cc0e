"""The systems that answer examples: a model by itself, and the bot's gears over the same passages."""

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import numpy as np
from langchain_core.language_models import BaseChatModel

from bot.answering.answerer import Answerer
from bot.answering.followups import standalone
from bot.answering.hearing import Heard
from bot.answering.prompting import REFUSAL, answer_prompt, tuned_prompt
from bot.answering.stopwatch import Stopwatch
from bot.answering.tuned_text import MARK
from bot.answering.turn import Answer, Turn
from bot.answering.writer import MAX_TOKENS, is_tuned
from bot.conversation.history import MessageView
from bot.learning.examples import Example
from bot.learning.examples_evaluation import Answered
from knowledge.confidence import confidence
from knowledge.documents import Chunk, Passage
from knowledge.embedding import Embedder
from knowledge.fusion import fuse, keyword_weight
from knowledge.keywords import KeywordIndex, tokenize
from knowledge.profile import ShopProfile
from knowledge.reranking import Reranker
from knowledge.search import rerank_head

SHOP = "examples"

_TITLE = re.compile(r"^([^:：]{1,80})[:：]\s*")
_REFUSES = re.compile(
    r"\bI (?:do not|don't) know\b|\b(?:not|n't) (?:mention|state|specif|say)|\bno information\b"
    r"|不知道|没有(?:提到|说明|写明|提及)|未(?:提及|说明|写明)",
    re.IGNORECASE,
)


class ModelAlone:
    """What a model says from all passages, without choice and checks: a tuned one in its way, another by examples.

    Args:
        name: in tables.
        model: writes.
    """

    def __init__(self, name: str, model: BaseChatModel) -> None:
        self.name, self._model = name, model

    def answer(self, example: Example) -> Answered:
        """The model's line, its marks taken for citations."""
        if is_tuned(self._model):
            prompt = tuned_prompt(
                example.question, example.passages, language=example.language, history=example.history
            )
        else:
            asked = standalone(turn_of(example), ()).text
            prompt = answer_prompt(asked, example.passages, language=example.language)
        began, first, tokens, written = time.perf_counter(), 0.0, 0, ""
        for chunk in self._model.stream(list(prompt.messages), stop=["\n"], max_tokens=MAX_TOKENS):
            first = first or (time.perf_counter() - began) * 1000
            tokens += chunk.usage_metadata["output_tokens"] if chunk.usage_metadata else 0
            written += chunk.text
        total = (time.perf_counter() - began) * 1000
        text = MARK.sub("", written).strip()
        said_nothing = not text or REFUSAL[example.language] in text
        refused = said_nothing or (not is_tuned(self._model) and bool(_REFUSES.search(text)))
        cited = tuple(dict.fromkeys(int(number) for number in MARK.findall(written)))
        gear = "none" if refused else "generated"
        return Answered(text, refused, cited, gear, first, total, tokens, generated_ms=total)


class GivenPassages:
    """The bot's gears over the passages of an example, scored as search would score them among all of the shops'.

    Args:
        name: in tables.
        answerer: its search is not used.
        examples: all that will be asked.
        embedder: the one that search uses.
        reranker: likewise.
    """

    def __init__(
        self,
        name: str,
        answerer: Answerer,
        examples: Sequence[Example],
        *,
        embedder: Embedder,
        reranker: Reranker,
    ) -> None:
        self.name, self._answerer, self._embedder, self._reranker = name, answerer, embedder, reranker
        texts = list(dict.fromkeys(text for example in examples for text in example.passages))
        self._place = {text: place for place, text in enumerate(texts)}
        self._keywords = KeywordIndex([tokenize(text) for text in texts])

    def answer(self, example: Example) -> Answered:
        """The answer of the gears, its citations as numbers of the passages."""
        watch, turn = Stopwatch(), turn_of(example)
        began = time.perf_counter()
        stream = self._answerer.from_passages(turn, lambda question: self._passages(question, example), watch)
        while True:
            try:
                next(stream)
            except StopIteration as stop:
                answer: Answer = stop.value
                break
        total = (time.perf_counter() - began) * 1000
        cited = tuple(dict.fromkeys(int(one.chunk_id.rpartition("#")[2]) for one in answer.citations))
        first = watch.timings_ms.get("first_token", total)
        refused = answer.outcome != "answered"
        return Answered(MARK.sub("", answer.text), refused, cited, answer.gear, first, total)

    def heard(self, example: Example) -> Heard:
        """What the model makes of the example's passages."""
        turn = turn_of(example)
        asked = standalone(turn, ())
        return self._answerer.heard_from(turn, asked, self._passages(asked.text, example))

    def _passages(self, question: str, example: Example) -> list[Passage]:
        chunks = [chunk_of(example, number) for number in range(1, len(example.passages) + 1)]
        asked = self._embedder.embed_questions([question])[0]
        dense = self._embedder.embed_passages([chunk.embedding_text for chunk in chunks]) @ asked
        keyword = self._keywords.scores(question)[[self._place[text] for text in example.passages]]
        sure = confidence(np.asarray(dense), np.asarray(keyword), language=example.language)
        fused = fuse(np.asarray(dense), np.asarray(keyword), weight=keyword_weight(question))
        order = sorted(range(len(chunks)), key=lambda place: -float(fused[place]))
        ranked = [
            Passage(
                chunk=chunks[place],
                rank=rank,
                score=float(sure[place]),
                found_by=("dense", "keyword"),
                scores={"dense": float(dense[place]), "keyword": float(keyword[place]), "fused": float(fused[place])},
            )
            for rank, place in enumerate(order, start=1)
        ]
        return rerank_head(self._reranker, question, ranked)


def chunk_of(example: Example, number: int) -> Chunk:
    """A passage of an example as search would give it; its id ends in `#` and the passage's number, from 1."""
    text = example.passages[number - 1]
    title = _TITLE.match(text)
    name = f"{example.id}#{number}"
    return Chunk(
        id=name,
        document_id=name,
        shop=SHOP,
        source=name,
        title=title[1] if title else "",
        heading="",
        text=text[title.end() :] if title else text,
        position=0,
        language=example.language,
        kind="page",
    )


def turn_of(example: Example) -> Turn:
    """The example's question as a turn of a conversation that has its history."""
    earlier = []
    for place, text in enumerate(example.history):
        role: Literal["user", "assistant"] = "assistant" if place % 2 else "user"
        earlier.append(
            MessageView(f"{example.id}-{place}", example.id, place + 1, role, text, example.language, _LONG_AGO)
        )
    return Turn(
        conversation_id=example.id,
        message_id=f"{example.id}-asked",
        shop=SHOP,
        text=example.question,
        typed=example.question,
        language=example.language,
        spoken=example.language,
        earlier=tuple(earlier),
        profile=ShopProfile(name={"en": "Shop", "zh": "本店"}),
    )


_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
