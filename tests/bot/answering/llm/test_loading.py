import json
from pathlib import Path

import pytest

from bot.answering.llm import load_chat_model
from bot.answering.llm import weights as weights_module
from bot.answering.llm.chat import TextChatModel
from bot.answering.llm.remote import RemoteChatModel
from bot.answering.llm.weights import converted, generator_weights
from bot.settings import Settings
from knowledge.errors import ModelDamaged, ModelMissing
from knowledge.weights import ModelStore


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "model" / "model.gguf"
    path.parent.mkdir()
    path.write_bytes(b"GGUF weights")
    return path


@pytest.fixture
def conversions(monkeypatch) -> list[Path]:
    """Conversion without the minute it takes: what matters here is when it is done, and what a kill leaves."""
    done: list[Path] = []

    def save(gguf: Path, folder: Path) -> None:
        done.append(gguf)
        folder.mkdir()
        (folder / "config.json").write_text("{}")
        (folder / "model.safetensors").write_bytes(gguf.read_bytes())

    monkeypatch.setattr(weights_module, "_save_as_safetensors", save)
    return done


def test_no_generator_is_none(store):
    assert load_chat_model(Settings(generator="none"), store) is None


def test_a_server_is_not_called_before_it_is_asked(store):
    model = load_chat_model(Settings(generator_url="http://127.0.0.1:9/v1"), store)
    assert isinstance(model, RemoteChatModel)


def test_a_folder_of_weights_is_loaded(store, tiny, tmp_path):
    for part in tiny:
        part.save_pretrained(tmp_path / "own")
    model = load_chat_model(Settings(generator=str(tmp_path / "own"), device="cpu"), store)
    assert isinstance(model, TextChatModel)
    assert model.engine.device == "cpu"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gemma-3-270m", "'gemma-3-270m' is not installed; run: shopclerk models fetch gemma-3-270m"),
        ("gemma", "'gemma' is neither a folder nor one of"),
    ],
)
def test_a_missing_model_is_one_sentence_with_the_command(store, name, sentence):
    with pytest.raises(ModelMissing, match=sentence):
        load_chat_model(Settings(generator=name), store)


def test_an_id_of_the_hub_is_left_to_transformers(store):
    assert generator_weights("google/gemma-3-270m", store) == "google/gemma-3-270m"


def test_an_empty_folder_is_told_what_was_expected(store, tmp_path):
    with pytest.raises(ModelMissing, match=r"holds no model; expected config\.json with weights, or \*\.gguf"):
        generator_weights(str(tmp_path), store)


def test_a_gguf_file_is_converted_once(store, gguf, conversions):
    first = generator_weights(str(gguf.parent), store)
    assert generator_weights(str(gguf.parent), store) == first
    assert conversions == [gguf]


def test_a_conversion_that_was_cut_off_or_is_stale_is_made_again(gguf, conversions):
    folder = converted(gguf)
    (folder / "model.safetensors").write_bytes(b"half")
    converted(gguf)
    gguf.write_bytes(b"GGUF other weights")
    converted(gguf)
    (folder / "conversion.json").write_text("{")
    converted(gguf)
    assert len(conversions) == 4
    assert json.loads((folder / "conversion.json").read_text())["bytes"] == gguf.stat().st_size


def test_what_a_killed_conversion_left_is_swept_away(gguf, conversions):
    leftover = gguf.parent / ".safetensors-killed"
    leftover.mkdir()
    (leftover / "model.safetensors").write_bytes(b"half")
    converted(gguf)
    assert not leftover.exists()
    assert conversions == [gguf]


def test_a_file_that_is_no_model_is_one_sentence_and_leaves_nothing(gguf):
    with pytest.raises(ModelDamaged, match=r"model.gguf cannot be read as a model .*; run: shopclerk models fetch"):
        converted(gguf)
    assert {path.name for path in gguf.parent.iterdir()} <= {"model.gguf", ".safetensors.lock"}


@pytest.mark.full
def test_the_default_model_converts_from_gguf_and_still_verifies(model_store):
    folder = Path(generator_weights("gemma-3-270m", model_store))
    assert (folder / "model.safetensors").stat().st_size > 500_000_000
    model_store.verify("gemma-3-270m")
