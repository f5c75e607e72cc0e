from contextlib import closing
from pathlib import Path

import pytest

from bot.answering.decoding.pieces import Limits, Prompt
from bot.answering.llm.torch_engine import TorchEngine
from bot.errors import GeneratorError
from knowledge.errors import ModelDamaged, ModelMissing

pytestmark = pytest.mark.full  # importing torch and transformers takes seconds

PROMPT = Prompt(
    "Answer from the text. 请根据资料回答。\n\n", "Text: Sale items cannot be returned.\nQuestion: 能退吗?\n答："
)
LIMITS = Limits(max_tokens=30, seconds=60)


def tokens_of(engine: TorchEngine, prompt: Prompt, limits: Limits = LIMITS) -> str:
    return "".join(piece.text for piece in engine.stream(prompt, limits))


class Counting:
    """Counts how often, and over how many tokens, a model is run."""

    def __init__(self, model) -> None:
        self.model, self.config, self.device = model, model.config, model.device
        self.generation_config = model.generation_config
        self.get_output_embeddings = model.get_output_embeddings
        self.base_model = self
        self.runs: list[int] = []
        self.fail_at: int | None = None

    def __call__(self, input_ids, **kwargs):
        self.runs.append(input_ids.shape[1])
        if self.fail_at == len(self.runs):
            raise RuntimeError("out of memory")
        return self.model.base_model(input_ids=input_ids, **kwargs)


@pytest.fixture
def counted(tiny) -> tuple[TorchEngine, Counting]:
    model = Counting(tiny[0])
    return TorchEngine(model, tiny[1], name="tiny"), model


def test_the_text_is_that_of_plain_greedy_generation(engine, tiny):
    import torch

    model, tokenizer = tiny
    ids = tokenizer(PROMPT.text, return_tensors="pt").input_ids
    with torch.inference_mode():
        plain = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=9, do_sample=False)
    text = tokenizer.decode(plain[0, ids.shape[1] :], skip_special_tokens=True)
    assert tokens_of(engine, PROMPT, Limits(max_tokens=9, seconds=60)) == text.lstrip().rstrip("\ufffd")


def test_a_known_beginning_is_read_once_and_changes_nothing(counted):
    engine, model = counted
    first = tokens_of(engine, PROMPT)
    other = Prompt(PROMPT.constant, "Text: Ships free.\nQuestion: 运费?\n答：")
    changed = tokens_of(engine, other)
    again = tokens_of(engine, PROMPT)
    assert first == again
    assert changed == tokens_of(TorchEngine(model.model, engine._tokenizer, name="tiny"), other)
    long_runs = [length for length in model.runs if length > 1]
    constant = len(engine._tokenizer.encode(PROMPT.constant))
    assert long_runs.count(constant) == 1


def test_a_prompt_that_is_all_constant_is_answered_too(engine):
    assert tokens_of(engine, Prompt(PROMPT.text, "")) == tokens_of(engine, Prompt("", PROMPT.text))


def test_leaving_ends_the_work(counted):
    engine, model = counted
    with closing(engine.stream(PROMPT, LIMITS)) as pieces:
        next(pieces)
        next(pieces)
    assert len(model.runs) == 3  # the beginning, the rest, one token


def test_an_error_in_the_model_reaches_the_reader(counted):
    engine, model = counted
    model.fail_at = 4
    with pytest.raises(GeneratorError, match="tiny failed while answering: out of memory"):
        tokens_of(engine, PROMPT)
    model.fail_at = None
    assert tokens_of(engine, PROMPT)


@pytest.mark.parametrize(
    ("limits", "ending"),
    [
        (Limits(max_tokens=3, seconds=60), "length"),
        (Limits(max_tokens=3, seconds=0), "time"),
    ],
)
def test_the_last_piece_says_why_it_ended(engine, limits, ending):
    *before, last = engine.stream(PROMPT, limits)
    assert last.ending == ending
    assert all(piece.ending is None for piece in before)


def test_a_stop_text_ends_the_answer(engine):
    whole = tokens_of(engine, PROMPT)
    stop = whole[5:7]
    *_, last = engine.stream(PROMPT, Limits(max_tokens=30, seconds=60, stops=(stop,)))
    assert last.ending == "stop"
    assert tokens_of(engine, PROMPT, Limits(max_tokens=30, seconds=60, stops=(stop,))) == whole.partition(stop)[0]


def test_a_prompt_beyond_the_model_is_refused_with_the_numbers(engine):
    with pytest.raises(GeneratorError, match=r"too long for tiny: 60. tokens and 30 for the answer, of 512"):
        tokens_of(engine, Prompt("", "x" * 600))


def test_two_readers_at_once_do_not_disturb_each_other(engine):
    alone = tokens_of(engine, PROMPT)
    texts = ["", ""]
    for pieces in zip(engine.stream(PROMPT, LIMITS), engine.stream(PROMPT, LIMITS), strict=True):
        texts = [text + piece.text for text, piece in zip(texts, pieces, strict=True)]
    assert texts == [alone, alone]


def test_saved_weights_load_and_say_the_same(engine, tiny, tmp_path: Path):
    for part in tiny:
        part.save_pretrained(tmp_path)
    loaded = TorchEngine.load(str(tmp_path), name="saved", device="cpu")
    assert loaded.device == "cpu"
    assert tokens_of(loaded, PROMPT)


def test_damaged_weights_are_one_sentence(tiny, tmp_path: Path):
    for part in tiny:
        part.save_pretrained(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelDamaged, match=r"'mine' is damaged .*; run: shopclerk models fetch mine"):
        TorchEngine.load(str(tmp_path), name="mine", device="cpu")


def test_an_unreachable_id_is_one_sentence():
    with pytest.raises(ModelMissing, match="'nobody/nothing' could not be loaded"):
        TorchEngine.load("nobody/nothing", name="nobody/nothing", device="cpu")
