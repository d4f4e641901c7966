"""The header of GGUF files: what it says, and that nothing in it is believed."""

import contextlib
import struct
from pathlib import Path

import gguf
import numpy as np
import pytest

from workbench.core.errors import WorkbenchError
from workbench.models.gguf_header import is_gguf, read_gguf_header
from workbench.models.inspect import inspect_folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return _write(tmp_path / "tiny.gguf", "qwen2")


def _write(path: Path, architecture: str) -> Path:
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(4096)
    writer.add_embedding_length(8)
    writer.add_block_count(3)
    writer.add_token_list(["a", "b", "ü"])
    writer.add_rope_freq_base(10000.0)
    writer.add_tensor("token_embd.weight", np.zeros((3, 8), dtype=np.float32))
    writer.add_tensor("output_norm.weight", np.zeros(8, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_the_header_says_what_the_model_is(file: Path) -> None:
    assert is_gguf(file)
    header = read_gguf_header(file)
    assert (header.architecture, header.parameters) == ("qwen2", 32)
    assert header.number("context_length") == 4096
    assert header.number("nothing") == 0
    facts = inspect_folder(file)
    assert (facts.family, facts.model_type, facts.vocab_size) == ("causal", "qwen2", 3)
    assert (facts.context_length, facts.hidden_size, facts.layers) == (4096, 8, 3)
    assert "unpacked once to 16 bits" in facts.conversions[0]


def test_a_folder_of_one_such_file_is_that_file(file: Path) -> None:
    assert inspect_folder(file.parent).model_type == "qwen2"


def test_a_file_of_a_family_that_the_library_cannot_read_is_refused_by_name(
    tmp_path: Path,
) -> None:
    with pytest.raises(WorkbenchError, match="architecture 'clip' cannot be read"):
        inspect_folder(_write(tmp_path / "c.gguf", "clip"))


def test_no_cut_and_no_changed_byte_of_the_header_is_more_than_a_sentence(file: Path) -> None:
    whole = file.read_bytes()
    for end in range(0, len(whole) - 200, 7):
        _read(file, whole[:end])
    for at in range(0, len(whole), 3):
        for byte in (0, 0xFF, whole[at] ^ 0x80):
            _read(file, whole[:at] + bytes([byte]) + whole[at + 1 :])


def _read(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with contextlib.suppress(WorkbenchError):
        read_gguf_header(file)


@pytest.mark.parametrize(
    "counts", [(2**63, 1), (1, 2**63), (10**6, 0)], ids=["tensors", "entries", "many"]
)
def test_counts_that_no_file_can_hold_are_refused_at_once(
    tmp_path: Path, counts: tuple[int, int]
) -> None:
    file = tmp_path / "x.gguf"
    file.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, *counts) + bytes(100))
    with pytest.raises(WorkbenchError, match="not a whole GGUF file"):
        read_gguf_header(file)
