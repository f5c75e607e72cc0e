"""What can go wrong below the bot; every error carries one sentence fit for its reader.

* ShopclerkError
  * KnowledgeError
    * UnreadableFile       a file, or a place in it, that cannot be read
    * IndexLocked          another process owns the vector index
    * IndexUnavailable     the vector index or its server does not work
    * IngestConflict       two ingests of one shop at the same time
    * UnknownVersion       a knowledge version that is not there
    * UnknownShop          a shop that has no published knowledge
    * DataMissing          a measuring set that is not there or unknown
    * OrderBackendError    whoever keeps the orders cannot be reached or understood
  * ModelError
    * ModelMissing         weights that have not been fetched
    * ModelDamaged         weights whose checksum or content is wrong
    * AdapterMismatch      tuned weights that belong to another base model

The bot's own errors (`bot/errors.py`) hang under the same root.
"""


class ShopclerkError(Exception):
    """Root of everything this project raises on purpose; `str(error)` is the sentence to show."""


class KnowledgeError(ShopclerkError):
    """Something about documents, products or the index."""


class UnreadableFile(KnowledgeError):
    """A file, or a place in it, cannot be read.

    Args:
        path: the file, as the user named it.
        reason: what is wrong, what was expected and what to do, as one sentence.
        line: 1-based line or row, where known.
        column: the column's name, where known.
    """

    def __init__(self, path: str, reason: str, line: int | None = None, column: str | None = None) -> None:
        self.path, self.reason, self.line, self.column = path, reason, line, column
        where = path + (f", line {line}" if line else "") + (f", column {column!r}" if column else "")
        super().__init__(f"{where}: {reason}")


class IndexLocked(KnowledgeError):
    """Another process owns the vector index."""


class IndexUnavailable(KnowledgeError):
    """The vector index, or the server that holds it, does not work."""


class IngestConflict(KnowledgeError):
    """Another ingest of the same shop was published first."""


class UnknownVersion(KnowledgeError):
    """A knowledge version that is not there."""


class UnknownShop(KnowledgeError):
    """A shop that has no published knowledge."""


class DataMissing(KnowledgeError):
    """A measuring set that is not there, or that nobody knows."""


class OrderBackendError(KnowledgeError):
    """Whoever keeps the orders cannot be reached, or what they answered cannot be understood."""


class ModelError(ShopclerkError):
    """Something about model weights."""


class ModelMissing(ModelError):
    """Weights that have not been fetched."""


class ModelDamaged(ModelError):
    """Weights whose checksum or content is wrong."""


class AdapterMismatch(ModelError):
    """Tuned weights that belong to another base model."""
