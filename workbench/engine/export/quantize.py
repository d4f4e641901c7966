"""GGUF files in fewer bits: the types that llama.cpp chooses, packed by llama.cpp's own code.

The types are those of llama.cpp's `llama-quant.cpp` for Q8_0 and Q4_K_M: more bits for what writes the
answer, and for values and the second feed-forward layer in the first and last eighth and every third layer
between; where rows do not divide into blocks of 256, the type of 32 next to it.
"""

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xllamacpp
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter
from gguf.constants import Keys, LlamaFileType

from workbench.models.exports.formats import Q4_K_M, Q8_0

Type = GGMLQuantizationType
FILE_TYPES = {Q8_0: LlamaFileType.MOSTLY_Q8_0, Q4_K_M: LlamaFileType.MOSTLY_Q4_K_M}
_USUAL = {Q8_0: Type.Q8_0, Q4_K_M: Type.Q4_K}
_FALLBACK = {Type.Q4_K: Type.Q5_0, Type.Q5_K: Type.Q5_1, Type.Q6_K: Type.Q8_0}
_KEPT = re.compile(r"_norm\.weight$|ffn_gate_inp|ssm_|time_mix|position_embd|token_types|rel_b")
"""Tensors that stay as they are: small, and needed in full."""
_LAYER = re.compile(r"blk\.(\d+)\.")
_BLOCK = 1 << 22
"""Weights that are packed at a time."""


@dataclass(frozen=True)
class Shape:
    """What the choice of types goes by."""

    architecture: str
    layers: int
    experts: int
    has_output: bool
    """Whether the layer that writes has weights of its own, and not those of the embeddings."""


def type_of(name: str, row: int, quantization: str, shape: Shape) -> Type:
    """The type of a matrix with rows of so many weights."""
    wanted = _wanted(name, row, _USUAL[quantization], shape)
    if row % GGML_QUANT_SIZES[wanted][0]:
        wanted = _FALLBACK.get(wanted, Type.F16)
    return wanted if row % GGML_QUANT_SIZES[wanted][0] == 0 else Type.F16


def _wanted(name: str, row: int, usual: Type, shape: Shape) -> Type:
    if usual == Type.Q8_0:
        return usual
    falcon = shape.architecture == "falcon"
    if name == "output.weight" or (not shape.has_output and name == "token_embd.weight"):
        return Type.Q8_0 if falcon or row % GGML_QUANT_SIZES[usual][0] else Type.Q6_K
    if "attn_qkv.weight" in name:
        return Type.Q5_K
    if shape.experts == 8 and ("attn_k.weight" in name or "attn_v.weight" in name):
        return Type.Q8_0
    if "attn_v.weight" in name:
        return Type.Q6_K if _more_bits(_layer(name), shape.layers) else usual
    if "ffn_down" in name:
        return _second(_layer(name), shape, falcon=falcon, usual=usual)
    if shape.experts == 8 and "attn_output.weight" in name:
        return Type.Q5_K
    return usual


def _second(layer: int, shape: Shape, *, falcon: bool, usual: Type) -> Type:
    if falcon and layer < shape.layers // 16:
        return Type.Q6_K
    if not _more_bits(layer, shape.layers):
        return usual
    return Type.Q5_K if falcon else Type.Q6_K


def _more_bits(layer: int, layers: int) -> bool:
    eighth = layers // 8
    return layer < eighth or layer >= 7 * layers // 8 or (layer - eighth) % 3 == 2


def _layer(name: str) -> int:
    found = _LAYER.match(name)
    return int(found[1]) if found else 0


def quantize(source: Path, target: Path, quantization: str, tell: Callable[[float], None]) -> None:
    """Write a GGUF file of 16 or 32 bits anew in fewer.

    Args:
        tell: called with the share that is done; may raise to leave.
    """
    reader = GGUFReader(source)
    shape = _shape(reader)
    writer = GGUFWriter(target, shape.architecture)
    _take_over(reader, writer, FILE_TYPES[quantization])
    plans = [(t, _plan(t, quantization, shape)) for t in reader.tensors]
    for tensor, kind in plans:
        _announce(writer, tensor, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    total, done = sum(t.n_elements for t in reader.tensors), 0
    for tensor, kind in plans:
        tell(done / max(1, total))
        writer.write_tensor_data(_packed(tensor, kind))
        done += int(tensor.n_elements)
    writer.close()


def set_values(file: Path, target: Path, values: dict[str, Any]) -> None:
    """Copy a GGUF file with some of its true-or-false and text values changed or added."""
    reader = GGUFReader(file)
    writer = GGUFWriter(target, str(_value(reader, Keys.General.ARCHITECTURE)))
    _take_over(reader, writer, None, values)
    for tensor in reader.tensors:
        _announce(writer, tensor, tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for tensor in reader.tensors:
        writer.write_tensor_data(tensor.data)
    writer.close()


def _shape(reader: GGUFReader) -> Shape:
    name = str(_value(reader, Keys.General.ARCHITECTURE))
    layers = _value(reader, Keys.LLM.BLOCK_COUNT.format(arch=name))
    experts = _value(reader, Keys.LLM.EXPERT_COUNT.format(arch=name))
    own = any(tensor.name == "output.weight" for tensor in reader.tensors)
    return Shape(name, int(layers or 0), int(experts or 0), own)


def _value(reader: GGUFReader, key: str) -> Any:
    field = reader.get_field(key)
    return None if field is None else field.contents()


def _take_over(
    reader: GGUFReader,
    writer: GGUFWriter,
    file_type: int | None,
    values: dict[str, Any] | None = None,
) -> None:
    """All keys but those that a writer sets by itself."""
    own = {Keys.General.ARCHITECTURE, *(values or {})}
    for field in reader.fields.values():
        if field.name in own or field.name.startswith("GGUF."):
            continue
        value = field.contents()
        if field.name == Keys.General.FILE_TYPE and file_type is not None:
            value = int(file_type)
        inner = field.types[-1] if field.types[0] == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, value, field.types[0], sub_type=inner)
    for key, value in (values or {}).items():
        kind = GGUFValueType.BOOL if isinstance(value, bool) else GGUFValueType.STRING
        writer.add_key_value(key, value, kind)


def _plan(tensor: Any, quantization: str, shape: Shape) -> Type:
    whole = Type(tensor.tensor_type) in (Type.F16, Type.F32, Type.BF16)
    matrix = len(tensor.shape) >= 2 and min(int(n) for n in tensor.shape) > 1
    packs = whole and matrix and tensor.name.endswith("weight") and not _KEPT.search(tensor.name)
    row = int(tensor.shape[0])
    return type_of(tensor.name, row, quantization, shape) if packs else Type(tensor.tensor_type)


def _announce(writer: GGUFWriter, tensor: Any, kind: Type) -> None:
    rows = [int(n) for n in reversed(tensor.shape)]
    block, width = GGML_QUANT_SIZES[kind]
    size = int(tensor.n_elements) // block * width
    if kind in (Type.F32, Type.F16):
        dtype: Any = np.dtype(np.float32 if kind == Type.F32 else np.float16)
        writer.add_tensor_info(tensor.name, rows, dtype, size)
    else:
        shape = [*rows[:-1], rows[-1] // block * width]
        writer.add_tensor_info(tensor.name, shape, np.dtype(np.uint8), size, raw_dtype=kind)


def _packed(tensor: Any, kind: Type) -> np.ndarray:
    own = Type(tensor.tensor_type)
    if own == kind:
        return np.asarray(tensor.data)
    if kind == Type.F16:
        return _floats(tensor.data, own).astype(np.float16)
    row = int(tensor.shape[0])
    return np.concatenate(
        list(_blocks(tensor.data.reshape(-1, tensor.data.shape[-1]), own, row, kind))
    )


def _blocks(data: np.ndarray, own: Type, row: int, kind: Type) -> Iterator[np.ndarray]:
    """A matrix packed some rows at a time, so that never all of it stands in memory in 32 bits."""
    step = max(1, _BLOCK // row)
    for start in range(0, len(data), step):
        yield _quantized(_floats(data[start : start + step], own), kind)


def _floats(data: np.ndarray, own: Type) -> np.ndarray:
    if own == Type.BF16:
        whole = data.view(np.uint16).astype(np.uint32) << 16
        return whole.view(np.float32)
    return np.ascontiguousarray(data, dtype=np.float32)


def _quantized(rows: np.ndarray, kind: Type) -> np.ndarray:
    """Rows of float32 (rows, weights) in a type's bytes, one behind the other."""
    block, width = GGML_QUANT_SIZES[kind]
    out = np.empty(rows.size // block * width, np.uint8)
    source = np.ascontiguousarray(rows, np.float32)
    _library().ggml_quantize_chunk(
        int(kind), source.ctypes.data, out.ctypes.data, 0, len(source), source.shape[1], None
    )
    return out


def _library() -> Any:
    """llama.cpp, as the package that also reads the files brings it."""
    found = ctypes.CDLL(xllamacpp.xllamacpp.__file__)
    found.ggml_quantize_chunk.restype = ctypes.c_size_t
    found.ggml_quantize_chunk.argtypes = [
        ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64,
        ctypes.c_int64, ctypes.c_void_p,
    ]  # fmt: skip
    return found
