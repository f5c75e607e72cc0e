"""LearnedReranker: the trained reader's verdict on top of the fused score and the answer cues."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knowledge.documents import Passage
from knowledge.embedding import ENGLISH, mostly_han
from knowledge.errors import ModelDamaged, ModelMissing
from knowledge.reranking import AnswerCueReranker, Reranker, about_one_product
from knowledge.weights import ModelStore

if TYPE_CHECKING:
    from knowledge.reranking_reader import Alone, PairReader

SHIPPED = Path(__file__).parent / "models_trained/reranker"
CUES = "cues"
"""The setting that wants no trained reranker."""

WEIGHTS, DESCRIPTION = "model.safetensors", "model.json"
READ_AT_MOST = 10  # passages of one question: each takes 5 to 10 ms of a core
PASSAGES_KEPT = 1_000  # as read alone: about 30 KB each
"""A shop's best passages come back with every other question."""


class PairScorer:
    """How likely a text answers a question, by the trained reader. English; safe to call from several threads.

    Args:
        reader: loaded with its trained weights.
        slope, constant: turn its log-odds into a chance; fitted on questions held out from training.
    """

    def __init__(self, reader: "PairReader", *, slope: float, constant: float) -> None:
        self._reader = reader.eval()
        self._slope, self._constant = slope, constant
        self._kept: OrderedDict[str, Alone] = OrderedDict()
        self._keeping = threading.Lock()

    def log_odds(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """The reader's raw verdicts, (n_texts,), comparable between questions."""
        if not texts:
            return np.zeros(0)
        import torch

        with torch.inference_mode():
            asked, *said = self._read([question, *texts])
            verdicts = self._reader([asked] * len(said), said)
        return np.asarray(verdicts.double().cpu().numpy())

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Chances that each text answers, 0 to 1, (n_texts,)."""
        return np.asarray(1.0 / (1.0 + np.exp(-(self._slope * self.log_odds(question, texts) + self._constant))))

    def _read(self, texts: Sequence[str]) -> "list[Alone]":
        with self._keeping:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = list(dict.fromkeys(text for text in texts if text not in known))
        known |= dict(zip(new, self._reader.read_alone(new), strict=True))
        with self._keeping:
            for text in texts:
                self._kept[text] = known[text]
                self._kept.move_to_end(text)
            while len(self._kept) > PASSAGES_KEPT:
                self._kept.popitem(last=False)
        return [known[text] for text in texts]


class LearnedReranker:
    """Among English passages about one product, weighs in what the trained reader makes of each.

    Across a whole shop, and in Chinese, which the reader was not taught, the answer cues' order stands.

    Args:
        load: gives the trained reader; called once, when the first passages need it.
        weight: of its log-odds, in units of similarity; chosen on questions held out from training.
    """

    name = "learned"

    def __init__(self, load: Callable[[], PairScorer], *, weight: float) -> None:
        self._load, self._weight = load, weight
        self._loaded: PairScorer | None = None
        self._loading = threading.Lock()
        self._cues = AnswerCueReranker()

    def rerank(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        """The fused score, what the cues add, and what the reader adds."""
        scores = self._cues.rerank(question, passages)
        if not about_one_product(passages) or mostly_han(question):
            return scores
        best = sorted(range(len(passages)), key=lambda place: -scores[place])[:READ_AT_MOST]
        # Without the heading: of a customer's question and its answer, the answer alone was measured to tell more.
        read = self._scorer().log_odds(question, [passages[place].chunk.text for place in best])
        verdicts = np.full(len(passages), read.min())  # what is not read has to be no better than the worst that is
        verdicts[best] = read
        return [score + self._weight * float(verdict) for score, verdict in zip(scores, verdicts, strict=True)]

    def _scorer(self) -> PairScorer:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded


def load_pair_scorer(store: ModelStore, *, device: str = "auto", folder: Path = SHIPPED) -> PairScorer:
    """The trained reader on top of the packaged English encoder.

    Raises:
        ModelMissing: the encoder was not fetched.
        ModelDamaged: the trained weights are not whole, or were made for another encoder.
    """
    base = store.path(ENGLISH)
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from knowledge.reranking_reader import PairReader

    try:
        described = json.loads((folder / DESCRIPTION).read_text("utf-8"))
        reader = PairReader(base, layers_alone=described["layers_alone"])
        reader.load_trained(load_file(folder / WEIGHTS))
        scorer = PairScorer(_placed(reader, device), slope=described["slope"], constant=described["constant"])
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelDamaged(
            f"The trained reranker in {folder.name!r} cannot be loaded ({str(error).splitlines()[0]}); "
            "install shopclerk again, or run: shopclerk train reranker"
        ) from error
    return scorer


def load_reranker(name: str, *, store: ModelStore, device: str) -> Reranker:
    """The reranker that a setting names; its weights are read when first needed.

    Args:
        name: empty: the shipped one, or the answer cues alone where its encoder is not installed; `cues`: these alone;
            else a folder that `shopclerk train reranker` wrote.
        store: where packaged models lie.
        device: `auto`, `cpu`, `cuda` or `mps`.

    Raises:
        ModelMissing: the folder is none of a trained reranker.
    """
    if name == CUES or (not name and not store.installed(ENGLISH)):
        return AnswerCueReranker()
    folder = Path(name) if name else SHIPPED
    try:
        weight = float(json.loads((folder / DESCRIPTION).read_text("utf-8"))["weight"])
    except (OSError, ValueError, KeyError) as error:
        raise ModelMissing(
            f"The reranker {name!r} cannot be read; expected {CUES}, nothing for the shipped one, or a folder that "
            "was written by: shopclerk train reranker"
        ) from error
    return LearnedReranker(lambda: load_pair_scorer(store, device=device, folder=folder), weight=weight)


def _placed(reader: "PairReader", device: str) -> "PairReader":
    """On its device, in bfloat16 where the processor multiplies that fast."""
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    fast = device != "cpu" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return reader.to(device=device, dtype=torch.bfloat16 if fast else torch.float32)
