"""GGUF files in fewer bits: which type each matrix gets, and that the numbers stay near."""

from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType as Type
from gguf import GGUFReader, GGUFWriter, dequantize

from workbench.engine.export.quantize import Shape, quantize, type_of
from workbench.models.exports.formats import Q4_K_M, Q8_0

LLAMA = Shape("llama", 32, 0, has_output=True)


@pytest.mark.parametrize(
    ("name", "row", "shape", "found"),
    [
        ("output.weight", 4096, LLAMA, Type.Q6_K),
        ("token_embd.weight", 4096, LLAMA, Type.Q4_K),
        ("token_embd.weight", 4096, Shape("llama", 32, 0, has_output=False), Type.Q6_K),
        ("token_embd.weight", 576, Shape("llama", 30, 0, has_output=False), Type.Q8_0),
        ("blk.0.attn_v.weight", 4096, LLAMA, Type.Q6_K),
        ("blk.5.attn_v.weight", 4096, LLAMA, Type.Q4_K),
        ("blk.6.attn_v.weight", 4096, LLAMA, Type.Q6_K),
        ("blk.31.ffn_down.weight", 11008, LLAMA, Type.Q6_K),
        ("blk.5.ffn_down.weight", 11008, LLAMA, Type.Q4_K),
        ("blk.5.attn_q.weight", 4096, LLAMA, Type.Q4_K),
        ("blk.5.attn_qkv.weight", 4096, LLAMA, Type.Q5_K),
        ("blk.5.attn_k.weight", 576, LLAMA, Type.Q5_0),
        ("blk.0.attn_v.weight", 576, LLAMA, Type.Q8_0),
        ("blk.5.attn_qkv.weight", 576, LLAMA, Type.Q5_1),
        ("blk.5.attn_q.weight", 40, LLAMA, Type.F16),
        ("blk.1.ffn_down.weight", 4096, Shape("falcon", 32, 0, has_output=True), Type.Q6_K),
        ("blk.3.ffn_down.weight", 4096, Shape("falcon", 32, 0, has_output=True), Type.Q5_K),
        ("blk.5.attn_v.weight", 4096, Shape("llama", 32, 8, has_output=True), Type.Q8_0),
        ("blk.5.attn_output.weight", 4096, Shape("llama", 32, 8, has_output=True), Type.Q5_K),
    ],
)
def test_types_are_those_of_llama_cpp(name: str, row: int, shape: Shape, found: Type) -> None:
    assert type_of(name, row, Q4_K_M, shape) == found


def test_eight_bits_are_eight_bits_throughout() -> None:
    assert type_of("output.weight", 576, Q8_0, LLAMA) == Type.Q8_0
    assert type_of("blk.0.attn_v.weight", 40, Q8_0, LLAMA) == Type.F16


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A file of three tensors in 16 and 32 bits."""
    file = tmp_path / "whole.gguf"
    writer = GGUFWriter(file, "llama")
    writer.add_block_count(2)
    writer.add_array("tokenizer.ggml.tokens", ["a", "ü", "<|im_end|>"])
    writer.add_array("tokenizer.ggml.scores", [0.5, 1.0, 2.0])
    writer.add_bool("tokenizer.ggml.add_bos_token", False)
    writer.add_file_type(1)
    draw = np.random.default_rng(1)
    writer.add_tensor("output.weight", draw.normal(size=(5, 256)).astype(np.float16))
    writer.add_tensor("blk.0.attn_q.weight", draw.normal(size=(7, 64)).astype(np.float16))
    writer.add_tensor("blk.0.attn_norm.weight", draw.normal(size=64).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


@pytest.mark.parametrize(
    ("quantization", "types", "error"),
    [
        (Q8_0, {"output.weight": Type.Q8_0, "blk.0.attn_q.weight": Type.Q8_0}, 0.02),
        (Q4_K_M, {"output.weight": Type.Q6_K, "blk.0.attn_q.weight": Type.Q5_0}, 0.2),
    ],
)
def test_numbers_stay_near_and_all_else_stays(
    whole: Path, tmp_path: Path, quantization: str, types: dict[str, Type], error: float
) -> None:
    target, told = tmp_path / "small.gguf", list[float]()
    quantize(whole, target, quantization, told.append)
    before, after = GGUFReader(whole), GGUFReader(target)
    assert told == sorted(told)
    own = {tensor.name: tensor for tensor in before.tensors}
    for tensor in after.tensors:
        kind = types.get(tensor.name, Type.F32)
        assert tensor.tensor_type == kind
        assert list(tensor.shape) == list(own[tensor.name].shape)
        found = dequantize(tensor.data, kind)
        apart = np.abs(found - own[tensor.name].data.astype(np.float32)).max()
        assert apart < error
        assert (apart == 0) == (kind == Type.F32)
    for key in ("tokenizer.ggml.tokens", "tokenizer.ggml.scores", "tokenizer.ggml.add_bos_token"):
        assert after.get_field(key).contents() == before.get_field(key).contents()  # type: ignore[union-attr]
    file_type = after.get_field("general.file_type")
    assert file_type is not None
    assert file_type.contents() == {Q8_0: 7, Q4_K_M: 15}[quantization]


def test_it_can_be_left_in_the_middle(whole: Path, tmp_path: Path) -> None:
    def leave(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quantize(whole, tmp_path / "small.gguf", Q8_0, leave)
