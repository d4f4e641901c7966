"""What plays no role is told with how many rows have it."""

import dataclasses
from pathlib import Path

import pyarrow as pa

from tests.data.columns.test_mapping import made
from workbench.data.examples.plan import Plan
from workbench.data.examples.prepare import prepare
from workbench.data.examples.unused import sentence, unused
from workbench.data.readers.kinds import CSV
from workbench.data.readers.table import ReadOptions
from workbench.data.readers.table_file import TableWriter, facts_of, read_whole
from workbench.jobs.process.job_dir import write_json

ROLES = {"text": "t", "label": "c"}


def test_columns_without_a_role_are_counted_and_empty_ones_are_nothing() -> None:
    table = made(t=["a", "b"], c=["x", "y"], note=["n", None], void=[None, None])
    assert unused(table, ROLES) == {"columns": {"note": 1}, "parts": {}}


def test_what_a_template_or_the_exam_uses_is_used() -> None:
    table = made(t=["a", "b"], c=["x", "y"], extra=["n", "m"], day=["1", "2"])
    roles = {"text": "{t}: {extra}", "label": "c"}
    assert unused(table, roles, {"day"})["columns"] == {}


def test_an_object_is_told_by_its_parts() -> None:
    columns = {"a": ['{"b": "x", "c": "y"}', None], "a.b": ["x", None], "a.c": ["y", None]}
    table = made(t=["a", "b"], c=["x", "y"], **columns)
    assert unused(table, ROLES)["columns"] == {"a.b": 1, "a.c": 1}
    assert unused(table, {"text": "a.b", "label": "c"})["columns"] == {"t": 2, "a.c": 1}
    assert unused(table, {"text": "a", "label": "c"})["columns"] == {"t": 2}


def test_what_a_reader_passed_over_is_told_too() -> None:
    table = dataclasses.replace(made(t=["a", "b"], c=["x", "y"]), unused={"turns.weight": 2})
    assert unused(table, ROLES)["parts"] == {"turns.weight": 2}


def test_the_sentence_names_some_and_counts_the_others() -> None:
    assert sentence({"columns": {"id": 120}, "parts": {"weight": 1}}) == (
        "Not used: 'id' (120 rows), 'weight' (1 row)."
    )
    many = {f"c{number}": 3 for number in range(9)}
    assert sentence({"columns": many, "parts": {}}).endswith("'c5' (3 rows) and 3 more.")
    assert sentence({"columns": {}, "parts": {}}) == sentence({}) == ""


def test_columns_of_a_large_table_that_are_not_read_are_counted_all_the_same(
    tmp_path: Path,
) -> None:
    names = ["t", "c", "note"]
    writer = TableWriter(tmp_path / "table.parquet")
    writer.begin(names)
    for texts in (["a", "b"], ["d", "e"]):
        cells = [pa.array(cell, pa.large_string()) for cell in (texts, ["x", "y"], ["n", None])]
        writer.add(pa.RecordBatch.from_arrays(cells, names=names), [1, 2])
        writer._flush()
    writer.close()
    about = dataclasses.replace(made(t=["a"]), kind=CSV, options=ReadOptions())
    write_json(tmp_path / "table.json", facts_of(about))

    assert unused(read_whole(tmp_path, ["t", "c"]), ROLES)["columns"] == {"note": 2}


def test_a_version_keeps_the_account_of_its_file() -> None:
    texts, labels = [f"question number {i}" for i in range(30)], ["a", "b", "c"] * 10
    table = made(t=[*texts, None], c=[*labels, "a"], id=[str(i) for i in range(31)])
    table = dataclasses.replace(table, left_out={"too many cells": (40, 41)})

    report = prepare(Plan("classification", ROLES), table).report

    assert report["unused"] == {"columns": {"id": 31}, "parts": {}}
    assert report["rows_read"] == 33
    left = {reason: about["count"] for reason, about in report["dropped"].items()}
    assert left == {"too many cells": 2, "empty 't'": 1}
