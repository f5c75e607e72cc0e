from bot.learning.answering_systems import GivenPassages, ModelAlone, chunk_of, turn_of
from bot.learning.examples import Example
from knowledge.reranking import AnswerCueReranker
from tests.fakes import FakeChatModel, FakeEmbedder, fake_shopclerk

EXAMPLE = Example(
    id="e",
    split="dev",
    source="imaginary",
    language="en",
    kind="answer",
    question="how many days do I have to return boots",
    passages=("Gift wrapping: We wrap presents for $3.", "Returns: You have 30 days to return boots."),
    answer="You have 30 days. [2]",
    cited=(2,),
    history=("Do you sell boots?", "Yes, we do."),
)


class TunedModel(FakeChatModel):
    tuned: bool = True


def test_a_models_marks_are_its_citations():
    system = ModelAlone("tuned", TunedModel(script=lambda _: "You have 30 days. [2]"))
    answered = system.answer(EXAMPLE)
    assert (answered.text, answered.cited, answered.refused) == ("You have 30 days.", (2,), False)


def test_a_model_that_does_not_know_has_refused():
    assert ModelAlone("tuned", TunedModel(script=lambda _: "I don't know.")).answer(EXAMPLE).refused
    assert ModelAlone("base", FakeChatModel(script=lambda _: "The pages do not say.")).answer(EXAMPLE).refused


def test_a_model_is_asked_in_its_own_way():
    tuned, base = TunedModel(script=lambda _: "-"), FakeChatModel(script=lambda _: "-")
    ModelAlone("tuned", tuned).answer(EXAMPLE)
    ModelAlone("base", base).answer(EXAMPLE)
    assert len(tuned.asked[0]) == 1
    assert len(base.asked[0]) > 3
    assert EXAMPLE.passages[1] in tuned.asked[0][-1].text


def test_the_gears_quote_the_passage_that_answers(tmp_path):
    with fake_shopclerk(tmp_path) as shopclerk:
        system = GivenPassages(
            "quoting only",
            shopclerk.answerer_with(writes=False),
            [EXAMPLE],
            embedder=FakeEmbedder(),
            reranker=AnswerCueReranker(),
        )
        answered = system.answer(EXAMPLE)
    assert answered.cited == (2,)
    assert "30 days" in answered.text
    assert "[" not in answered.text
    assert answered.gear == "extracted"


def test_a_passage_keeps_its_title_and_number():
    chunk = chunk_of(EXAMPLE, 1)
    assert (chunk.title, chunk.text, chunk.id) == ("Gift wrapping", "We wrap presents for $3.", "e#1")


def test_the_history_stands_before_the_question():
    assert [(message.role, message.text) for message in turn_of(EXAMPLE).earlier] == [
        ("user", "Do you sell boots?"),
        ("assistant", "Yes, we do."),
    ]
