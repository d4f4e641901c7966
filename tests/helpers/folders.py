"""Folders that look like models, without their weight."""

import json
import struct
from pathlib import Path
from typing import Any

LLAMA = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 8,
    "num_hidden_layers": 2,
    "vocab_size": 100,
    "max_position_embeddings": 2048,
}
BERT = LLAMA | {"architectures": ["BertModel"], "model_type": "bert"}

T5 = {
    "architectures": ["T5ForConditionalGeneration"],
    "model_type": "t5",
    "is_encoder_decoder": True,
    "d_model": 512,
    "num_layers": 6,
    "vocab_size": 32128,
}


def model_folder(path: Path, config: dict[str, Any] | None = None, *, weights: bool = True) -> Path:
    """A folder with config.json, a tokenizer and a safetensors file of 100 × 8 + 8 numbers."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "config.json").write_text(json.dumps(config or LLAMA))
    (path / "tokenizer.json").write_text("{}")
    if weights:
        safetensors(path / "model.safetensors", {"embed": [100, 8], "norm": [8]})
    return path


def safetensors(path: Path, shapes: dict[str, list[int]]) -> None:
    """A safetensors file with float32 zeros in these shapes."""
    header, offset = {}, 0
    for name, shape in shapes.items():
        size = 4
        for side in shape:
            size *= side
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(offset))
