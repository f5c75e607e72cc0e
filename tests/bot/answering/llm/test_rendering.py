import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from bot.answering.decoding.pieces import Prompt
from bot.answering.llm.rendering import render_examples, render_template
from bot.answering.tuned_text import answer_cue
from bot.errors import GeneratorError

TALK = [
    SystemMessage("Answer from the text."),
    HumanMessage("Text: Sale items cannot be returned.\nQuestion: Can I return sale items?"),
    AIMessage("Sale items cannot be returned."),
    HumanMessage("资料：满300元免运费。\n问题：运费多少？"),
]


def test_a_base_model_reads_instructions_examples_and_the_question_with_a_cue():
    prompt = render_examples(TALK)
    assert prompt.text == (
        "Answer from the text.\n\n"
        "Text: Sale items cannot be returned.\nQuestion: Can I return sale items?\n"
        "Answer: Sale items cannot be returned.\n\n"
        "资料：满300元免运费。\n问题：运费多少？\n答："
    )
    assert prompt.varying.startswith("资料")
    assert prompt.stops == ("\n",)


def test_two_questions_share_their_constant_part():
    other = render_examples([*TALK[:-1], HumanMessage("Question: And shoes?")])
    assert other.constant == render_examples(TALK).constant


@pytest.mark.parametrize(
    ("question", "cue"),
    [
        ("Question: How much?", "Answer:"),
        ("问题：多少钱？", "答："),
        ("资料：运费十元。\nQuestion: How much?", "Answer:"),
        ("Text: free.\n问题：多少钱？\n", "答："),
        ("", "Answer:"),
    ],
)
def test_the_cue_speaks_the_language_of_the_question(question, cue):
    assert answer_cue(question) == cue


def test_a_chat_model_reads_its_own_template():
    def template(turns):
        return "".join(f"<{turn['role']}>{turn['content']}" for turn in turns) + "<assistant>"

    prompt = render_template(TALK, template)
    assert prompt.constant.endswith("<assistant>Sale items cannot be returned.<user>")
    assert prompt.varying == "资料：满300元免运费。\n问题：运费多少？<assistant>"
    assert prompt.stops == ()


def test_a_template_that_rewrites_the_question_has_no_constant_part():
    assert render_template(TALK, lambda _turns: "something else") == Prompt("", "something else")


@pytest.mark.parametrize("talk", [[], [SystemMessage("Be nice.")], [HumanMessage("Hi"), AIMessage("Hello")]])
def test_without_a_question_there_is_nothing_to_answer(talk):
    with pytest.raises(GeneratorError, match="the last message must be a human one"):
        render_examples(talk)


def test_a_strange_message_is_refused_by_name():
    with pytest.raises(GeneratorError, match="'tool' message"):
        render_examples([ToolMessage("x", tool_call_id="1"), HumanMessage("Hi")])
