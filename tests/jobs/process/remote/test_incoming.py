"""From a machine that works to the one that waits: whatever is interrupted, nothing twice, nothing torn."""

from pathlib import Path

import pytest

from workbench.core.errors import WorkbenchError
from workbench.jobs.process.checkpoints import last_whole, seal
from workbench.jobs.process.job_dir import EventWriter, JobDir, read_events, write_json
from workbench.jobs.process.remote import layout
from workbench.jobs.process.remote.incoming import Incoming
from workbench.jobs.process.remote.layout import AttemptFiles
from workbench.jobs.process.remote.outgoing import Outgoing
from workbench.jobs.process.remote.stores import store_at


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("layout", "incoming", "outgoing"):
        monkeypatch.setattr(f"workbench.jobs.process.remote.{module}.PIECE", 64)


@pytest.fixture
def files(tmp_path: Path) -> AttemptFiles:
    (tmp_path / "shared").mkdir()
    url = f"file://{tmp_path / 'shared'}"
    return AttemptFiles(store_at(url), url, "home", 12, 3)


@pytest.fixture
def there(tmp_path: Path) -> JobDir:
    (tmp_path / "there").mkdir()
    return JobDir(tmp_path / "there")


@pytest.fixture
def here(tmp_path: Path) -> JobDir:
    """With what an earlier attempt left."""
    job = JobDir(tmp_path / "here")
    job.path.mkdir()
    job.log.write_text("— attempt 2\nbefore\n— attempt 3\n")
    events = EventWriter(job, 2)
    events.write("alive")
    events.close()
    return job


def checkpoint(job: JobDir, step: int) -> Path:
    folder = job.checkpoints / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(b"w" * step)
    return folder


def test_the_address_tells_another_machine_where_to_look(files: AttemptFiles) -> None:
    files.tell("order", {"some": "thing"})
    found = layout.at(files.address)
    assert (found.home, found.job_id, found.attempt) == ("home", 12, 3)
    assert found.told("order") == {"some": "thing"}


def test_events_and_log_grow_behind_those_of_earlier_attempts(
    files: AttemptFiles, there: JobDir, here: JobDir
) -> None:
    events, outgoing = EventWriter(there, 3), Outgoing(files, there)
    for number in range(9):
        events.write("log", message=f"sentence {number}")
        with there.log.open("a") as log:
            log.write(f"line {number} of the log\n")
        outgoing.send()
        Incoming(files, here).take({})  # each time by a worker that knows nothing but the files
    events.close()
    told, *_ = read_events(here, 1, 0)
    assert [event.get("message") for event in told] == [None, *(f"sentence {n}" for n in range(9))]
    assert here.log.read_text().startswith("— attempt 2\nbefore\n— attempt 3\nline 0 of the log\n")
    assert here.log.read_text().endswith("line 8 of the log\n")
    assert Incoming(files, here).take({}) == 0


def test_a_checkpoint_comes_once_it_is_whole_and_goes_with_the_one_there(
    files: AttemptFiles, there: JobDir, here: JobDir
) -> None:
    outgoing, incoming = Outgoing(files, there), Incoming(files, here)
    folder = checkpoint(there, 5)
    outgoing.send()
    incoming.take({})
    assert not here.checkpoints.exists()
    seal(folder)
    outgoing.send()
    incoming.take({})
    assert last_whole(here.checkpoints) == here.checkpoints / "checkpoint-5"
    seal(checkpoint(there, 9))
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    outgoing.send()
    incoming.take({})
    assert [path.name for path in here.checkpoints.iterdir()] == ["checkpoint-9"]


def test_the_result_comes_last_and_names_the_files_here(
    files: AttemptFiles, there: JobDir, here: JobDir
) -> None:
    outgoing, incoming = Outgoing(files, there), Incoming(files, here)
    write_json(there.result, {"adapter": str(there.adapter), "attempt": 3})
    outgoing.send()
    incoming.take({str(there.path): str(here.path)})
    assert not here.result.exists()
    outgoing.send_all()
    incoming.take({str(there.path): str(here.path)})
    assert str(here.adapter) in here.result.read_text()


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside", "."])
def test_a_name_that_leads_out_of_the_folder_is_refused(
    files: AttemptFiles, here: JobDir, name: str
) -> None:
    files.store.write(f"{files.made}/aa/aa", b"content")
    files.tell("files", {name: ["aa", 7]})
    with pytest.raises(WorkbenchError, match="no name of a file"):
        Incoming(files, here).take({})


def test_a_file_that_is_not_what_its_digest_says_is_refused(
    files: AttemptFiles, here: JobDir
) -> None:
    files.store.write(f"{files.made}/aa/aabb", b"content")
    files.tell("files", {"adapter/weights": ["aabb", 7]})
    with pytest.raises(WorkbenchError, match="damaged"):
        Incoming(files, here).take({})
    assert not (here.adapter / "weights").exists()
