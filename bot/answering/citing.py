"""Citations: which passage each part of an answer rests on, numbered as shown."""

from collections.abc import Sequence

from bot.answering.extraction import Extract
from bot.answering.turn import Answer, Turn
from bot.answering.writer import Written
from bot.reply import Citation
from knowledge.documents import Passage

PARAGRAPH = "\n\n"


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


def quoted(turn: Turn, extracts: Sequence[Extract], *, reason: str) -> Answer:
    """The passages' own words, each with its citation, and a lead-in where they are in another language."""
    language = extracts[0].passage.chunk.language
    lead = turn.words.say(f"source_in_{language}") + "\n" if language != turn.language else ""
    said = [f"{_ended(one.text, language)} [{number}]" for number, one in enumerate(extracts, start=1)]
    cited = [cite(one.passage, number, quote=one.quote, span=one.text) for number, one in enumerate(extracts, start=1)]
    return Answer(f"{lead}{PARAGRAPH.join(said)}", "answered", "extracted", reason, citations=tuple(cited))


def _ended(text: str, language: str) -> str:
    """The text with a full stop where it was cut off at a semicolon or none stood."""
    text = text.rstrip().rstrip("；;，,")
    if text.endswith((".", "!", "?", "。", "！", "？", ")", "）", "”", '"')) or "\n" in text:
        return text
    return text + ("。" if language == "zh" else ".")


def side_by_side(extracts: Sequence[Extract]) -> Answer:
    """What several passages say, each under its title."""
    lines, cited = [], []
    for number, taken in enumerate(extracts, start=1):
        lines.append(f"- {taken.text} [{number}]")
        cited.append(cite(taken.passage, number, quote=taken.quote, span=taken.text))
    return Answer("\n".join(lines), "answered", "extracted", "compared", citations=tuple(cited))


def piece(written: Sequence[Written], language: str) -> str:
    """The last of the sentences as it is appended to those before it, with its mark."""
    last = written[-1]
    gap = " " if len(written) > 1 and language == "en" else ""
    mark = f" [{_sources(written).index(last.source.passage.chunk.id) + 1}]" if last.source else ""
    return f"{gap}{last.text}{mark}"


def text_of(written: Sequence[Written], language: str) -> str:
    """All sentences with their marks, just as they were streamed."""
    return "".join(piece(written[:count], language) for count in range(1, len(written) + 1))


def citations_of(written: Sequence[Written]) -> tuple[Citation, ...]:
    """One citation for each passage that was used."""
    cited = []
    for number, chunk_id in enumerate(_sources(written), start=1):
        mine = [one for one in written if one.source and one.source.passage.chunk.id == chunk_id]
        span = " ".join(sentence.text for sentence in mine)
        passage, unit = mine[0].source, mine[0].unit
        if passage and unit:
            cited.append(cite(passage.passage, number, quote=unit.quote, span=span))
    return tuple(cited)


def _sources(written: Sequence[Written]) -> list[str]:
    return list(dict.fromkeys(one.source.passage.chunk.id for one in written if one.source))
