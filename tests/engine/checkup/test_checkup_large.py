"""The checkup of a version that came from a large file, with its table, again, and without it."""

import io
import os
import signal

import numpy as np
import pytest

from storage import files
from storage.database import Store
from tests.fakes.harness import drive
from tests.helpers.checkup_jobs import checked, prepared
from tests.helpers.conversion_jobs import worked_off
from tests.helpers.encoders import SENTENCES
from tests.jobs.process.test_shell import stopped_meanwhile
from workbench.data import changes, checkups, datasets, pending_edits, versions
from workbench.data.checkup import record
from workbench.data.checkup.record import Checkup
from workbench.data.examples.plan import Plan
from workbench.data.files import large as conversions
from workbench.data.files.large import Order
from workbench.data.pending_edits import Pending
from workbench.data.readers import ReadOptions
from workbench.data.versions import VersionInfo, get_version
from workbench.engine.checkup import convert_again, data_map
from workbench.engine.kinds import HANDLERS
from workbench.engine.runtime.quiet import quiet
from workbench.jobs import job as jobs
from workbench.jobs.job import JobView
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.process.job_dir import read_json
from workbench.jobs.process.shell import run
from workbench.jobs.worker import Worker
from workbench.models.bundled import READER, shipped_path
from workbench.projects import projects

CATEGORIES = ("Delivery", "Payment", "Account")
PLAN = Plan("classification", {"text": "text", "label": "category"})


@pytest.fixture(autouse=True)
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversions, "LARGE_BYTES", 1000)
    monkeypatch.setattr(data_map, "places", lambda found, seed: np.zeros((len(found), 2)))


@pytest.fixture
def version(store: Store) -> VersionInfo:
    """Mails of sixty customers, whose things alone tell the category; two have none."""
    lines = ['"where is my thing4",,C-1', '"thing9 is missing",,C-2']
    for customer in range(60):
        thing = f"thing{customer} item{customer * 7}"
        for sentence in SENTENCES[:4]:
            text = sentence.format(thing)
            lines.append(f'"{text}",{CATEGORIES[customer % 3]},C-{1000 + customer}')
    text = "\n".join(["text,category,customer", *lines]) + "\n"
    project_id = projects.create_project(store, "Mails")
    source = datasets.keep(io.BytesIO(text.encode()), "mails.csv")
    worked_off(store, conversions.read(store, project_id, source, ReadOptions()).id)
    order = Order(project_id, source, PLAN, "Mails", ReadOptions())
    worked_off(store, conversions.prepare(store, order).id)
    made = conversions.read_prepared(store, order)
    saved = datasets.save_prepared(store, project_id, "Mails", source, made)
    return get_version(store, saved.version_id)


def swept(store: Store, version: VersionInfo) -> None:
    """The table that the file was read into is thrown away, as when the page takes another one."""
    conversions.forget(store, version.project_id, [])


def split_of(checkup: Checkup) -> str:
    return next(finding.text for finding in checkup.findings if finding.kind == "split")


@pytest.mark.usefixtures("one_thread")
@pytest.mark.skipif(
    shipped_path(READER) is None,
    reason="the bundled models are not installed (make setup)",
)
def test_rows_are_offered_and_the_split_is_advised_as_for_a_small_file(
    store: Store, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = checked(store, version)
    large = checkups.read(store, job_id)
    unsorted = checkups.unlabelled_of(store, job_id)
    assert unsorted is not None
    assert sorted(unsorted["row_id"].to_pylist()) == [2, 3]
    assert {len(labels) for labels in unsorted["labels"].to_pylist()} == {3}
    assert (large.facts["notes"], large.facts["unsorted"]) == ([], 2)
    assert "A quick model answers" in split_of(large)
    assert "of one drawn by 'customer'." in split_of(large)

    monkeypatch.setattr(conversions, "LARGE_BYTES", 1 << 20)
    small = checked(store, version)
    assert checkups.read(store, small) == large
    again = checkups.unlabelled_of(store, small)
    assert again is not None
    assert again.equals(unsorted)


def test_a_table_that_was_swept_away_is_made_once_more(store: Store, version: VersionInfo) -> None:
    before = checkups.read(store, checked(store, version, encoder=None))
    swept(store, version)
    job_id = checked(store, version, encoder=None)
    assert checkups.read(store, job_id) == before
    assert checkups.read(store, job_id).facts["unsorted"] == 2
    assert not (files.job_folder(job_id) / "table").exists()


def test_unsorted_rows_that_were_sorted_by_hand_are_examples_of_the_next_version(
    store: Store, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "HERE_ROWS", 10)
    edits = Pending(labels={2: ("where is my thing4", "Payment"), 3: ("thing9 is gone", "Account")})
    pending_edits.keep(store, version, edits)
    job = pending_edits.save(store, version)
    assert isinstance(job, JobView)
    worker = Worker(store, LocalLauncher())
    drive(worker, lambda: jobs.get_job(store, job.id).is_over)
    made = changes.history(store, version)[0]
    assert (made.number, made.rows) == (2, version.rows + 2)
    assert versions.rows_by_id(made, [2, 3])["label"].to_pylist() == ["Payment", "Account"]
    assert pending_edits.pending(store, made).sentence() == ""
    assert checkups.read(store, checked(store, made, encoder=None)).facts["unsorted"] == 0


@pytest.mark.parametrize("place", ["run.run", "fair_split.finding", "record.write"])
def test_a_cancel_interrupts_any_part_of_the_work(
    store: Store, version: VersionInfo, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(f"workbench.engine.checkup.checkup.{place}", lambda *_: stopped_meanwhile())
    job_id, folder = prepared(store, version, encoder=None)
    assert run(folder.path, HANDLERS, quiet=quiet) == 0
    result = read_json(folder.result)
    assert result is not None
    assert result["status"] == "cancelled"
    assert not (files.job_folder(job_id) / record.SUMMARY).exists()


def test_a_cancel_ends_the_reading_of_a_file_once_more(
    store: Store, version: VersionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept(store, version)
    _, folder = prepared(store, version, encoder=None)
    monkeypatch.setattr(convert_again.time, "sleep", lambda _: os.kill(os.getpid(), signal.SIGTERM))
    assert run(folder.path, HANDLERS, quiet=quiet) == 0
    result = read_json(folder.result)
    assert result is not None
    assert result["status"] == "cancelled"
    assert not (folder.path / convert_again.FOLDER).exists()


def test_what_cannot_be_looked_at_is_said(store: Store, version: VersionInfo) -> None:
    swept(store, version)
    files.object_path(version.source_hash).unlink()
    checkup = checkups.read(store, checked(store, version, encoder=None))
    assert checkup.facts["notes"] == [
        "Rows without a category were not looked for, nor an exam that would be fairer: mails.csv "
        "is not on the disk any more."
    ]


def test_a_file_that_cannot_be_read_again_is_said_with_the_reason(
    store: Store, version: VersionInfo
) -> None:
    swept(store, version)
    files.object_path(version.source_hash).chmod(0o644)
    files.object_path(version.source_hash).write_bytes(b"\n" * 2000)
    checkup = checkups.read(store, checked(store, version, encoder=None))
    assert checkup.facts["notes"][0].startswith("Rows without a category were not looked for")
    assert "mails.csv" in checkup.facts["notes"][0].split(": ", 1)[1]
