"""Large files from the page's side: read by a job, checked by a job, saved like any other."""

import dataclasses
import io
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from storage import files
from storage.database import Store
from tests.helpers.conversion_jobs import gzipped, worked_off, zipped
from workbench.core.errors import WorkbenchError
from workbench.data import datasets
from workbench.data.examples.plan import Plan, Source
from workbench.data.files import large as conversions
from workbench.data.files.large import Order
from workbench.data.readers import ReadOptions
from workbench.data.splits.split_by import SplitBy
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.projects import projects

TABLE = "text,category\n" + "".join(f"message number {i},kind {i % 3}\n" for i in range(60))
ROLES = {"text": "text", "label": "category"}
PLAN = Plan("classification", ROLES)


@pytest.fixture(autouse=True)
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversions, "LARGE_BYTES", 1000)


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


@pytest.fixture
def source() -> Source:
    return datasets.keep(io.BytesIO(TABLE.encode()), "mails.csv")


def order(project_id: int, source: Source, plan: Plan = PLAN, **more: Any) -> Order:
    return Order(project_id, source, plan, "Mails", ReadOptions(), **more)


def test_large_and_packed_files_are_told_from_small_ones(tmp_path: Path) -> None:
    small = tmp_path / "small.csv"
    small.write_text("text,label\nx,a\n")
    sheet = zipped(tmp_path / "book.xlsx", {"xl/workbook.xml": b"<x/>"})
    large_sheet = zipped(tmp_path / "large.xlsx", {"xl/sheet1.xml": b" " * (65 << 20)})
    light = zipped(tmp_path / "light.zip", {"mails.csv": b"x", "more.csv": b"y"})
    table = zipped(tmp_path / "mails.zip", {"mails.csv": b"x" * (3 << 20)})
    large = tmp_path / "large.csv"
    large.write_text(TABLE)

    def is_large(path: Path) -> bool:
        return conversions.is_large(Source(files.put_file(path), path.name))

    conversions.LARGE_BYTES = 100_000  # the fixture puts it back
    assert [is_large(p) for p in (small, sheet, light)] == [False, False, False]
    assert [is_large(p) for p in (gzipped(small), large_sheet, table)] == [True, True, True]
    conversions.LARGE_BYTES = 1000
    assert is_large(large)
    assert not conversions.is_large(Source("f" * 64, "gone.csv"))


def test_a_file_is_read_once_for_the_same_way_of_reading(
    store: Store, project_id: int, source: Source
) -> None:
    first = conversions.read(store, project_id, source, ReadOptions())
    assert conversions.read(store, project_id, source, ReadOptions()).id == first.id
    worked_off(store, first.id)
    assert conversions.read(store, project_id, source, ReadOptions()).id == first.id

    other = conversions.read(store, project_id, source, ReadOptions(header_row=0))

    assert other.id != first.id
    assert conversions.reading_of(store, project_id, source, ReadOptions()) is None
    assert not (files.job_folder(first.id)).exists()


def test_what_was_stopped_or_failed_can_be_read_again(
    store: Store, project_id: int, source: Source
) -> None:
    first = conversions.read(store, project_id, source, ReadOptions())
    assert queue.cancel_job(store, first.id).status == "cancelled"
    with pytest.raises(conversions.NotReady):
        conversions.table(store, project_id, source, ReadOptions())

    second = conversions.read(store, project_id, source, ReadOptions())

    assert (second.status, second.id != first.id) == ("queued", True)


def test_what_was_lost_is_made_again(store: Store, project_id: int, source: Source) -> None:
    first = conversions.read(store, project_id, source, ReadOptions())
    worked_off(store, first.id)
    preparing = conversions.prepare(store, order(project_id, source))
    worked_off(store, preparing.id)
    for job in (first, preparing):
        shutil.rmtree(files.job_folder(job.id))

    assert conversions.preparation_of(store, order(project_id, source)) is None
    assert conversions.reading_of(store, project_id, source, ReadOptions()) is None
    assert conversions.read(store, project_id, source, ReadOptions()).status == "queued"


@pytest.mark.parametrize("which", ["table.parquet", "table.json"])
def test_what_was_torn_is_made_again(
    store: Store, project_id: int, source: Source, which: str
) -> None:
    first = conversions.read(store, project_id, source, ReadOptions())
    worked_off(store, first.id)
    (files.job_folder(first.id) / which).write_bytes(b"PAR1\xff")

    assert conversions.reading_of(store, project_id, source, ReadOptions()) is None
    assert conversions.read(store, project_id, source, ReadOptions()).id != first.id


def test_a_page_of_what_was_read_that_is_torn_is_a_sentence(
    store: Store, project_id: int, source: Source
) -> None:
    """Its end is whole, so that only whoever reads the rows can tell."""
    job = conversions.read(store, project_id, source, ReadOptions())
    worked_off(store, job.id)
    path = files.job_folder(job.id) / "table.parquet"
    content = bytearray(path.read_bytes())
    content[4:100] = bytes(96)
    path.write_bytes(content)

    with pytest.raises(WorkbenchError, match=f"damaged on the disk: delete {path}"):
        conversions.table(store, project_id, source, ReadOptions())


def test_a_file_that_is_gone_is_said(store: Store, project_id: int) -> None:
    with pytest.raises(WorkbenchError, match=r"gone.csv is not here any more"):
        conversions.read(store, project_id, Source("f" * 64, "gone.csv"), ReadOptions())


def test_the_examples_are_those_of_a_small_file(
    store: Store, project_id: int, source: Source, tmp_path: Path
) -> None:
    worked_off(store, conversions.read(store, project_id, source, ReadOptions()).id)
    table = conversions.table(store, project_id, source, ReadOptions())
    assert (table.rows, table.columns) == (60, ["text", "category"])
    worked_off(store, conversions.prepare(store, order(project_id, source)).id)
    prepared = conversions.read_prepared(store, order(project_id, source))

    saved = datasets.save_prepared(store, project_id, "Mails", source, prepared)

    path = tmp_path / "mails.csv"
    path.write_text(TABLE)
    usual = datasets.save_version(
        store,
        project_id=project_id,
        path=path,
        task="classification",
        mapping=ROLES,
        dataset_name="Usual",
    )
    assert (saved.rows, saved.splits, saved.report) == (60, usual.splits, usual.report)
    ours, theirs = (datasets.get_version(store, s.version_id) for s in (saved, usual))
    assert pq.read_table(ours.path).equals(pq.read_table(theirs.path))
    assert ours.mapping == theirs.mapping


def test_a_large_table_is_split_by_a_column_that_plays_no_role(
    store: Store, project_id: int
) -> None:
    lines = "".join(f"message {chr(97 + i % 26)}{i},kind {i % 3},C{i % 20}\n" for i in range(80))
    source = datasets.keep(io.BytesIO(f"text,category,client\n{lines}".encode()), "mails.csv")
    worked_off(store, conversions.read(store, project_id, source, ReadOptions()).id)
    mine = order(project_id, source, dataclasses.replace(PLAN, split_by=SplitBy("group", "client")))

    worked_off(store, conversions.prepare(store, mine).id)

    prepared = conversions.read_prepared(store, mine)
    assert prepared.report["split"]["groups"] == 20
    assert prepared.report["split"]["on_both_sides"] == 0
    assert prepared.plan.split_by == SplitBy("group", "client")


def test_a_later_version_keeps_the_exam_of_the_earlier(
    store: Store, project_id: int, source: Source
) -> None:
    path = files.folder("tmp") / "first.csv"
    path.write_text(TABLE.replace("kind 0", "kind 1"))
    first = datasets.save_version(
        store,
        project_id=project_id,
        path=path,
        task="classification",
        mapping=ROLES,
        dataset_name="Mails",
    )
    exam = _questions(store, first.version_id)
    worked_off(store, conversions.read(store, project_id, source, ReadOptions()).id)
    worked_off(store, conversions.prepare(store, order(project_id, source)).id)

    prepared = conversions.read_prepared(store, order(project_id, source))
    saved = datasets.save_prepared(store, project_id, "Mails", source, prepared)

    assert exam <= _questions(store, saved.version_id)
    mine = order(project_id, source, saved_id=saved.version_id)
    assert conversions.read_prepared(store, mine).file is not None
    with pytest.raises(conversions.NotReady):
        conversions.read_prepared(store, order(project_id, source))


def _questions(store: Store, version_id: int) -> set[str]:
    data = pq.read_table(datasets.get_version(store, version_id).path).to_pylist()
    return {row["text"] for row in data if row["split"] == "test"}


def test_too_little_to_learn_from_is_said_as_for_a_small_file(
    store: Store, project_id: int
) -> None:
    text = "text,category\n" + "same,a\n" * 300
    source = datasets.keep(io.BytesIO(text.encode()), "same.csv")
    worked_off(store, conversions.read(store, project_id, source, ReadOptions()).id)

    result = worked_off(store, conversions.prepare(store, order(project_id, source)).id)

    assert "same.csv has 1 usable row" in result["reason"]


def test_an_exam_file_of_either_size_is_used(store: Store, project_id: int, source: Source) -> None:
    for rows in (9, 90):
        text = "text,category\n" + "".join(f"exam mail {i},kind {i % 3}\n" for i in range(rows))
        test = datasets.keep(io.BytesIO(text.encode()), "exam.csv")
        assert conversions.is_large(test) == (rows == 90)
        for each in (source, test):
            if conversions.is_large(each):
                worked_off(store, conversions.read(store, project_id, each, ReadOptions()).id)
        mine = order(project_id, source, Plan("classification", ROLES, test=test))

        worked_off(store, conversions.prepare(store, mine).id)

        assert conversions.read_prepared(store, mine).splits["test"] == rows


def test_what_was_made_for_a_file_goes_with_it(
    store: Store, project_id: int, source: Source
) -> None:
    reading = conversions.read(store, project_id, source, ReadOptions())
    worked_off(store, reading.id)
    preparing = conversions.prepare(store, order(project_id, source))

    conversions.forget(store, project_id, [source])
    assert jobs.get_job(store, preparing.id).status == "queued"
    datasets.discard(store, [source])
    assert files.object_path(source.digest).exists()

    conversions.forget(store, project_id, [])

    assert jobs.get_job(store, preparing.id).status == "cancelled"
    assert not (files.job_folder(reading.id)).exists()
    os.utime(files.object_path(source.digest), (1, 1))
    datasets.discard(store, [source])
    assert not files.object_path(source.digest).exists()
