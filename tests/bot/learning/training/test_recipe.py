from bot.learning.training.recipe import recipe_for


def test_a_training_that_goes_on_learns_more_slowly_so_that_nothing_is_lost() -> None:
    for device in ("cpu", "cuda"):
        anew, onward = recipe_for(device), recipe_for(device, onward=True)
        assert onward.learning_rate < anew.learning_rate / 2
        assert onward.batch == anew.batch
