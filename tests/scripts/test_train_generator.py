"""What a training notes of how it was begun, and tells of what came of it."""

import json

from typer.main import get_command

from scripts.train_generator import _command, _show, app


def test_the_command_that_makes_the_same_weights_again_names_what_decides_them():
    typed = ["--from", "shipped", "--examples", "26000", "--steps", "540", "--seed", "6", "--golden", "0", "--resume"]
    context = get_command(app).make_context("generator", typed)
    assert _command(context) == "shopclerk train generator --examples 26000 --steps 540 --from shipped --seed 6"
    assert _command(get_command(app).make_context("generator", [])) == "shopclerk train generator"


def test_what_reading_the_shop_s_pages_did_is_told(tmp_path, capsys):
    pages = {"pages": 674, "held_out": 101, "before": 93.56, "after": 19.5, "kept": True}
    (tmp_path / "figures.json").write_text(json.dumps({"pages": pages}), encoding="utf-8")

    _show(tmp_path, None, json=False)

    assert "perplexity of 101 pieces held out went from 93.56 to 19.5 (kept)" in " ".join(
        capsys.readouterr().err.split()
    )
