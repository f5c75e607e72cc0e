"""The training curve as a picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def draw_curve(points: Sequence[Mapping[str, float | None]], path: Path, *, title: str) -> None:
    """Train and dev loss over the examples' steps, as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), dpi=110)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name, label in (("train_loss", "train"), ("dev_loss", "dev")):
        seen = [
            (step, loss)
            for point in points
            if (loss := point[name]) is not None and (step := point["step"]) is not None
        ]
        axes.plot(*zip(*seen, strict=True), marker="o", markersize=3, label=label)
    axes.set_xlabel("step")
    axes.set_ylabel("loss, nats a token of the answer")
    axes.set_title(title)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)
