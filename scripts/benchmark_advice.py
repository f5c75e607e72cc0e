"""How soon the first product card is there when a shopper of a large shop asks for advice, without a generator."""

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import numpy as np

from bot.bootstrap import Shopclerk, build
from bot.settings import Settings
from knowledge.embedding import Embedder
from scripts.console import note
from scripts.generated_catalogue import write_catalogue
from scripts.measurement import Measurement, median, p95

PRODUCTS = 20_000
SHOP = "bench"
ROUNDS = 6  # of all talks
_TALKS = (
    ("a tent under $150 that weighs less than 2 kg", "cheaper", "in navy?", "which of those is the lightest?"),
    ("show me backpacks between 20 and 40 litres", "something bigger", "made of leather?"),
    ("headphones with at least 30 hours of battery under $120", "longer battery please", "anything waterproof?"),
    ("what is your lightest sleeping bag", "and the cheapest?"),
    ("Cedar kettles under $60", "what goes with it?"),
    ("a present for someone who travels, up to 40 dollars", "something cheaper"),
    ("do you have a red rain boot", "how about black ones"),
    ("something for cold nights", "under $80 please"),
    ("预算100美元以内、2公斤以下的帐篷", "便宜一点的", "要大一点的"),
    ("续航最长的耳机", "50美元以内有吗"),
)


class DrawnPassages:
    """Embeds questions for real, and draws passages' vectors: a large shop in seconds, as slow to search as any.

    Args:
        embedder: the real one.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dim = f"{embedder.name} drawn", embedder.dim

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors that say nothing, (n_texts, dim), float32."""
        drawn = np.random.default_rng(len(texts)).standard_normal((len(texts), self.dim)).astype(np.float32)
        return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))

    def embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        """As the real one."""
        return self._embedder.embed_questions(texts)


def measure(settings: Settings) -> Sequence[Measurement]:
    """The time to the first card, and the share of replies that have one."""
    with _shop(settings) as shopclerk:
        shopclerk.assistant.warm(SHOP)
        _talk(shopclerk, _TALKS[0])  # loads what the first question waits for
        times: list[float] = []
        asked = with_card = 0
        draw = random.Random(5)
        for _ in range(ROUNDS):
            for talk in draw.sample(_TALKS, len(_TALKS)):
                found = _talk(shopclerk, talk)
                asked += len(found)
                with_card += sum(first is not None for first, _ in found)
                times += [whole if first is None else first for first, whole in found]
    return [
        Measurement(f"product questions at {PRODUCTS:,} products, first card, half within", median(times), "ms"),
        Measurement("the same, 95 of 100 within", p95(times), "ms", "≤ 400"),
        Measurement("of these answered with cards", with_card / asked, ""),
    ]


def _talk(shopclerk: Shopclerk, messages: Sequence[str]) -> list[tuple[float | None, float]]:
    """Milliseconds to the first card, if any, and to the end of each reply."""
    conversation = shopclerk.history.start(SHOP)
    found = []
    for message in messages:
        began, first = perf_counter(), None
        for chunk in shopclerk.assistant.reply(conversation.id, message):
            if first is None and chunk.kind == "product":
                first = (perf_counter() - began) * 1000
        found.append((first, (perf_counter() - began) * 1000))
    return found


@contextmanager
def _shop(settings: Settings) -> Iterator[Shopclerk]:
    """A shop of generated products in an empty HOME that shares the models."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "models").symlink_to((settings.home / "models").resolve())
        own = settings.model_copy(
            update={"home": home, "database_url": "", "chroma_url": "", "generator": "none", "shop": SHOP}
        )
        with build(own) as real, build(own, embedder=DrawnPassages(real.embedder)) as shopclerk:
            catalogue = home / "products.csv"
            write_catalogue(catalogue, products=PRODUCTS, typed=True)
            note(f"Ingesting {PRODUCTS:,} products …")
            shopclerk.ingest([catalogue], shop=SHOP)
            yield shopclerk
