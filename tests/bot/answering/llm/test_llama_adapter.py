import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gguf import GGUFReader
from safetensors.torch import save_file

from bot.answering.adapters import Adapter, read_adapter
from bot.answering.base_fingerprint import base_fingerprint
from bot.answering.gguf_file import GgufFile
from bot.answering.llm.llama_adapter import llama_adapter
from knowledge.errors import AdapterMismatch, ModelDamaged
from tests.bot.answering.llm.ggufs import DIM, INNER, write_gguf

pytestmark = pytest.mark.full  # importing torch and transformers takes seconds

RANK = 2


@pytest.fixture
def base(tmp_path: Path) -> GgufFile:
    return GgufFile.read(write_gguf(tmp_path / "base.gguf"))


def write_adapter(folder: Path, base: GgufFile, *, inner: int = INNER, target: str = "mlp.down_proj", up: Any = None):
    """Adds `scale · up · 1` to one matrix of the second layer; the scale is 4."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"base_model.model.model.layers.1.{target}"
    up = torch.full((DIM, RANK), 0.25) if up is None else up
    save_file(
        {f"{name}.lora_A.weight": torch.ones(RANK, inner), f"{name}.lora_B.weight": up},
        folder / "adapter_model.safetensors",
    )
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": RANK, "lora_alpha": 8}))
    figures = {"base": "gemma-3-270m", "base_fingerprint": base_fingerprint(base.path)}
    (folder / "figures.json").write_text(json.dumps(figures))
    return read_adapter(folder)


@pytest.fixture
def adapter(base: GgufFile, tmp_path: Path) -> Adapter:
    return write_adapter(tmp_path / "adapter", base)


def added(path: Path) -> dict[str, Any]:
    """What llama.cpp adds to each matrix: alpha over rank, times B, times A."""
    reader = GGUFReader(path)
    tensors = {one.name: np.array(one.data, dtype=np.float32) for one in reader.tensors}
    alpha = reader.fields["adapter.lora.alpha"].contents()
    assert reader.fields["general.type"].contents() == "adapter"
    downs = [name for name in tensors if name.endswith(".lora_a")]
    return {
        name.removesuffix(".lora_a"): alpha / len(tensors[name]) * tensors[name.replace("_a", "_b")] @ tensors[name]
        for name in downs
    }


def test_llama_cpp_adds_what_torch_would(base, adapter, tmp_path):
    made = added(llama_adapter(adapter, base, tmp_path))

    assert list(made) == ["blk.1.ffn_down.weight"]
    np.testing.assert_allclose(made["blk.1.ffn_down.weight"], np.full((DIM, INNER), 4 * 0.25 * RANK))


def test_rows_of_llama_s_queries_are_put_in_the_file_s_order(tmp_path):
    base = GgufFile.read(write_gguf(tmp_path / "llama.gguf", architecture="llama"))
    rows = torch.arange(DIM).float()[:, None].repeat(1, RANK)
    adapter = write_adapter(tmp_path / "adapter", base, inner=DIM, target="self_attn.q_proj", up=rows)
    made = added(llama_adapter(adapter, base, tmp_path))["blk.1.attn_q.weight"][:, 0] / 4 / RANK

    np.testing.assert_allclose(made[:8], [0, 4, 1, 5, 2, 6, 3, 7])


def test_it_is_written_once(base, adapter, tmp_path):
    first = llama_adapter(adapter, base, tmp_path)
    written = first.stat().st_mtime_ns

    assert llama_adapter(adapter, base, tmp_path) == first
    assert first.stat().st_mtime_ns == written


@pytest.mark.parametrize("harm", ["cut", "changed", "no seal", "broken seal"])
def test_a_damaged_file_is_noticed_and_written_anew(base, adapter, tmp_path, harm):
    path = llama_adapter(adapter, base, tmp_path)
    whole, seal = path.read_bytes(), path.with_suffix(".sha256")
    match harm:
        case "cut":
            path.write_bytes(whole[:-10])
        case "changed":
            path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 255]))
        case "no seal":
            seal.unlink()
        case "broken seal":
            seal.write_bytes(b"\xff\xfe")

    assert llama_adapter(adapter, base, tmp_path).read_bytes() == whole


def test_a_changed_adapter_makes_another_file_and_the_old_one_goes(base, adapter, tmp_path):
    old = llama_adapter(adapter, base, tmp_path)
    changed = write_adapter(adapter.folder, base, up=torch.full((DIM, RANK), 0.5))
    new = llama_adapter(changed, base, tmp_path)

    assert new != old
    assert added(new)["blk.1.ffn_down.weight"][0, 0] == pytest.approx(4.0)
    assert [path.suffix for path in sorted((tmp_path / "llama").glob("gemma*"))] == [".gguf", ".sha256"]


def test_an_adapter_of_another_shape_is_refused(base, tmp_path):
    other = write_adapter(tmp_path / "other", base, inner=48)

    with pytest.raises(AdapterMismatch, match="no counterpart of its shape"):
        llama_adapter(other, base, tmp_path)
    assert not list((tmp_path / "llama").glob("gemma*"))


def test_a_full_disk_is_one_sentence_and_leaves_nothing(base, adapter, tmp_path, monkeypatch):
    def full(_writer: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gguf.GGUFWriter.write_tensors_to_file", full)

    with pytest.raises(ModelDamaged, match=r"could not be written .*No space left on device.* SHOPCLERK_ENGINE=torch"):
        llama_adapter(adapter, base, tmp_path)
    assert not [path for path in (tmp_path / "llama").rglob("*") if path.suffix in (".gguf", ".sha256")]


def test_an_adapter_that_cannot_be_read_is_named(base, adapter, tmp_path):
    (adapter.folder / "adapter_model.safetensors").write_bytes(b"nothing")

    with pytest.raises(ModelDamaged, match=r"adapter in .* cannot be read"):
        llama_adapter(adapter, base, tmp_path)
