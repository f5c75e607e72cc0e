"""`shopclerk evaluate privacy`: precision and recall of masking by kind, on our own cases and Presidio's."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.conversation.privacy.evaluation import KindScore, own_cases, presidio_cases, score
from bot.settings import Settings
from scripts.console import JsonFlag, note, print_json, print_table

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk evaluate privacy --data ../shared/data")
def privacy(
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.", show_default="SHOPCLERK_DATA")] = None,
    json: JsonFlag = False,
) -> None:
    """Measure how much personal data is masked, and how much else."""
    results = measure(Settings().data if data is None else data)
    if json:
        print_json({name: [asdict(kind) for kind in kinds] for name, kinds in results.items()})
        return
    print_table(
        ("set", "kind", "expected", "recall", "characters covered", "found", "precision"),
        [
            (name, kind.kind, kind.expected, *(round(x, 3) for x in (kind.recall, kind.covered)), kind.found,
             round(kind.precision, 3))
            for name, kinds in results.items()
            for kind in kinds
        ],
        title="Personal data",
    )  # fmt: skip


def measure(data: Path) -> dict[str, list[KindScore]]:
    """The figures of each set; Presidio's are left out, with a note, where its sentences are not there."""
    cases = own_cases()
    results = {
        f"own {language} {split}": score([case for case in cases if (case.language, case.split) == (language, split)])
        for language in ("en", "zh")
        for split in ("dev", "test")
    }
    sentences = data / "presidio" / "generated_small.json"
    if sentences.exists():
        results["presidio"] = score(presidio_cases(sentences))
    else:
        note(f"{sentences} is not there; set SHOPCLERK_DATA or --data to the folder of the public sets to measure it.")
    return results
