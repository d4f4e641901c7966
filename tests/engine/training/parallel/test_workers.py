"""How machines are asked for and ended; `scripts/ray/recovery.py together` does it with Ray itself."""

import os
from pathlib import Path
from typing import Any

import pytest

from workbench.engine.training.parallel import workers
from workbench.jobs.process.child import Child
from workbench.jobs.process.remote.layout import AttemptFiles
from workbench.jobs.process.remote.rank import VARIABLE
from workbench.jobs.process.remote.stores import store_at

TOLD = {"address": "file:///shared/home/jobs/12/attempts/1", "checks_cards": False}


@pytest.fixture
def files(tmp_path: Path) -> AttemptFiles:
    url = f"file://{tmp_path}"
    return AttemptFiles(store_at(url), url, "home", 12, 1)


class Process:
    def __init__(self, code: int) -> None:
        self._code = code

    def wait(self) -> int:
        return self._code


@pytest.fixture
def of_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Ray Train says to each of its workers."""
    for name, value in (
        ("RANK", "1"), ("WORLD_SIZE", "2"), ("LOCAL_RANK", "0"), ("MASTER_ADDR", "10.0.0.5"),
        ("MASTER_PORT", "29500"), ("ACCELERATE_TORCH_DEVICE", "cpu"), (VARIABLE, ""),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)


def started(monkeypatch: pytest.MonkeyPatch, code: int) -> list[dict[str, str]]:
    """The environment of each process that is started, which ends with this code."""
    found: list[dict[str, str]] = []

    def start(command: list[str], **_: Any) -> Child:
        assert command[1:] == ["-m", "workbench.engine", TOLD["address"]]
        found.append(dict(os.environ))
        return Child(Process(code), os.open(os.devnull, os.O_RDONLY))  # type: ignore[arg-type]

    monkeypatch.setattr(workers, "start", start)
    return found


@pytest.mark.usefixtures("of_ray")
def test_a_worker_starts_a_process_that_shares_out_nothing_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = started(monkeypatch, 0)
    workers._work(TOLD)
    assert found[0][VARIABLE] == "1 2 10.0.0.5 29500"
    assert not {"RANK", "WORLD_SIZE", "LOCAL_RANK", "ACCELERATE_TORCH_DEVICE"} & found[0].keys()


@pytest.mark.usefixtures("of_ray")
@pytest.mark.parametrize(
    ("number", "code", "ends"), [("1", 137, True), ("0", -9, True), ("0", 137, False)]
)
def test_a_lost_process_ends_the_others_unless_who_leads_has_told_its_end(
    monkeypatch: pytest.MonkeyPatch, number: str, code: int, *, ends: bool
) -> None:
    monkeypatch.setenv("RANK", number)
    started(monkeypatch, code)
    if not ends:
        workers._work(TOLD)
        return
    with pytest.raises(RuntimeError, match=f"machine {number} ended with code {code}"):
        workers._work(TOLD)


def test_an_attempt_that_could_not_say_its_end_was_lost(files: AttemptFiles) -> None:
    driver = workers._Driver(files, 2, 1.0, 0.0)
    driver.tell_end()
    assert files.told("ended") == {"exit_code": None, "lost": True}
    files.tell("ended", {"exit_code": 0})
    driver.tell_end()
    assert files.told("ended") == {"exit_code": 0}


def test_what_ray_train_keeps_goes_with_the_attempt(files: AttemptFiles) -> None:
    where = workers._storage(files)["storage_path"]
    assert where == str(Path(files.url.removeprefix("file://")) / files.folder / "train")


def test_who_ends_the_job_in_ray_cancels_it(files: AttemptFiles) -> None:
    driver = workers._Driver(files, 2, 1.0, 0.0)
    files.tell("begun", {})
    driver.told_to_end(15, None)
    assert files.told("told") == {"what": "cancel"}
    files.tell("told", {"what": "pause"})
    driver.told_to_end(15, None)
    assert files.told("told") == {"what": "pause"}
