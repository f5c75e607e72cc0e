import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bot.answering.decoding import torch_rows, torch_text
from bot.answering.decoding.pieces import Limits, Prompt
from bot.answering.llm.torch_engine import TorchEngine, check_layers
from bot.answering.llm.weights import generator_weights
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
    """Counts how often, over how many rows and tokens, a model is run."""

    def __init__(self, model) -> None:
        self.model, self.config, self.device = model, model.config, model.device
        self.generation_config = model.generation_config
        self.get_output_embeddings = model.get_output_embeddings
        self.base_model = self
        self.runs: list[tuple[int, int]] = []
        self.failing = False

    def __call__(self, input_ids, **kwargs):
        self.runs.append(tuple(input_ids.shape))
        if self.failing:
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
    assert changed == tokens_of(TorchEngine(model.model, engine.text.tokenizer, name="tiny"), other)
    reads = [tokens for _, tokens in model.runs if tokens > 1]
    lengths = [len(engine.text.tokenizer.encode(text)) for text in (PROMPT.text, other.varying, PROMPT.varying)]
    assert reads == [lengths[0], *(length - 1 for length in lengths[1:])]  # those of the rest without a beginning mark


def test_a_prompt_that_is_all_constant_is_answered_too(engine):
    assert tokens_of(engine, Prompt(PROMPT.text, "")) == tokens_of(engine, Prompt("", PROMPT.text))


def test_leaving_ends_the_work(counted):
    engine, model = counted
    with closing(engine.stream(PROMPT, Limits(max_tokens=300, seconds=60, to_the_last=True))) as pieces:
        next(pieces)
        next(pieces)
    while engine.text._worker._working:
        threading.Event().wait(0.001)
    assert len(model.runs) < 200


def test_an_error_in_the_model_reaches_the_reader(counted):
    engine, model = counted
    model.failing = True
    with pytest.raises(GeneratorError, match="tiny failed while answering: out of memory"):
        tokens_of(engine, PROMPT)
    model.failing = False
    assert tokens_of(engine, PROMPT)


def many() -> list[Prompt]:
    """Of several lengths, some beyond the model's window; with none, one, and another constant beginning."""
    constants = ("", PROMPT.constant, "Be brief. 简短。\n")
    return [
        Prompt(constants[number % 3], f"Text: {'Sale ' * number}.\nQuestion: {number}?\n答：") for number in range(9)
    ]


@pytest.mark.parametrize("tokens_at_once", [1, 150, 10_000])
def test_answers_written_together_are_those_written_alone(tiny, tokens_at_once):
    alone = TorchEngine(*tiny, name="tiny", at_once=1)
    expected = [tokens_of(alone, prompt) for prompt in many()]
    model = Counting(tiny[0])
    together = TorchEngine(model, tiny[1], name="tiny", at_once=4)
    together.text._worker._tokens_at_once = tokens_at_once
    for _ in range(2):  # the second time the constant beginnings are known
        with ThreadPoolExecutor(9) as crowd:
            assert list(crowd.map(lambda prompt: tokens_of(together, prompt), many())) == expected
    assert max(rows for rows, _ in model.runs) > 1


def test_the_built_in_model_writes_the_same_to_many_as_to_one(model_store):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = generator_weights("gemma-3-270m", model_store)
    # In bfloat16 two words may be equally likely, and a batch is rounded otherwise than a single row.
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    engine = TorchEngine(model, AutoTokenizer.from_pretrained(folder), name="gemma-3-270m")
    told = "Text: Gift cards never expire.\nQuestion: How long is a gift card good for?\nAnswer: They never expire.\n\n"
    asked = [
        Prompt(told, "Text: The shop is open from Monday to Friday.\nQuestion: When is it open?\nAnswer:"),
        Prompt("", "资料：礼品卡永久有效。\n问题：礼品卡多久过期？\n答："),
        Prompt(told, "Text: Returns are free within 30 days.\nQuestion: What does a return cost?\nAnswer:"),
    ]
    limits = Limits(max_tokens=8, seconds=60, stops=("\n",))
    alone = [tokens_of(engine, prompt, limits) for prompt in asked]
    with ThreadPoolExecutor(3) as crowd:
        assert list(crowd.map(lambda prompt: tokens_of(engine, prompt, limits), asked)) == alone


@pytest.mark.parametrize(("refused_from", "followed"), [(0.0, True), (1.01, False)])
def test_a_refusal_is_followed_only_where_it_is_likely_enough(tiny, monkeypatch, refused_from, followed):
    opening = tokens_of(TorchEngine(*tiny, name="tiny"), PROMPT)[0]
    monkeypatch.setattr(torch_text, "REFUSAL", {"en": "-", "zh": opening})
    monkeypatch.setattr(torch_rows, "REFUSED_FROM", refused_from)
    engine = TorchEngine(*tiny, name="tiny", tuned=True)
    with ThreadPoolExecutor(3) as crowd:
        openings = {text[0] for text in crowd.map(lambda _: tokens_of(engine, PROMPT), range(3))}
    assert len(openings) == 1
    assert (opening in openings) is followed
    first, *further = engine.stream(PROMPT, Limits(max_tokens=2, seconds=60))
    assert 0 < first.refusing < 1
    assert {piece.refusing for piece in further} == {None}


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


def test_layers_that_do_more_than_attend_are_one_sentence():
    from transformers import Lfm2Config

    config = Lfm2Config(num_hidden_layers=2, layer_types=["conv", "full_attention"])
    with pytest.raises(ModelMissing, match="'mine' has 'conv' layers, expected attention only; have a server run it"):
        check_layers(config, "mine")


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
