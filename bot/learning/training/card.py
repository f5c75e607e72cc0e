"""The model card of an adapter, made from its figures: what for, from what, how good, with which limits."""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

FIGURES, CARD, DATA_CARD = "figures.json", "README.md", "DATA.md"

_TERMS = {
    "gemma": (
        "This is a Model Derivative of Gemma. Gemma is provided under and subject to the Gemma Terms of Use found at "
        "ai.google.dev/gemma/terms. Who passes these weights on passes on these terms, including the use restrictions "
        "of section 3.2 (the Gemma Prohibited Use Policy at ai.google.dev/gemma/prohibited_use_policy), and says that "
        "files were modified: these are, by the training described here."
    ),
    "smollm2": "The base is under the Apache License 2.0, and so are these weights.",
}
_PUBLIC = {
    "hetpqa": "hetPQA (product questions with evidence and human answers; CDLA-Sharing-1.0), its train part",
    "semipqa": "semiPQA (product attributes put into sentences; CDLA-Sharing-1.0), its train part",
    "imaginary": "imaginary shops that `bot/learning/imaginary` draws: pages, questions, answers; none of a real shop",
    "staff": "replies approved by the staff of the shop, with personal data masked",
}
_SAYINGS = {
    "facts right": "answers with every fact asked for and nothing wrong",
    "false answers": "unanswerable questions that were answered all the same",
    "false refusals": "answerable questions that were refused",
    "cited rightly": "answers that mark just the passages that hold them",
    "golden facts right": "golden questions: the whole bot's replies with every fact",
    "golden wrong shown": "golden questions: replies with something wrong",
    "golden refused rightly": "golden questions: unanswerable ones refused",
    "golden refused wrongly": "golden questions: answerable ones refused",
    "golden cited": "golden questions: replies that cite the right source",
}
TEMPLATE = "card.md"
_MORE = f"`{DATA_CARD}` tells more of them; of those tagged `opening` only that is learned whether they are answered. "


def write_card(folder: Path) -> None:
    """Write the card into an adapter's folder, from the figures there."""
    figures = json.loads((folder / FIGURES).read_text(encoding="utf-8"))
    recipe, training, examples = figures["recipe"], figures["training"], figures["examples"]
    counts = examples["by_kind"]
    sources = dict.fromkeys(name.split()[0] for name in counts)
    template = (files("bot.learning.training") / TEMPLATE).read_text(encoding="utf-8")
    card = Template(template).substitute(
        base=figures["base"],
        rank=recipe["rank"],
        opening=f"{recipe.get('opening', 1):g}",  # earlier versions counted all alike
        layers=f"the {recipe['layers']} upper layers" if recipe["layers"] else "all layers",
        chinese=" and Chinese" if any(" zh " in name for name in counts) else " only",
        sources="\n".join(f"* {_PUBLIC.get(name, name)}" for name in sources),
        counts="\n".join(f"* {name}: {count}" for name, count in counts.items()),
        more=_MORE if (folder / DATA_CARD).is_file() else "",
        hash=examples["hash"],
        command=figures["command"],
        version=f"in commit `{commit}`" if (commit := figures["made"].get("commit")) else "in the code as it was then",
        began=_began(figures.get("began_from"), training.get("kept_of_start", 0)),
        steps=training["steps"],
        batch=round(training["examples_seen"] / max(training["steps"], 1)),
        time=f"{training['seconds'] / 60:.0f} minutes",
        device=f"{figures['made']['workers']} cores" if figures["made"]["device"] == "cpu" else "one GPU",
        speed=training["tokens_per_second"],
        before=training["dev_loss_before"],
        after=round(training["dev_loss"], 4),
        best=training["best_step"],
        exam=_exam(figures.get("exam")),
        terms=next((terms for name, terms in _TERMS.items() if name in figures["base"].lower()), "As the base's."),
    )
    (folder / CARD).write_text(card, encoding="utf-8")


def _began(began: Mapping[str, Any] | None, kept: float) -> str:
    """What the training went on from, as a sentence."""
    stages = []
    while began:
        stages.append(
            f"{began['steps']} steps in {began['seconds'] / 60:.0f} minutes on the examples `{began['examples']}` "
            f"(dev loss {began['dev_loss']:.3f}; `{began['command']}`)"
        )
        began = began["began_from"]
    if not stages:
        return ""
    told = "; before that, ".join(stages)
    mixed = f" Of the weights begun from, {kept:.0%} are kept in these: so they did best on dev." if kept else ""
    return (
        f"It went on from an earlier adapter: {told}. The losses of stages are of different dev examples, "
        f"and each stage's own examples are drawn again at the commit that shipped it.{mixed}"
    )


def _exam(exam: Mapping[str, Any] | None) -> str:
    if not exam:
        return "Not measured yet."
    lines = ["| on dev examples, the bare model; on golden dev questions, the bot | before | tuned |", "|---|---|---|"]
    before, after = exam["in_use_before"], exam["tuned"]
    for name, saying in _SAYINGS.items():
        if name not in before:
            continue
        old, new = (f"{one[name]['count']} of {one[name]['of']}" for one in (before, after))
        lines.append(f"| {saying} | {old} | {new} |")
    return "\n".join(lines)
