"""Answerer: a question about what the shop knows, through the gears from facts to refusal."""

from collections.abc import Generator, Mapping
from dataclasses import replace

from bot.answering import suggestions
from bot.answering.extraction import Extract, Extractor
from bot.answering.stopwatch import Stopwatch
from bot.answering.turn import Answer, Turn
from bot.reply import Citation, ReplyChunk
from knowledge.documents import Passage
from knowledge.embedding import Embedder
from knowledge.search import Searcher
from knowledge.versions import KnowledgeVersions

PASSAGES = 8
REFUSE_BELOW = 0.35


class Answerer:
    """Finds passages and answers from them.

    Args:
        searcher: finds passages.
        embedder: the one that search uses, to choose sentences.
        versions: what each shop knows at present.
    """

    def __init__(self, *, searcher: Searcher, embedder: Embedder, versions: KnowledgeVersions) -> None:
        self._searcher, self._versions, self._embedder = searcher, versions, embedder
        self._extractor = Extractor(embedder)

    def versions(self, shop: str) -> Mapping[str, str]:
        """What answers, by name: the knowledge version and the models."""
        return {"knowledge": str(self._versions.active(shop) or ""), "embedder": self._embedder.name}

    def answer(self, turn: Turn, watch: Stopwatch) -> Generator[ReplyChunk, None, Answer]:
        """The answer to a question, streamed where it is written sentence by sentence."""
        yield ReplyChunk(kind="status", status="searching")
        question = turn.text
        with watch.stage("search"):
            passages = self._searcher.search(question, shop=turn.shop, k=PASSAGES, language=turn.language)
        if not passages or passages[0].score < REFUSE_BELOW:
            return replace(refusal(turn, "below_threshold"), question=question, passages=tuple(passages))
        with watch.stage("extract"):
            extract = self._extractor.extract(question, passages)
        if extract is None:
            return replace(refusal(turn, "nothing_to_quote"), question=question, passages=tuple(passages))
        answer = quoted(turn, extract)
        return replace(
            answer,
            question=question,
            passages=tuple(passages),
            suggestions=suggestions.after(turn, passages, answer.citations),
        )


def quoted(turn: Turn, extract: Extract) -> Answer:
    """The passage's own words with a citation, and a lead-in where they are in another language."""
    chunk = extract.passage.chunk
    lead = turn.words.say(f"source_in_{chunk.language}") + "\n" if chunk.language != turn.language else ""
    citation = cite(extract.passage, 1, quote=extract.quote, span=extract.text)
    return Answer(f"{lead}{extract.text} [1]", "answered", "extracted", "best_sentences", citations=(citation,))


def cite(passage: Passage, index: int, *, quote: str, span: str) -> Citation:
    """The numbered support that a passage gives to a part of an answer."""
    chunk = passage.chunk
    link = chunk.url if chunk.url and chunk.url.startswith(("http://", "https://")) else None
    return Citation(
        index=index,
        source=chunk.source,
        title=chunk.title,
        quote=quote,
        url=link,
        score=passage.score,
        chunk_id=chunk.id,
        passage=chunk.text,
        grounded_span=span,
    )


def refusal(turn: Turn, reason: str) -> Answer:
    """Says that the answer is not known and offers a person."""
    words = turn.words
    text = words.say("refused", shop=turn.shop_name)
    return Answer(text, "refused", "none", reason, suggestions=suggestions.starters(turn))
