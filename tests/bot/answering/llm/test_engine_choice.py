from pathlib import Path

import pytest

from bot.answering import engine_choice
from bot.answering.engine_choice import chosen_engine
from bot.settings import Settings
from knowledge.errors import ModelMissing
from tests.bot.answering.llm.ggufs import write_gguf


@pytest.fixture(autouse=True)
def a_cpu_with_llama(monkeypatch):
    monkeypatch.setattr(engine_choice, "find_spec", lambda name: object())
    monkeypatch.setattr(engine_choice, "_instructions", lambda: True)
    monkeypatch.setattr(engine_choice, "pick_device", lambda wanted: "cpu" if wanted == "auto" else wanted)


def test_packaged_models_run_in_llama_cpp_on_a_cpu():
    assert chosen_engine(Settings()) == "llama"


@pytest.mark.parametrize(
    ("settings", "engine"),
    [
        ({"device": "cuda"}, "torch"),
        ({"engine": "torch"}, "torch"),
        ({"generator": "google/gemma-3-270m"}, "torch"),
        ({"generator": "none"}, "none"),
        ({"generator_url": "http://127.0.0.1:1/v1"}, "server"),
        ({"generator_url": "http://127.0.0.1:1/v1", "engine": "llama"}, "server"),
    ],
)
def test_others_do_not(settings, engine):
    assert chosen_engine(Settings(**settings)) == engine


def test_a_folder_of_gguf_runs_in_llama_cpp_only_when_asked_to(tmp_path: Path):
    write_gguf(tmp_path / "mine.gguf")

    assert chosen_engine(Settings(generator=str(tmp_path))) == "torch"
    assert chosen_engine(Settings(generator=str(tmp_path), engine="llama")) == "llama"


@pytest.mark.parametrize(
    ("missing", "reason"), [("find_spec", "is not installed"), ("_instructions", "this processor lacks AVX2")]
)
def test_without_what_it_needs_torch_runs_and_who_insists_is_told_why(monkeypatch, missing, reason):
    monkeypatch.setattr(engine_choice, missing, lambda *_: None)

    assert chosen_engine(Settings()) == "torch"
    with pytest.raises(ModelMissing, match=rf"SHOPCLERK_ENGINE is llama, but .*{reason}.*auto or torch"):
        chosen_engine(Settings(engine="llama"))


def test_who_insists_on_a_gpu_or_a_hub_s_model_is_told_why():
    with pytest.raises(ModelMissing, match="runs on the CPU here and SHOPCLERK_DEVICE gives cuda"):
        chosen_engine(Settings(engine="llama", device="cuda"))
    with pytest.raises(ModelMissing, match="'a/b' is no packaged model and no folder with a GGUF file"):
        chosen_engine(Settings(engine="llama", generator="a/b"))
