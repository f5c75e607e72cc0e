"""A talk that another program kept goes on here as if it had been held here."""

from bot.answering.taking_over import Said, take_over


def test_a_follow_up_is_understood_from_what_was_said_elsewhere(talk):
    here = talk()
    said = [Said("user", "How much are the Quietude 3 Headphones?"), Said("assistant", "They cost $189.00.")]
    here.id = take_over(here.shopclerk.history, "demo", said)
    reply = here.say("and in black?")
    assert "Quietude 3 Headphones in Black is out of stock" in reply.text


def test_products_that_were_shown_are_known_again_by_the_words(talk):
    here = talk()
    shown = here.say("Show me headphones under $500")
    assert len(shown.products) == 2
    history = here.shopclerk.history
    here.id = take_over(history, "demo", [Said("user", "Show me headphones"), Said("assistant", f"{shown.text} ")])
    assert history.messages(here.id)[-1].products == shown.products
    cheapest = here.say("Which of them is the cheapest?")
    assert cheapest.products[0].title == "Murmur Earbuds"
    assert "Murmur Earbuds at $39.00" in cheapest.text
    elsewhere = take_over(history, "other", [Said("user", "Show me headphones"), Said("assistant", shown.text)])
    assert history.messages(elsewhere)[-1].products == ()


def test_personal_data_is_masked_and_the_language_known(talk):
    history = talk().shopclerk.history
    conversation = take_over(history, "demo", [Said("user", "我的邮箱是anna@example.com"), Said("assistant", "好的。")])
    assert [message.text for message in history.messages(conversation)] == ["我的邮箱是[EMAIL]", "好的。"]
    assert history.conversation(conversation).language == "zh"
    assert history.unanswered(conversation) is None


def test_a_long_talk_is_taken_from_where_it_matters(talk):
    history = talk().shopclerk.history
    long = [Said("user" if place % 2 == 0 else "assistant", f"message {place}") for place in range(1000)]
    assert len(history.messages(take_over(history, "demo", long))) == 20


def test_nothing_said_is_an_empty_conversation(talk):
    history = talk().shopclerk.history
    assert history.messages(take_over(history, "demo", [Said("assistant", "Welcome!"), Said("user", " ")])) == []
