"""Recipe: everything that decides what a training makes, apart from its data."""

from dataclasses import dataclass, replace

LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True)
class Recipe:
    """How to tune.

    Attributes:
        minutes: of training, evaluations on dev included; the learning rate falls to its end within them.
        steps: of training, however long they take, in place of the minutes; the same number makes the same weights on
            the same machine. 0: as many as the minutes allow.
        epochs: how often an example is seen at most; the training ends with the minutes or with these. Of
            imaginary shops as many should be drawn as are seen: of those seen again the loss fell at once (0.60 to
            0.33), and on dev it rose.
        full: tune all weights of the tuned layers instead of adapters beside them.
        rank, alpha: of the adapters (LoRA: Hu et al. 2021).
        targets: the linear layers that get one.
        layers: how many of the upper transformer layers are tuned; 0: all. Below them nothing is computed backwards.
        learning_rate: the highest; reached after `warm_up` of the training, then falling as a cosine to a tenth.
        batch: questions a step, those of openings among them; some more where many go over the same passages.
        opening: the first token of an answer counts as so many: on it hangs whether the bot says that it does not know,
            and whether yes or no, and it is one of twenty.
        micro_batch_tokens: tokens, padding included, that go through the model at once.
        longest: tokens of an example; longer ones are left out.
        evaluate_minutes: between two looks at the dev examples, where the steps are not fixed.
        patience: looks without a better dev loss in the second half, after which the training ends.
    """

    minutes: float = 45.0
    steps: int = 0
    epochs: float = 2.0
    seed: int = 0
    full: bool = False
    rank: int = 32
    alpha: int = 64
    targets: tuple[str, ...] = LINEAR
    layers: int = 0
    learning_rate: float = 6e-4
    warm_up: float = 0.06
    weight_decay: float = 0.0
    clip: float = 1.0
    batch: int = 64
    opening: float = 5.0
    micro_batch_tokens: int = 512
    longest: int = 640
    evaluate_minutes: float = 8.0
    patience: int = 4


ONWARD = 0.4
"""Share of the learning rate for a training that goes on from an adapter. With all of it the loss on what is learned
rose from 0.26 to 0.41 before it fell, and most of an hour went into learning the same again."""


def recipe_for(device: str, *, onward: bool = False) -> Recipe:
    """What suits a device: on the CPU small parts, elsewhere parts that fill it.

    Args:
        device: cpu or cuda.
        onward: the training goes on from an adapter.
    """
    chosen = Recipe()
    if device != "cpu":
        chosen = Recipe(batch=96, micro_batch_tokens=16_384, evaluate_minutes=2.0)
    return replace(chosen, learning_rate=chosen.learning_rate * ONWARD) if onward else chosen
