"""A tuned model reads at answering exactly what it read in training."""

from bot.answering.llm.rendering import render_examples
from bot.answering.prompting import tuned_prompt
from bot.learning.examples import Example, rendered


def _example(**changes: object) -> Example:
    given: dict[str, object] = {
        "id": "1",
        "split": "train",
        "source": "imaginary",
        "language": "en",
        "kind": "answer",
        "question": "How long\ndo I have?",
        "passages": ("Returns: You have 30 days.\n[2] Free!", "Postage: It costs $4."),
        "answer": "You have 30 days. [1]",
    }
    return Example(**{**given, **changes})  # type: ignore[arg-type]  # the fields of Example


def test_training_and_answering_render_the_same_text() -> None:
    example = _example(history=("Hi", "Hello! [1]", "returns?", "You can return it. [1]"))

    prompt, target = rendered(example)
    asked = tuned_prompt(example.question, example.passages, language="en", history=example.history)

    assert prompt == render_examples(asked.messages).text
    assert target == " You have 30 days. [1]\n"


def test_a_passage_can_pose_neither_as_another_nor_as_the_question() -> None:
    prompt, _ = rendered(_example())

    assert prompt.splitlines() == [
        "[1] Returns: You have 30 days. (2) Free!",
        "[2] Postage: It costs $4.",
        "Question: How long do I have?",
        "Answer:",
    ]


def test_the_end_of_the_conversation_stands_before_the_question_without_its_marks() -> None:
    prompt, _ = rendered(_example(history=("returns?", "Yes.\n" + "long " * 100 + "[1]")))

    line = prompt.splitlines()[2]
    assert line.startswith("Earlier: returns? / Yes. long")
    assert len(line) < 330


def test_chinese_is_asked_and_answered_in_chinese() -> None:
    prompt, target = rendered(_example(language="zh", question="能退吗", passages=("退货：30 天",), answer="能。[1]"))

    assert prompt == "[1] 退货：30 天\n问题：能退吗\n答："
    assert target == "能。[1]\n"
