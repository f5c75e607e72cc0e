from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader, dequantize

from bot.answering.base_fingerprint import base_fingerprint
from bot.answering.gguf_file import GgufFile
from knowledge.errors import ModelDamaged
from tests.bot.answering.llm.ggufs import write_gguf


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "model.gguf", template="{{ messages }}")


def test_the_header_names_family_length_and_template(gguf):
    file = GgufFile.read(gguf)

    assert (file.architecture, file.longest, file.chat_template) == ("gemma3", 512, "{{ messages }}")


def test_matrices_are_found_by_the_names_of_transformers(gguf):
    file = GgufFile.read(gguf)

    assert file.by_twin["model.layers.1.mlp.down_proj.weight"].name == "blk.1.ffn_down.weight"
    assert file.by_twin["model.embed_tokens.weight"].shape == (4, 32)
    assert len(file.matrices) == 7  # the norm has one dimension


def test_the_first_values_are_those_that_the_library_unpacks(gguf):
    file = GgufFile.read(gguf)
    matrix = file.by_twin["model.layers.0.mlp.down_proj.weight"]
    whole = next(one for one in GGUFReader(gguf).tensors if one.name == matrix.name)

    np.testing.assert_array_equal(file.beginning(matrix, 2, 4), dequantize(whole.data, whole.tensor_type)[:2, :4])


def test_llama_s_queries_are_read_in_the_order_of_transformers(tmp_path):
    file = GgufFile.read(write_gguf(tmp_path / "llama.gguf", architecture="llama"))
    queries, down = (file.by_twin[f"model.layers.0.{part}.weight"] for part in ("self_attn.q_proj", "mlp.down_proj"))

    # A head has 8 rows; in the file its halves of 4 take turns.
    assert list(queries.order()[:8]) == [0, 4, 1, 5, 2, 6, 3, 7]
    assert list(down.order()) == list(range(32))


@pytest.mark.parametrize(("size", "reason"), [(0, "cut off"), (3, "cut off"), (60, "cut off")])
def test_a_file_that_is_cut_off_is_named_with_what_mends_it(gguf, size, reason):
    gguf.write_bytes(gguf.read_bytes()[:size])

    with pytest.raises(ModelDamaged, match=rf"model.gguf cannot be read .*{reason}.*shopclerk models fetch"):
        GgufFile.read(gguf)


def test_another_kind_of_file_is_named(gguf):
    gguf.write_bytes(b"PK\x03\x04" + bytes(100))

    with pytest.raises(ModelDamaged, match="does not begin with the letters GGUF"):
        GgufFile.read(gguf)


def test_weights_that_are_cut_off_are_named(gguf):
    gguf.write_bytes(gguf.read_bytes()[:-3000])

    with pytest.raises(ModelDamaged, match="cut off or damaged at blk"):
        base_fingerprint(gguf)


def test_other_weights_have_another_fingerprint(tmp_path, gguf):
    assert base_fingerprint(gguf) == base_fingerprint(write_gguf(tmp_path / "same.gguf"))
    assert base_fingerprint(gguf) != base_fingerprint(write_gguf(tmp_path / "other.gguf", seed=1))


def test_the_fingerprint_is_that_of_the_safetensors_with_the_same_values(tmp_path, gguf):
    import torch
    from safetensors.torch import save_file

    file = GgufFile.read(gguf)
    weights = {
        name: torch.from_numpy(file.beginning(matrix, *matrix.shape)).bfloat16()
        for name, matrix in file.by_twin.items()
    }
    save_file(weights, tmp_path / "model.safetensors")

    assert base_fingerprint(gguf) == base_fingerprint(tmp_path)


@pytest.mark.full
def test_the_packaged_model_has_the_fingerprint_of_its_conversion(model_store):
    from bot.answering.llm.weights import converted

    gguf = next(model_store.path("gemma-3-270m").glob("*.gguf"))

    assert base_fingerprint(gguf) == base_fingerprint(converted(gguf))
