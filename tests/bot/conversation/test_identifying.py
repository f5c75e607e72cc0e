"""A conversation belongs to one customer: the first that was proven."""

import pytest

from bot.conversation.history import History
from bot.errors import Conflict, InvalidInput, NotFound


@pytest.fixture
def history(engine) -> History:
    return History(engine)


def test_customer_stays_with_the_conversation(history: History) -> None:
    conversation = history.start("demo")
    assert conversation.customer_id is None
    named = history.identify(conversation.id, "c-7")
    assert (named.customer_id, named.identified_at is not None) == ("c-7", True)
    assert history.identify(conversation.id, "c-7") == named
    assert history.conversation(conversation.id) == named


def test_conversation_cannot_become_another_customers(history: History) -> None:
    conversation = history.start("demo")
    history.identify(conversation.id, "c-7")
    with pytest.raises(Conflict, match="another customer's"):
        history.identify(conversation.id, "c-8")
    assert history.conversation(conversation.id).customer_id == "c-7"


def test_only_real_conversations_and_customers(history: History) -> None:
    with pytest.raises(NotFound):
        history.identify("nowhere", "c-7")
    with pytest.raises(InvalidInput):
        history.identify(history.start("demo").id, " ")
