"""The card that is written beside an adapter."""

import json
import shutil

from bot.answering.adapters import shipped_adapter
from bot.learning.training.card import CARD, FIGURES, write_card


def test_a_card_tells_what_the_training_went_on_from_and_what_of_it_is_left(tmp_path):
    shipped = shipped_adapter("gemma-3-270m")
    figures = json.loads((shipped / FIGURES).read_text("utf-8"))
    figures["began_from"] = {
        "command": "shopclerk train generator --seed 1",
        "examples": "abc",
        "steps": 10,
        "seconds": 120,
        "dev_loss": 0.5,
        "began_from": None,
    }
    figures["training"]["kept_of_start"] = 0.25
    (tmp_path / FIGURES).write_text(json.dumps(figures), "utf-8")
    write_card(tmp_path)
    card = (tmp_path / CARD).read_text("utf-8")
    assert "10 steps in 2 minutes on the examples `abc` (dev loss 0.500; `shopclerk train generator --seed 1`)" in card
    assert "25% are kept" in card
    assert "Gemma Terms of Use" in card


def test_the_shipped_card_is_the_one_that_its_figures_make(tmp_path):
    shipped = shipped_adapter("gemma-3-270m")
    for file in shipped.iterdir():
        if file.suffix != ".safetensors":
            shutil.copy(file, tmp_path)
    write_card(tmp_path)
    assert (tmp_path / CARD).read_text("utf-8") == (shipped / CARD).read_text("utf-8")
