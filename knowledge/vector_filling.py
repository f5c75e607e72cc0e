"""Sees to it that every chunk has its vector, embedding each text once."""

from collections.abc import Callable, Mapping, Sequence

from knowledge.embedding import Embedder
from knowledge.index import VectorIndex

TEXTS_AT_ONCE = 256
"""Embedded and stored together: what a kill may cost."""


def fill_vectors(
    index: VectorIndex,
    embedder: Embedder,
    hashes: Mapping[str, str],
    texts_of: Callable[[Sequence[str]], Mapping[str, str]],
    on_progress: Callable[[int, int], None],
) -> int:
    """Give every chunk that has none its vector.

    A text that has a vector under another chunk is not embedded again: its vector is copied.

    Args:
        index: of one shop and this embedder.
        embedder: makes the vectors.
        hashes: of the embedded text, by chunk id.
        texts_of: the texts of some chunks, by id.
        on_progress: told how many of how many texts are embedded.

    Returns:
        How many texts were embedded.
    """
    missing = index.missing(list(hashes))
    if not missing:
        return 0
    absent = set(missing)
    owner = {text_hash: chunk_id for chunk_id, text_hash in hashes.items() if chunk_id not in absent}
    first = {hashes[chunk_id]: chunk_id for chunk_id in missing if hashes[chunk_id] not in owner}
    _embed(index, embedder, list(first.values()), texts_of, on_progress)
    owner |= first
    _copy(index, {chunk_id: owner[hashes[chunk_id]] for chunk_id in missing if owner[hashes[chunk_id]] != chunk_id})
    return len(first)


def _embed(
    index: VectorIndex,
    embedder: Embedder,
    chunk_ids: Sequence[str],
    texts_of: Callable[[Sequence[str]], Mapping[str, str]],
    on_progress: Callable[[int, int], None],
) -> None:
    texts = texts_of(chunk_ids)
    # Texts of one length need no padding to each other.
    ordered = sorted(chunk_ids, key=lambda chunk_id: (len(texts[chunk_id]), chunk_id), reverse=True)
    for begin in range(0, len(ordered), TEXTS_AT_ONCE):
        part = ordered[begin : begin + TEXTS_AT_ONCE]
        index.add(part, embedder.embed_passages([texts[chunk_id] for chunk_id in part]))  # (n, dim)
        on_progress(begin + len(part), len(ordered))


def _copy(index: VectorIndex, copies: Mapping[str, str]) -> None:
    targets = list(copies)
    for begin in range(0, len(targets), TEXTS_AT_ONCE):
        part = targets[begin : begin + TEXTS_AT_ONCE]
        index.add(part, index.vectors([copies[chunk_id] for chunk_id in part]))
