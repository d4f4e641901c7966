"""What a safetensors header may say, and what is no header at all."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from workbench.core.errors import WorkbenchError
from workbench.models.weights_header import parameters_in


def written(path: Path, header: str, data: bytes = bytes(64)) -> Path:
    raw = header.encode()
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + data)
    return path


def tensor(**values: Any) -> str:
    return json.dumps({"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24], **values}})


def test_numbers_are_counted_without_the_scales_of_packed_ones(tmp_path: Path) -> None:
    header = json.loads(tensor())
    header["w.absmax"] = {"dtype": "F32", "shape": [9], "data_offsets": [24, 60]}
    header["__metadata__"] = {"format": "pt"}
    assert parameters_in(written(tmp_path / "a", json.dumps(header))) == 6


@pytest.mark.parametrize(
    "header",
    [
        tensor(shape=[float("nan")]),
        tensor(shape=[float("inf")]),
        tensor(shape=[-5]),
        tensor(shape=[2.5]),
        tensor(shape=[True]),
        tensor(shape=[10**9, 10**9]),
        tensor(shape="ab"),
        tensor(shape=None),
        tensor(data_offsets=[24, 0]),
        tensor(data_offsets=[0]),
        tensor(data_offsets=[0, -1]),
        '{"w": {"dtype": "F32", "data_offsets": [0, 4]}}',
        '{"w": 3}',
        "[1, 2]",
        "{",
        "[" * 100_000,
        "\xff",
    ],
)
def test_a_header_that_cannot_be_true_is_damage(tmp_path: Path, header: str) -> None:
    with pytest.raises(WorkbenchError, match="is damaged"):
        parameters_in(written(tmp_path / "a.safetensors", header))


def test_a_file_that_is_cut_off_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="is cut off"):
        parameters_in(written(tmp_path / "a.safetensors", tensor(), bytes(3)))
    (tmp_path / "b.safetensors").write_bytes(b"abc")
    with pytest.raises(WorkbenchError, match="is damaged"):
        parameters_in(tmp_path / "b.safetensors")
