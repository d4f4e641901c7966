"""The table that a version came from, in memory and on the disk: the same is seen in both."""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.helpers.conversion_jobs import converted
from workbench.core.progress import silent
from workbench.core.tasks import TASKS
from workbench.data.checkup import table as source
from workbench.data.checkup.checks import fair_split
from workbench.data.checkup.rows import Rows, rows_of
from workbench.data.checkup.table import TableFindings
from workbench.data.examples import source_table
from workbench.data.examples.plan import Plan
from workbench.data.examples.prepare import prepare
from workbench.data.examples.source_table import SourceTable
from workbench.data.readers import read_table, table_file
from workbench.data.splits import sample, sample_file
from workbench.data.splits.split_by import SplitBy
from workbench.data.splits.turns import turns_in

TOPICS = ("parcel", "invoice", "password")
PLAN = Plan("classification", {"text": "text", "label": "category"})


def written(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n".join(["text,category,customer,when", *lines]) + "\n", "utf-8")
    return path


def mails(customers: int = 60) -> list[str]:
    """Four mails of each customer, who always writes about the same thing."""
    return [
        f"the {TOPICS[customer % 3]} thing{customer} item{customer * 7} of mine number{mail},"
        f"{TOPICS[customer % 3]},C-{1000 + customer},2024-{mail + 1:02}-{customer % 28 + 1:02}"
        for customer in range(customers)
        for mail in range(4)
    ]


def both(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[SourceTable]:
    """The table in memory, and in parts of fifty rows on the disk."""
    monkeypatch.setattr(table_file, "_PART_ROWS", 50)
    assert converted(path, folder)["status"] == "succeeded"
    return [source_table.of_file(path, path.name, {}), source_table.of_folder(folder)]


def rows_from(path: Path) -> Rows:
    return rows_of(TASKS[PLAN.task], prepare(PLAN, read_table(path)).data)


def seen(rows: Rows, table: SourceTable) -> TableFindings:
    return source.find_in_table(rows, table, PLAN.as_mapping(), silent)


def test_rows_without_a_category_are_found_in_tables_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = mails()
    lines[100:100] = ["where is it,,C-1,2024-01-01", " sort me too ,  ,,", ",,C-3,", "a,parcel,,"]
    lines.append("the last one,,,")
    path = written(tmp_path / "mails.csv", lines)
    rows = rows_from(path)
    for table in both(path, tmp_path / "job", monkeypatch):
        look = seen(rows, table)
        assert look.unlabelled.row_ids == [102, 103, len(lines) + 1]
        assert look.unlabelled.texts == ["where is it", "sort me too", "the last one"]
    monkeypatch.setattr(source, "MOST_UNLABELLED", 2)
    look = seen(rows, table)
    assert (len(look.unlabelled), look.unsorted) == (2, 3)


def test_a_fairer_exam_is_drawn_as_an_import_would_draw_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "mails.csv", mails())
    rows, as_it_is = rows_from(path), prepare(PLAN, read_table(path)).data
    fair = Plan(PLAN.task, PLAN.roles, split_by=SplitBy("group", "customer"))
    expected = prepare(fair, read_table(path))
    for table in both(path, tmp_path / "job", monkeypatch):
        found = seen(rows, table).split
        assert found is not None
        assert found.by == fair.split_by
        assert found.sides == expected.data["split"].to_pylist()
        assert found.report == expected.report["split"]
        assert found.turns == turns_in(expected.data.schema) != turns_in(as_it_is.schema)
        assert found.related > 0.9
    assert seen(rows, table) == seen(rows, both(path, tmp_path / "again", monkeypatch)[0])


def test_what_is_looked_at_of_a_large_table_is_the_same_in_memory_and_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sample, sample_file):
        monkeypatch.setattr(module, "LOOKED_AT", 30)
    path = written(tmp_path / "mails.csv", sorted(mails(), key=lambda line: line[-10:]))
    memory, disk = (table.sample() for table in both(path, tmp_path / "job", monkeypatch))
    assert (len(disk.first), len(disk.spread)) == (30, 30)
    assert (disk.first.to_pylist(), disk.spread.to_pylist()) == (
        memory.first.to_pylist(),
        memory.spread.to_pylist(),
    )
    assert memory.together is not None
    assert disk.together is not None
    together = disk.together("customer")
    assert together.to_pylist() == memory.together("customer").to_pylist()
    assert set(Counter(together["customer"].to_pylist()).values()) == {4}
    shutil.rmtree(tmp_path / "job" / "glimpse")
    again = sample_file.read(tmp_path / "job")
    assert again.together is not None
    assert again.together("customer").to_pylist() == together.to_pylist()


def test_a_sample_takes_all_rows_of_a_customer_or_none(tmp_path: Path) -> None:
    path = written(tmp_path / "mails.csv", mails())
    rows = rows_from(path)
    found = seen(rows, source_table.of_file(path, path.name, {})).split
    assert found is not None
    chosen = found.sample(101, 42)
    assert len(chosen) == 100
    assert {row - row % 4 + i for row in chosen for i in range(4)} == set(chosen)
    assert found.sample(240, 42) == list(range(240))
    told = fair_split.finding(rows, found, (0.9, 0.6), len(chosen)).text
    assert "answers 90.0 %" in told
    assert "60.0 % of one drawn by 'customer' (measured on 100 rows drawn)" in told
