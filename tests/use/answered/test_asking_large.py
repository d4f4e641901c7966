"""A file that is too large to be read at once: read by a job, its questions made by another."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from storage import files
from storage.database import Store
from storage.tables import Job
from tests.helpers.conversion_jobs import worked_off
from tests.helpers.exams import add_trained
from workbench.data import datasets
from workbench.data.examples.plan import Source
from workbench.data.files import large
from workbench.data.files.large import NotReady
from workbench.data.readers import ReadOptions
from workbench.system import drafts
from workbench.use.answered import asking
from workbench.use.answered.asking import Order


@pytest.fixture(autouse=True)
def _all_files_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "is_large", lambda source: True)


def test_a_large_file_is_asked_from_the_table_that_a_job_made(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    path = tmp_path / "mails.csv"
    path.write_text("number,wording\n" + "".join(f"{i},Where is parcel {i}?\n" for i in range(50)))
    with path.open("rb") as stream:
        source = datasets.keep(stream, "mails.csv")
    order = Order(trained.project_id, trained.run_id, source, columns={"text": "wording"})
    with pytest.raises(NotReady):
        asking.table(store, order)
    reading = large.read(store, trained.project_id, source, asking.options_of(store, order))
    worked_off(store, reading.id)
    assert asking.table(store, order).rows == 50
    assert asking.guess_columns(store, trained.run_id, asking.table(store, order)) == {
        "text": "wording"
    }
    job_id = asking.start(store, order)
    large.forget(store, trained.project_id, [])
    with store.read() as session:
        spec = session.get_one(Job, job_id).spec
    assert spec["asks"] == {"text": "wording"}
    kept = pq.read_table(spec["data"])
    assert kept.num_rows == 50, "the table outlives what was read for the page"
    assert Path(spec["data"]).is_relative_to(files.home() / "objects")


def test_what_another_draft_of_the_project_needs_is_not_thrown_away(
    store: Store, tmp_path: Path
) -> None:
    trained = add_trained(store, tmp_path)
    (tmp_path / "a.csv").write_text("email\nx\n")
    with (tmp_path / "a.csv").open("rb") as stream:
        source = datasets.keep(stream, "a.csv")
    reading = large.read(store, trained.project_id, source, ReadOptions())
    worked_off(store, reading.id)
    values = {"source": {"digest": source.digest, "name": source.name}}
    drafts.save_draft(store, trained.project_id, "answer-file", values)
    large.forget(store, trained.project_id, [])
    assert large.table(store, trained.project_id, source, ReadOptions()).rows == 1
    drafts.save_draft(store, trained.project_id, "answer-file", {})
    large.forget(store, trained.project_id, [Source("0" * 64, "other")])
    with pytest.raises(NotReady):
        large.table(store, trained.project_id, source, ReadOptions())
