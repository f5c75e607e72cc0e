"""`python -m scripts.generation_on_gpu WEIGHTS`: the race of generation on a machine that has little but a GPU.

It needs torch and transformers only: no shop, no settings, no database. WEIGHTS is a folder of safetensors with its
tokenizer, as `shopclerk models fetch` and the first run leave it in `models/NAME/safetensors`.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bot.answering.adapters import read_adapter
from bot.answering.decoding.torch_text import TorchText
from scripts.generation_contestants import ours, plain_generate
from scripts.generation_race import Crowd, machine, race, race_library, table
from scripts.measurement import Measurement


def measured(text: TorchText, crowds: Sequence[int]) -> list[Measurement]:
    """Ours, plain `generate`, and on CUDA the library's own batches, on the same weights."""
    device = text.model.device.type
    plain = plain_generate(text.model, text.tokenizer)
    raced: dict[str, list[Crowd]] = {
        one.name: race(one, crowds, device=device, note=_note)
        for one in (ours(text, f"ours, torch on {device}"), plain)
    }
    if device == "cuda":
        raced |= race_library(text.model, text.tokenizer, crowds, note=_note)
    return machine(device) + table(raced, plain.name, device=device)


def load(folder: str, adapter: str | None, device: str) -> TorchText:
    """The weights, with the tuned ones added."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    if adapter:
        read_adapter(Path(adapter)).add_to(model)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    return TorchText(model.to(device).eval(), tokenizer, name=Path(folder).name, tuned=bool(adapter))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, measure, and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", help="folder of the base model's safetensors")
    parser.add_argument("--adapter", help="folder of tuned weights")
    parser.add_argument("--device", default="cuda", help="where it runs (default: cuda)")
    parser.add_argument("--concurrent", default="1,4,16,64", help="how many ask at once (default: 1,4,16,64)")
    asked = parser.parse_args(arguments)
    crowds = [int(one) for one in asked.concurrent.split(",")]
    found = measured(load(asked.weights, asked.adapter, asked.device), crowds)
    print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
