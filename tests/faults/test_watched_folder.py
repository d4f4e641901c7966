"""A watched folder whose processes are killed: each file is answered once, and beside itself."""

from pathlib import Path

import psutil
import pytest

from storage import files
from storage.database import Store
from storage.tables import Job
from tests.fakes.harness import until
from tests.faults.real import PATIENCE_S, Machine
from tests.helpers.exams import Trained
from tests.helpers.tiny_sorter import add_sorter
from workbench.jobs.process.specs import PredictSpec
from workbench.use.watched import watch


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    return add_sorter(store, tmp_path)


def watchers() -> list[psutil.Process]:
    """The processes of this home that watch folders."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = process.environ().get("WORKBENCH_HOME") == str(files.home())
            if mine and process.cmdline()[-1:] == ["workbench.use.watched"]:
                found.append(process)
        except psutil.Error:
            continue
    return found


def answered(store: Store, trained: Trained, count: int) -> bool:
    found = watch.watch_of(store, trained.project_id)
    return found is not None and [one.state for one in found.files] == ["done"] * count


@pytest.mark.release
def test_each_file_is_answered_once_though_worker_and_watcher_are_killed(
    computer: Machine, store: Store, trained: Trained, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    computer.start_worker()
    watch.switch_on(store, trained.project_id, str(inbox), trained.run_id)
    (inbox / "one.csv").write_text("message\nwhere is my parcel\n")
    until(watchers, PATIENCE_S)
    assert len(watchers()) == 1
    until(lambda: watch.watch_of(store, trained.project_id).files, PATIENCE_S)  # type: ignore[union-attr]
    computer.kill_worker()
    until(lambda: not watchers(), PATIENCE_S)
    (inbox / "two.csv").write_text("message\nmy invoice never came\n")
    computer.start_worker()
    until(watchers, PATIENCE_S)
    for process in watchers():
        process.kill()
    until(lambda: answered(store, trained, 2), PATIENCE_S)
    assert sorted(path.name for path in inbox.iterdir()) == [
        "one answered.csv",
        "one.csv",
        "two answered.csv",
        "two.csv",
    ]
    assert (inbox / "one answered.csv").read_text().startswith("message,about (answer)")
    with store.read() as session:
        assert session.query(Job).filter(Job.kind == PredictSpec.kind).count() == 2
    watch.switch_off(store, trained.project_id)
    until(lambda: not watchers(), PATIENCE_S)
