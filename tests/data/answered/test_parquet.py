"""Answers in a Parquet file: new columns, and metadata, types and row groups as they were."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core.errors import WorkbenchError
from workbench.data.answered.columns import AnswerColumn
from workbench.data.answered.write import write_answers
from workbench.data.readers import ReadOptions, read_table


def test_new_columns_stand_behind_the_others(tmp_path: Path) -> None:
    path, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    hub = {"info": {"features": {"text": {"dtype": "string", "_type": "Value"}}}}
    data = pa.table(
        {"text": [f"t {n}" for n in range(25)], "kind": pa.array(["a"] * 25).dictionary_encode()}
    ).replace_schema_metadata({"huggingface": json.dumps(hub), "mine": "kept"})
    pq.write_table(data, path, row_group_size=10, compression="zstd")
    columns = [
        AnswerColumn("Text", {n: f"a {n}" for n in range(1, 26, 2)}),
        AnswerColumn("sure", {1: 0.5, 2: 1}),
        AnswerColumn("check", {1: True}),
        AnswerColumn("mixed", {1: True, 2: "x"}),
    ]
    table = read_table(path)
    written = write_answers(path, out, kind=table.kind, options=table.options, columns=columns)
    assert written.titles == ("Text (2)", "sure", "check", "mixed")
    assert written.rows == 14
    with pq.ParquetFile(out) as file:
        new, about = file.read(), file.metadata
    assert new.select(["text", "kind"]).equals(data)
    assert [new.schema.field(t).type for t in written.titles] == [
        pa.string(),
        pa.float64(),
        pa.bool_(),
        pa.string(),
    ]
    assert new["mixed"].to_pylist()[:3] == ["True", "x", None]
    assert [about.row_group(g).num_rows for g in range(about.num_row_groups)] == [10, 10, 5]
    assert about.row_group(0).column(0).compression == "ZSTD"
    kept = new.schema.metadata
    assert kept[b"mine"] == b"kept"
    features = json.loads(kept[b"huggingface"])["info"]["features"]
    assert features["sure"] == {"dtype": "float64", "_type": "Value"}
    again = read_table(out)
    assert again.cells("Text (2)") == [columns[0].values.get(n) for n in range(1, 26)]


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    path.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(WorkbenchError, match="damaged Parquet"):
        write_answers(
            path,
            tmp_path / "out.parquet",
            kind="parquet",
            options=ReadOptions(),
            columns=[AnswerColumn("a", {1: "x"})],
        )
