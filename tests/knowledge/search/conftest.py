"""Chunks and an embedder of known words for tests of search."""

from collections.abc import Callable
from typing import Any

import pytest

from knowledge.documents import Chunk, content_hash


@pytest.fixture
def make_chunk() -> Callable[..., Chunk]:
    def make(title: str, text: str = "", **fields: Any) -> Chunk:
        shop = fields.pop("shop", "demo")
        values = {"language": "en", "kind": "page", "source": f"{title}.md", "heading": "", "position": 0, **fields}
        chunk_id = content_hash(shop, title, text, str(values["source"]), str(values["position"]))
        return Chunk(id=chunk_id, document_id=chunk_id, shop=shop, title=title, text=text, **values)

    return make
