"""Small GGUF files: a real header, real packed weights, no model that could speak."""

from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, quantize

DIM, INNER = 32, 64


def write_gguf(path: Path, *, architecture: str = "gemma3", seed: int = 0, template: str = "") -> Path:
    """Two layers, 4 heads of queries and 2 of keys."""
    rng = np.random.default_rng(seed)
    writer = GGUFWriter(path, architecture)
    writer.add_context_length(512)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_token_list(["<bos>", "<eos>", "a", "我"])
    writer.add_token_types([3, 3, 1, 1])
    if template:
        writer.add_chat_template(template)
    shapes = {"attn_q": (DIM, DIM), "attn_k": (DIM // 2, DIM), "ffn_down": (DIM, INNER)}
    names = {f"blk.{layer}.{part}.weight": shape for layer in range(2) for part, shape in shapes.items()}
    for name, shape in {"token_embd.weight": (4, DIM), **names}.items():
        values = rng.normal(size=shape).astype(np.float32)
        packed = quantize(values, GGMLQuantizationType.Q8_0)
        writer.add_tensor(name, packed, raw_dtype=GGMLQuantizationType.Q8_0)
    writer.add_tensor("output_norm.weight", np.ones(DIM, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
