"""A shop with nothing in it, ready to ingest files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.evaluation.memory import MemoryIndex, MemoryIndexes
from knowledge.ingest import Ingestor
from knowledge.ingest_report import IngestReport
from knowledge.versions import KnowledgeVersions
from tests.fake_embedder import FakeEmbedder


@dataclass
class EmptyShop:
    """One shop's folder of files and all that ingests them."""

    engine: object
    folder: Path
    indexes: MemoryIndexes
    embedder: FakeEmbedder
    ingestor: Ingestor
    versions: KnowledgeVersions

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def ingest(self, files: Mapping[str, str | bytes] | None = None, **options) -> IngestReport:
        self.write(files or {})
        return self.ingestor.ingest([self.folder], shop="demo", **options)

    def index(self) -> MemoryIndex:
        return self.indexes.open("demo", self.embedder.name, self.embedder.dim)

    def chunks(self, source: str = ""):
        version = self.versions.active("demo")
        found = self.versions.chunks("demo", version) if version else []
        return [chunk for chunk in found if chunk.source.startswith(source)]

    def texts(self, source: str = "") -> list[str]:
        return [chunk.text for chunk in self.chunks(source)]


@pytest.fixture
def empty_shop(tmp_engine, tmp_path) -> EmptyShop:
    folder = tmp_path / "files"
    folder.mkdir()
    indexes, embedder = MemoryIndexes(), FakeEmbedder()
    ingestor = Ingestor(tmp_engine, indexes, embedder)
    return EmptyShop(tmp_engine, folder, indexes, embedder, ingestor, KnowledgeVersions(tmp_engine))
