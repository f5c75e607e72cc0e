"""What a training notes of how it was begun."""

from typer.main import get_command

from scripts.train_generator import _command, app


def test_the_command_that_makes_the_same_weights_again_names_what_decides_them():
    typed = ["--from", "shipped", "--examples", "26000", "--steps", "540", "--seed", "6", "--golden", "0", "--resume"]
    context = get_command(app).make_context("generator", typed)
    assert _command(context) == "shopclerk train generator --examples 26000 --steps 540 --from shipped --seed 6"
    assert _command(get_command(app).make_context("generator", [])) == "shopclerk train generator"
