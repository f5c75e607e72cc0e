from pathlib import Path

from tests.bot.answering.orders.shop import OrderShop

CANCEL = "cancel my order TP-20261122-003"


def test_an_order_is_shown_as_a_card_with_what_may_be_done(shop: OrderShop) -> None:
    conversation = shop.talk("C-1001")
    card = shop.say(conversation, "where is my order TP-20261122-003").orders[0]
    assert (card.order_number, card.state, str(card.total)) == ("TP-20261122-003", "pending", "108.00")
    assert [act.kind for act in card.acts] == ["cancel", "address", "payment"]
    assert shop.say(conversation, card.acts[0].say).suggestions[0] == "Yes, cancel it"


def test_cards_are_kept_with_the_message_and_tell_nothing_of_the_customer(shop: OrderShop) -> None:
    conversation = shop.talk("C-1001")
    reply = shop.say(conversation, "where is my order TP-20261104-034")
    kept = shop.history.messages(conversation)[-1]
    assert kept.orders == reply.orders
    assert kept.orders[0].tracking_url is not None
    told = str(reply.orders[0].as_json())
    assert "anna" not in told.casefold()
    assert "Fremont" not in told


def test_a_card_has_dates_titles_and_options_for_its_reader(shop: OrderShop) -> None:
    card = shop.say(shop.talk("C-1004"), "我的订单 TP-20261106-017 到哪了").orders[0]
    assert "降噪" in card.lines[0].title
    assert "黑色" in card.lines[0].options.values()


def test_nothing_is_lost_when_the_process_ends_between_two_messages(shop: OrderShop) -> None:
    conversation = shop.talk("C-1001")
    assert "Yes, cancel it" in shop.say(conversation, CANCEL).text
    shop.history.engine.dispose()
    again = OrderShop.at(Path(str(shop.history.engine.url.database)))
    assert "cancelled" in again.say(conversation, "Yes, cancel it").text


def test_a_message_answered_twice_finds_what_it_found_before(shop: OrderShop) -> None:
    conversation = shop.talk("C-1001")
    shop.say(conversation, CANCEL)
    shop.assistant.reply(conversation, "Yes, cancel it")  # stored, and never answered
    reply = list(shop.assistant.resume(conversation))[-1].reply
    assert reply is not None
    assert "is cancelled" in reply.text


def test_who_they_are_is_kept_nowhere_as_typed(shop: OrderShop) -> None:
    conversation = shop.talk()
    shop.say(conversation, f"{CANCEL}, my mail is anna.lindqvist@example.com")
    with shop.history.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT talk FROM order_talk").scalars().all()
    assert rows
    assert not any("anna" in row for row in rows)
    assert all("anna" not in message.text for message in shop.history.messages(conversation))


def test_after_too_many_wrong_details_nothing_is_looked_up_any_more(shop: OrderShop) -> None:
    conversation = shop.talk()
    for _ in range(3):
        assert shop.say(conversation, "Where is TP-20261122-003? bob@example.com").outcome == "refused"
    last = shop.say(conversation, "TP-20261122-003 anna.lindqvist@example.com")
    assert "Fleece" not in last.text
    assert last.reason == "order_attempts_used_up"


def test_a_message_view_without_orders_has_none(shop: OrderShop) -> None:
    conversation = shop.talk()
    shop.say(conversation, "hello")
    assert all(message.orders == () for message in shop.history.messages(conversation))
