"""Files of a watched folder: asked once each, answered beside, or told why not."""

from pathlib import Path

import openpyxl
import pytest

from storage import files
from storage.database import Store
from storage.tables import Job, Release, WatchedFile
from tests.helpers.answered import workbook
from tests.helpers.conversion_jobs import worked_off
from tests.helpers.exams import Trained, add_trained, answer_queued
from workbench.core.errors import WorkbenchError
from workbench.jobs.process.specs import PredictSpec, WriteAnswersSpec
from workbench.use.watched import folder as folders
from workbench.use.watched import watch
from workbench.use.watched.seeing import Seeing
from workbench.use.watched.watch import WatchInfo


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was seen twice is whole."""
    monkeypatch.setattr(folders, "QUIET_S", 0.0)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    path = tmp_path / "inbox"
    path.mkdir()
    return path


@pytest.fixture
def trained(store: Store, tmp_path: Path, inbox: Path) -> Trained:
    trained = add_trained(store, tmp_path)
    watch.switch_on(store, trained.project_id, str(inbox), trained.run_id, sheet="Mails")
    return trained


def jobs(store: Store, kind: str) -> list[Job]:
    with store.read() as session:
        return session.query(Job).filter(Job.kind == kind).all()


def look(store: Store, times: int = 2) -> None:
    seeing = Seeing(store)
    for _ in range(times):
        assert seeing.look()


def answer(store: Store, folder: Path) -> None:
    """Do what a look has queued, until nothing waits."""
    answer_queued(store, folder, output="Refund")
    look(store)
    for job in jobs(store, WriteAnswersSpec.kind):
        if job.status == "queued":
            worked_off(store, job.id)
    look(store)


def watched(store: Store, trained: Trained) -> WatchInfo:
    found = watch.watch_of(store, trained.project_id)
    assert found is not None
    return found


def test_what_arrives_is_answered_beside_itself_once(
    store: Store, trained: Trained, inbox: Path, tmp_path: Path
) -> None:
    (inbox / "mails.xlsx").write_bytes(workbook())
    before = (inbox / "mails.xlsx").read_bytes()
    look(store)
    look(store)
    assert len(jobs(store, PredictSpec.kind)) == 1
    answer(store, tmp_path)
    (file,) = watched(store, trained).files
    assert (file.state, file.out) == ("done", "mails answered.xlsx")
    book = openpyxl.load_workbook(inbox / "mails answered.xlsx")
    assert book["Mails"]["C2"].value == "Refund"
    assert (inbox / "mails.xlsx").read_bytes() == before
    (inbox / "the same again.xlsx").write_bytes(before)
    look(store, 3)
    assert len(jobs(store, PredictSpec.kind)) == 1, "nor is what came out answered"
    assert sorted(path.name for path in inbox.iterdir()) == [
        "mails answered.xlsx",
        "mails.xlsx",
        "the same again.xlsx",
    ]


def test_a_look_that_was_broken_off_is_taken_up(
    store: Store, trained: Trained, inbox: Path, tmp_path: Path
) -> None:
    """Killed after each of its steps, one after the other."""
    (inbox / "mails.csv").write_text("email\nMoney back\n")
    look(store)
    with store.write() as session:  # after the job was queued, before that was noted
        session.query(WatchedFile).update({"state": "arrived", "job_id": None})
    look(store)
    assert len(jobs(store, PredictSpec.kind)) == 1
    answer(store, tmp_path)
    with store.write() as session:  # after the answers were put there, before that was noted
        session.query(WatchedFile).update({"state": "answering", "out": ""})
    look(store)
    assert [file.out for file in watched(store, trained).files] == ["mails answered.csv"]
    assert sorted(path.name for path in inbox.iterdir()) == ["mails answered.csv", "mails.csv"]


def test_what_cannot_be_answered_is_told_beside_and_on_the_page(
    store: Store, trained: Trained, inbox: Path, tmp_path: Path
) -> None:
    (inbox / "torn.xlsx").write_bytes(workbook()[:500])
    (inbox / "other.csv").write_text("code\nXK-7\n" * 5)
    (inbox / "mails.csv").write_text("email\nMoney back\n")
    look(store)
    told = {file.name: file for file in watched(store, trained).files}
    assert told["torn.xlsx"].state == told["other.csv"].state == "failed"
    assert "No column of other.csv looks like" in told["other.csv"].reason
    note = inbox / "other.csv could not be answered.txt"
    assert note.read_text().strip() == told["other.csv"].reason
    assert told["mails.csv"].state == "answering", "one file does no harm to another"
    answer_queued(store, tmp_path, "failed")
    look(store)
    told = {file.name: file for file in watched(store, trained).files}
    assert "The disk is full" in told["mails.csv"].reason
    watch.try_again(store, trained.project_id, told["mails.csv"].id)
    look(store)
    assert len(jobs(store, PredictSpec.kind)) == 2


def test_without_a_model_nobody_answers(store: Store, trained: Trained, inbox: Path) -> None:
    watch.switch_on(store, trained.project_id, str(inbox), None)
    (inbox / "mails.csv").write_text("email\nMoney back\n")
    look(store)
    (file,) = watched(store, trained).files
    assert "No model of this project is live" in file.reason


def test_what_is_live_answers_be_it_something_in_a_models_place(
    store: Store, trained: Trained, inbox: Path
) -> None:
    watch.switch_on(store, trained.project_id, str(inbox), None)
    with store.write() as session:
        about = {"approver": "Ann", "gate": {}, "about": {"rung": "baseline"}}
        session.add(Release(project_id=trained.project_id, run_id=trained.run_id, **about))
    (inbox / "mails.csv").write_text("email\nMoney back\n")
    look(store)
    (job,) = jobs(store, PredictSpec.kind)
    assert job.spec["rung"] == "baseline"


def test_a_folder_that_is_gone_is_told_and_comes_back(
    store: Store, trained: Trained, inbox: Path
) -> None:
    inbox.rename(inbox.with_name("away"))
    look(store)
    assert "cannot be looked into" in watched(store, trained).trouble
    inbox.with_name("away").rename(inbox)
    look(store)
    assert watched(store, trained).trouble == ""


def test_nothing_is_looked_at_once_it_is_switched_off(
    store: Store, trained: Trained, inbox: Path
) -> None:
    watch.switch_off(store, trained.project_id)
    (inbox / "mails.csv").write_text("email\nMoney back\n")
    assert not Seeing(store).look()
    assert not watched(store, trained).is_on


def test_only_a_folder_of_the_users_own_can_be_watched(store: Store, tmp_path: Path) -> None:
    for path, said in (
        ("", "whole path"),
        ("inbox", "whole path"),
        (str(tmp_path / "none"), "There is no folder"),
        (str(files.home()), "what the workbench itself keeps"),
        ("/", "what the workbench itself keeps"),
    ):
        with pytest.raises(WorkbenchError, match=said):
            watch.switch_on(store, 1, path)
