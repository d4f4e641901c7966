"""Exams by customer or time, from a plan to a version and its report."""

import dataclasses
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage.database import Store
from tests.helpers.sides import by_group, word
from workbench.core.errors import WorkbenchError
from workbench.data import datasets
from workbench.data.examples.plan import Plan, plan_from
from workbench.data.examples.prepare import Prepared, prepare
from workbench.data.readers import Table
from workbench.data.splits.split_by import SplitBy, parse
from workbench.projects import projects

ROLES = {"text": "text", "label": "label"}


def _table(rows: int = 120, **columns: list[str | None]) -> Table:
    data: dict[str, Any] = {
        "text": [f"{word(i)} asks for {word(i * 7)}" for i in range(rows)],
        "label": [f"kind {i % 3}" for i in range(rows)],
        "Customer": [f"Customer {i % 24}" for i in range(rows)],
        "written": [f"{i % 28 + 1:02}.{i // 28 + 1:02}.2024" for i in range(rows)],
        **columns,
    }
    numbers = pa.array(range(2, rows + 2), pa.int64())
    return Table("mails.csv", pa.table(data), numbers, "csv")


def _prepared(by: SplitBy, table: Table | None = None, **more: Any) -> Prepared:
    return prepare(Plan("classification", ROLES, split_by=by, **more), table or _table())


def test_the_report_says_how_the_exam_was_drawn() -> None:
    by_customer = _prepared(SplitBy("group", "customer")).report["split"]
    assert by_customer["column"] == "Customer"
    assert by_customer["groups"] == 24
    assert by_customer["text"] == "by customer ('Customer'): 24 customers, none on both sides"
    by_value = _prepared(SplitBy("group", "x"), _table(x=[f"{i % 24}a" for i in range(120)]))
    assert by_value.report["split"]["text"].startswith("by 'x': 24 different values, none on")
    by_time = _prepared(SplitBy("time", "written")).report["split"]
    assert by_time["text"].startswith("by time ('written'): learned from until ")
    assert by_time["text"].endswith("on")
    assert by_time["spans"]["train"][1] < by_time["spans"]["test"][0]
    assert _prepared(SplitBy()).report["split"]["text"] == "at random"


def test_rows_that_cannot_be_used_do_not_shift_the_groups() -> None:
    table = _table(text=[None if i % 5 == 0 else f"{word(i)} asks" for i in range(120)])

    prepared = _prepared(SplitBy("group", "Customer"), table)

    splits = prepared.data.column("split").to_pylist()
    customers = [(number - 2) % 24 for number in prepared.data.column("row_id").to_pylist()]
    assert len(splits) == 96
    assert all(len(s) == 1 for s in by_group([str(c) for c in customers], splits).values())


@pytest.mark.parametrize(
    ("by", "columns", "sentence"),
    [
        (SplitBy("group", "client"), {}, "no column 'client'"),
        (SplitBy("group", "one"), {"one": ["Anna"] * 120}, "cannot be drawn by 'one'"),
        (SplitBy("time", "one"), {"one": ["2024-01-01"] * 120}, "has the same date there"),
        (SplitBy("time", "Customer"), {}, "No cell of 'Customer' .* can be read as a date"),
    ],
)
def test_a_column_that_does_not_split_is_refused(
    by: SplitBy, columns: dict[str, list[str | None]], sentence: str
) -> None:
    with pytest.raises(WorkbenchError, match=sentence):
        _prepared(by, _table(**columns))


def test_what_stands_for_no_customer_ties_nobody() -> None:
    table = _table(Customer=["unknown" if i % 2 else f"Customer {i % 24}" for i in range(120)])

    facts = _prepared(SplitBy("group", "Customer"), table).report["split"]

    assert (facts["groups"], facts["without"]) == (12, 60)


def test_an_old_plan_is_written_as_before_and_a_new_one_comes_back() -> None:
    old = Plan("classification", ROLES).as_mapping()
    assert not {"split_by", "near_duplicates"} & old.keys()
    assert plan_from("classification", old).split_by == SplitBy()
    new = Plan("classification", ROLES, split_by=SplitBy("time", "written"), near_duplicates=True)
    assert plan_from("classification", new.as_mapping()) == new


def test_versions_that_were_drawn_otherwise_say_nothing_of_the_sides(
    store: Store, tmp_path: Path
) -> None:
    project_id = projects.create_project(store, "Mails")
    path = tmp_path / "mails.csv"
    data = _table().data.to_pydict()
    lines = [",".join(row) for row in zip(*data.values(), strict=True)]
    path.write_text("\n".join([",".join(data), *lines]))

    def save(by: SplitBy) -> datasets.SavedVersion:
        return datasets.save_version(
            store, project_id=project_id, path=path, mapping=ROLES, split_by=by
        )

    at_random = save(SplitBy())
    by_customer = save(SplitBy("group", " customer "))

    assert by_customer.report["split"]["on_both_sides"] == 0
    assert not save(SplitBy("group", "Customer")).created
    plan = plan_from("classification", datasets.get_version(store, by_customer.version_id).mapping)
    assert plan.split_by == SplitBy("group", "Customer")
    for saved, by in ((at_random, SplitBy()), (by_customer, plan.split_by)):
        data = pq.read_table(datasets.get_version(store, saved.version_id).path)
        known = datasets.earlier_splits(
            store, project_id, "mails", dataclasses.replace(plan, split_by=by)
        )
        assert list(known.values()) == data["split"].to_pylist()


@pytest.mark.parametrize("text", ["", "group", "group:", "newest", "time: "])
def test_what_is_no_way_to_split_is_refused(text: str) -> None:
    with pytest.raises(WorkbenchError, match="group:COLUMN or time:COLUMN"):
        parse(text)
    assert parse("time:sent at") == SplitBy("time", "sent at")
