import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from bot.answering.adapter_shelf import AdapterShelf
from bot.answering.adapters import current_adapter, find_adapter, shipped_adapter
from bot.answering.base_fingerprint import base_fingerprint
from bot.answering.decoding.greedy_head import ExactHead
from bot.answering.decoding.torch_rows import TorchRows
from bot.answering.llm import load_chat_model
from bot.answering.llm.chat import TextChatModel
from bot.settings import Settings
from knowledge.errors import AdapterMismatch, ModelDamaged, ModelMissing
from knowledge.weights import ModelStore
from tests.bot.answering.llm.tiny import byte_tokenizer, tiny_model

pytestmark = pytest.mark.full  # importing torch and transformers takes seconds

TARGET = "model.layers.1.mlp.down_proj"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    tiny_model().save_pretrained(folder)
    byte_tokenizer().save_pretrained(folder)
    return folder


def write_adapter(folder: Path, fingerprint: str, *, inner: int = 64, **config: Any) -> Path:
    """An adapter of rank 2 that adds 1.0 to all of one matrix."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    name = f"base_model.model.{TARGET}"
    tuned = {f"{name}.lora_A.weight": torch.ones(2, inner), f"{name}.lora_B.weight": torch.full((32, 2), 0.25)}
    save_file(tuned, folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 4, **config}))
    (folder / "figures.json").write_text(json.dumps({"base": "tiny", "base_fingerprint": fingerprint}))
    return folder


@pytest.fixture
def adapter(weights: Path, tmp_path: Path) -> Path:
    return write_adapter(tmp_path / "adapter", base_fingerprint(weights))


def loaded(weights: Path, adapter: str, home: Path) -> TextChatModel:
    settings = Settings(generator=str(weights), adapter=adapter, home=home, device="cpu")
    model = load_chat_model(settings, ModelStore(home / "models"))
    assert isinstance(model, TextChatModel)
    return model


def matrix(model: TextChatModel) -> Any:
    return dict(model.engine.text.model.named_parameters())[f"{TARGET}.weight"].float()  # type: ignore[attr-defined]  # the engine's own


def test_an_adapter_is_added_to_the_weights_when_they_are_loaded(weights, adapter, tmp_path):
    plain, tuned = loaded(weights, "none", tmp_path), loaded(weights, str(adapter), tmp_path)

    assert (plain.tuned, tuned.tuned) == (False, True)
    assert (matrix(tuned) - matrix(plain)).mean().item() == pytest.approx(1.0, abs=0.01)


def test_a_tuned_model_is_asked_in_plain_text_even_where_its_base_has_a_chat_template(weights, adapter, tmp_path):
    model = loaded(weights, str(adapter), tmp_path)
    model.engine.text.tokenizer.chat_template = "{{ messages }}"  # type: ignore[attr-defined]  # the engine's own

    assert model.engine.render([HumanMessage("Question: Why?")]).text == "Question: Why?\nAnswer:"


def test_an_adapter_of_other_weights_is_refused_in_one_sentence(weights, tmp_path):
    other = write_adapter(tmp_path / "other", "0123456789abcdef")

    with pytest.raises(
        AdapterMismatch, match=r"does not fit this generator .* trained on tiny.* SHOPCLERK_ADAPTER=none"
    ):
        loaded(weights, str(other), tmp_path)


def test_an_adapter_of_another_shape_is_refused(weights, tmp_path):
    other = write_adapter(tmp_path / "other", base_fingerprint(weights), inner=48)

    with pytest.raises(AdapterMismatch, match="no counterpart of its shape"):
        loaded(weights, str(other), tmp_path)


def test_a_kind_of_adapter_that_cannot_be_added_is_refused(weights, tmp_path):
    other = write_adapter(tmp_path / "other", base_fingerprint(weights), use_dora=True)

    with pytest.raises(ModelDamaged, match="another kind than plain LoRA"):
        loaded(weights, str(other), tmp_path)


def test_a_damaged_adapter_is_one_sentence(weights, adapter, tmp_path):
    (adapter / "adapter_model.safetensors").write_bytes(b"half")
    with pytest.raises(ModelDamaged, match="cannot be read"):
        loaded(weights, str(adapter), tmp_path)

    (adapter / "figures.json").write_text("{")
    with pytest.raises(ModelDamaged, match="cannot be read"):
        loaded(weights, str(adapter), tmp_path)


def test_a_folder_without_an_adapter_is_told_what_was_expected(weights, tmp_path):
    with pytest.raises(ModelMissing, match=r"holds no adapter; expected adapter_config.json"):
        loaded(weights, str(tmp_path), tmp_path)


def test_a_base_without_adapter_is_loaded_as_it_is(weights, tmp_path):
    assert not loaded(weights, "", tmp_path).tuned
    assert find_adapter("none", generator="gemma-3-270m", weights=weights, home=tmp_path) is None


def test_adopted_adapters_are_kept_in_versions_and_can_be_gone_back_from(weights, adapter, tmp_path):
    shelf = AdapterShelf(tmp_path, "tiny")
    assert current_adapter("tiny", tmp_path) is None

    first, second = shelf.adopt(adapter), shelf.adopt(adapter)
    assert (first.name, second.name) == ("v1", "v2")
    assert current_adapter("tiny", tmp_path) == second

    assert shelf.rollback() == "v1"
    assert current_adapter("tiny", tmp_path) == first
    assert shelf.rollback() is None
    assert current_adapter("tiny", tmp_path) is None
    with pytest.raises(ModelMissing, match="none to go back from"):
        shelf.rollback()
    assert shelf.adopt(adapter).name == "v3"


def test_an_adopted_adapter_is_loaded_without_being_named(weights, adapter, tmp_path):
    AdapterShelf(tmp_path, str(weights)).adopt(adapter)

    assert loaded(weights, "", tmp_path).tuned


def test_only_packaged_bases_have_a_shipped_adapter():
    assert shipped_adapter("../gemma-3-270m") is None
    assert shipped_adapter("no-such-model") is None


@pytest.mark.parametrize(("lead", "opened"), [(1.0, "b"), (9.0, " ")])
def test_a_refusal_is_opened_only_where_it_is_likely_beside_all_answers_together(lead: float, opened: str):
    import torch

    model, tokenizer = tiny_model(), byte_tokenizer()
    refusing, other = tokenizer.convert_tokens_to_ids(["Ġ", "b"])
    state = torch.ones(32)
    with torch.no_grad():
        model.lm_head.weight.zero_()
        model.lm_head.weight[other] = 0.5 / 32
        model.lm_head.weight[refusing] = lead / 32
    rows = TorchRows(model, ExactHead(model.lm_head), refusing=frozenset([refusing]))

    with torch.inference_mode():
        assert tokenizer.decode([rows._opening(state).token]) == opened
