"""Encoded examples in a file and in memory."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from datasets import Value

from workbench.engine.encoding.encoded_rows import (
    IDS,
    EncodedRows,
    features_of,
    tokens_of,
    write_rows,
)

FEATURES = features_of(label=Value("int32"))
BATCHES = [
    {IDS: tokens_of(np.array([1, 2, 3], np.int32), np.array([2, 1])), "label": pa.array([7, 8])},
    {IDS: tokens_of(np.empty(0, np.int32), np.array([], int)), "label": pa.array([], pa.int64())},
    {IDS: tokens_of(np.array([4, 5, 6, 9], np.int32), np.array([4])), "label": pa.array([9])},
]


@pytest.fixture(params=["mapped", "held"])
def rows(request: pytest.FixtureRequest, tmp_path: Path) -> EncodedRows:
    if request.param == "held":
        return EncodedRows.held(BATCHES, FEATURES)
    assert write_rows(tmp_path / "rows.arrow", iter(BATCHES), FEATURES) == 3
    return EncodedRows.mapped(tmp_path / "rows.arrow")


def test_rows_are_found_by_their_numbers(rows: EncodedRows) -> None:
    assert len(rows) == 3
    assert rows.lengths.tolist() == [2, 1, 4]
    assert [ids.tolist() for ids in rows.lists(IDS, [2, 0, 2])] == [
        [4, 5, 6, 9], [1, 2], [4, 5, 6, 9],
    ]  # fmt: skip
    assert rows.column("label").tolist() == [7, 8, 9]
    assert [i for part in rows.ids() for i in part.tolist()] == [1, 2, 3, 4, 5, 6, 9]


def test_no_rows_are_a_file_too(tmp_path: Path) -> None:
    assert write_rows(tmp_path / "rows.arrow", iter([]), FEATURES) == 0
    rows = EncodedRows.mapped(tmp_path / "rows.arrow")
    assert (len(rows), rows.lengths.tolist(), rows.column("label").tolist()) == (0, [], [])


def test_a_file_is_mapped_and_not_read_into_memory(tmp_path: Path) -> None:
    ids = tokens_of(np.zeros(1_000_000, np.int32), np.full(1000, 1000))
    write_rows(tmp_path / "rows.arrow", [{IDS: ids}] * 10, features_of())
    before = pa.total_allocated_bytes()
    rows = EncodedRows.mapped(tmp_path / "rows.arrow")
    rows.lists(IDS, [5, 7_000])
    assert pa.total_allocated_bytes() - before < 1_000_000
