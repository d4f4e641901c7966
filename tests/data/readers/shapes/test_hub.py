"""Rows of the hub, and the names of their categories."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.helpers import two_ways
from workbench.data.readers import read_table

KIND = {"names": ["cold", "warm"], "_type": "ClassLabel"}


def test_the_viewer_s_answer_is_a_table_with_categories_by_name(tmp_path: Path) -> None:
    rows = [
        {"row_idx": n, "row": {"text": f"day {n}", "label": label}, "truncated_cells": []}
        for n, label in enumerate([1, 0, -1, 7])
    ]
    answer = {
        "features": [{"feature_idx": 1, "name": "label", "type": KIND}],
        "rows": rows,
        "num_rows_total": 4,
        "partial": False,
    }
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(answer))
    table = two_ways.read(path)
    assert table.columns == ["text", "label"]
    assert table.cells("label") == ["warm", "cold", None, "7"]
    assert "'label' were turned into the names" in " ".join(table.notes)


@pytest.mark.parametrize("told", [True, False])
def test_parquet_of_the_hub_has_the_names_in_its_header(tmp_path: Path, told: bool) -> None:
    features = {"text": {"dtype": "string"}, "label": KIND}
    about = (
        {b"huggingface": json.dumps({"info": {"features": features}}).encode()} if told else None
    )
    table = pa.table({"text": ["a", "b"], "label": pa.array([1, 0])})
    pq.write_table(table.replace_schema_metadata(about), tmp_path / "a.parquet")
    read = two_ways.read(tmp_path / "a.parquet")
    assert read.cells("label") == (["warm", "cold"] if told else ["1", "0"])


def test_a_header_that_is_no_json_is_passed_over(tmp_path: Path) -> None:
    table = pa.table({"label": pa.array([1, 0])}).replace_schema_metadata({b"huggingface": b"{"})
    pq.write_table(table, tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").cells("label") == ["1", "0"]
