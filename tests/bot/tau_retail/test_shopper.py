from bot.reply import Reply
from bot.tau_retail.shopper import Shopper, first_person

STORY = (
    "You want to return your lamp from order #W1. If that is not possible, cancel the whole order. "
    "If the agent asks you for which lamp, mention the green one."
)


def reply(text: str, reason: str, *suggestions: str) -> Reply:
    outcome = "refused" if reason.startswith("order_rule") else "answered"
    return Reply(text, "en", outcome, "facts", (), (), "c", "m", {}, suggestions, reason)  # type: ignore[arg-type]  # an outcome


def shopper() -> Shopper:
    return Shopper(STORY, "You are ada_lovelace_1815 in zip code 12345.", seed=1)


def test_a_story_is_told_in_the_first_person() -> None:
    assert first_person("You want your lamp sent to you, because you'd like it.") == (
        "I want my lamp sent to me, because I'd like it."
    )


def test_the_opening_leaves_out_what_depends_on_the_answers() -> None:
    opening = shopper().opening()
    assert "I want to return my lamp from order #W1." in opening
    assert "cancel" not in opening
    assert "green" not in opening


def test_who_they_are_is_told_by_name_when_asked() -> None:
    told = shopper().answer(reply("who you are: your order number", "order_details_wanted"), fits=False)
    assert told is not None
    assert "Ada Lovelace" in told


def test_a_yes_is_said_to_what_fits_only() -> None:
    person = shopper()
    person.opening()
    statement = reply(
        "I would ask for the return …", "order_confirm", "Yes, return it", "No, leave everything as it is"
    )
    said = person.answer(statement, fits=True)
    assert said is not None
    assert said.startswith(("Yes", "Sure"))
    assert person.agreed
    person = shopper()
    person.opening()
    assert person.answer(statement, fits=False) is not None
    assert not person.agreed


def test_what_they_want_instead_is_said_after_a_no() -> None:
    person = shopper()
    person.opening()
    assert person.answer(reply("I can't …", "order_rule:return.state"), fits=False) == "Cancel the whole order."
