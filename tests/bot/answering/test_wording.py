from bot.answering.wording import wording


def test_both_languages_say_the_same_things_with_the_same_names() -> None:
    assert wording("en").names().keys() == wording("zh").names().keys()
    for key, names in wording("en").names().items():
        assert names == wording("zh").names()[key], key
