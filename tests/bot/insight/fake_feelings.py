"""A classifier without a model: what is glad or sad is said in plain words; processes that are killed import it too."""

from collections.abc import Sequence

from bot.insight.scoring.talk import Talk
from bot.insight.sentiment.feeling import AspectFeeling, Feeling


class FakeClassifier:
    """`bad` is negative, `good` positive; `zipper` speaks of quality. `poison` cannot be classified."""

    def __init__(self, version: str = "v1") -> None:
        self.version = version
        self.classified: list[str] = []

    def classify(self, texts: Sequence[str]) -> list[Feeling]:
        if any("poison" in text for text in texts):
            raise ValueError("poison")
        self.classified.extend(texts)
        return [feeling(text) for text in texts]


class FakeJudge:
    version = "judge-1"

    def satisfaction(self, talk: Talk) -> float:
        return 1.5 if talk.said and "good" in talk.said[-1].text else -1.5


def feeling(text: str) -> Feeling:
    label = "negative" if "bad" in text else "positive" if "good" in text else "neutral"
    scores = {name: 0.9 if name == label else 0.05 for name in ("negative", "neutral", "positive")}
    aspects = (AspectFeeling("quality", label, 0.9, text),) if "zipper" in text else ()
    return Feeling(label, 0.9, scores, "en", aspects)
