"""TokenCache: the words of texts kept in a file, so that a start reads them instead of cutting every text again."""

import hashlib
import logging
import os
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from knowledge.keywords import tokenize, tokenizer_version

KEY_BYTES = 16

log = logging.getLogger(__name__)


class TokenCache:
    """Words by the hash of their text, so that a changed shop cuts only its changed texts.

    A file that is damaged, or was written by other rules of cutting, counts as empty and is written anew. Whatever
    befalls the file, the words are right; at worst they take longer.

    Args:
        file: where they are kept; made when absent, with its folder.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def words(self, texts: Sequence[str]) -> list[Sequence[str]]:
        """The words of each text; the file then holds those of just these texts."""
        keys = [_key(text) for text in texts]
        known = self._read()
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        words = known | {key: tokenize(text) for key, text in missing.items()}
        if missing:
            self._write({key: words[key] for key in keys})
        return [words[key] for key in keys]

    def _read(self) -> dict[bytes, Sequence[str]]:
        if not self._file.is_file():
            return {}
        try:
            with self._file.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return _unpacked(arrays)
        except Exception as error:  # damage shows in a dozen of the zip reader's ways
            log.warning("Words kept in %s cannot be read (%s); they are cut anew.", self._file.name, error)
            return {}

    def _write(self, words: Mapping[bytes, Sequence[str]]) -> None:
        """Replace the file in one step; a disk that is full or read-only costs time at the next start, no more."""
        partial = self._file.with_name(f"{self._file.name}.{os.getpid()}.partial")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            for left_behind in self._file.parent.glob(f"{self._file.name}.*.partial"):
                left_behind.unlink(missing_ok=True)
            with partial.open("wb") as file:
                np.savez(file, **_packed(words))  # type: ignore[arg-type]  # its stub takes any key for `allow_pickle`
            partial.replace(self._file)
        except OSError as error:
            log.warning("Words cannot be kept in %s (%s).", self._file, error)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


def _rules() -> np.ndarray:
    return _bytes(tokenizer_version())


def _packed(words: Mapping[bytes, Sequence[str]]) -> dict[str, np.ndarray]:
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(chain.from_iterable(words.values())))}
    return {
        "rules": _rules(),
        "keys": np.frombuffer(b"".join(words), dtype=np.uint8),
        "vocabulary": _bytes("\n".join(vocabulary)),
        "lengths": np.array([len(text) for text in words.values()], dtype=np.int32),
        "numbers": np.array([vocabulary[word] for text in words.values() for word in text], dtype=np.int32),
    }


def _unpacked(arrays: Mapping[str, np.ndarray]) -> dict[bytes, Sequence[str]]:
    if not np.array_equal(arrays["rules"], _rules()):
        return {}
    vocabulary = np.array(arrays["vocabulary"].tobytes().decode("utf-8").split("\n"), dtype=object)
    words = vocabulary[arrays["numbers"]].tolist()
    ends = np.cumsum(arrays["lengths"]).tolist()
    keys = arrays["keys"].tobytes()
    if len(keys) != KEY_BYTES * len(ends) or (ends[-1] if ends else 0) != len(words):
        raise ValueError("its parts do not fit together")
    begins = [0, *ends[:-1]]
    return {
        keys[place * KEY_BYTES : (place + 1) * KEY_BYTES]: words[begin:end]
        for place, (begin, end) in enumerate(zip(begins, ends, strict=True))
    }


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)
