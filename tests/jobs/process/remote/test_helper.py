"""A machine that learns beside the one that leads: what it says, and when it leaves."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.harness import until
from tests.fakes.ray_cluster import CARRIER
from workbench.jobs.process.child import Child, start
from workbench.jobs.process.facts.versions import versions_here
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.remote.layout import AttemptFiles
from workbench.jobs.process.remote.order import Order, send
from workbench.jobs.process.remote.rank import VARIABLE, Rank
from workbench.jobs.process.remote.stores import store_at


@pytest.fixture
def files(tmp_path: Path) -> AttemptFiles:
    (tmp_path / "shared").mkdir()
    url = f"file://{tmp_path / 'shared'}"
    return AttemptFiles(store_at(url), url, "home", 12, 1)


def order(files: AttemptFiles, tmp_path: Path, *, versions: Any = None, **fake: Any) -> None:
    spec = {"kind": "train", "job_id": 12, "attempt": 1, "fake": fake}
    told = Order(spec, str(tmp_path / "job"), {}, {}, (), versions or versions_here())
    send(told, files)


@pytest.fixture
def helper(
    files: AttemptFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Child]]:
    """Started by `begin`; nothing of it stays."""
    monkeypatch.setenv("WORKBENCH_SCRATCH", str(tmp_path / "scratch"))
    monkeypatch.setenv(VARIABLE, Rank(1, 2, "head", 1).as_text)
    started: list[Child] = []
    yield started
    for child in started:
        if child.process.poll() is None:
            child.process.kill()
        child.process.wait()


def begin(helper: list[Child], files: AttemptFiles) -> subprocess.Popen[bytes]:
    helper.append(start([sys.executable, CARRIER, files.address], own_group=True))
    return helper[0].process


def job_at(tmp_path: Path) -> JobDir:
    return JobDir(tmp_path / "scratch" / "jobs" / "home-12-1-1" / "job")


def test_it_tells_nothing_but_why_it_cannot_take_part(
    files: AttemptFiles, tmp_path: Path, helper: list[Child]
) -> None:
    order(files, tmp_path, versions={**versions_here(), "python": "2.7"})
    process = begin(helper, files)
    until(lambda: files.told("refused"))
    refused = files.told("refused")
    assert "2.7" in refused["reason"]
    assert not refused["retryable"]
    files.tell("ended", {"exit_code": 1})
    assert process.wait(60) == 0
    told = {Path(key).name for key in files.store.sizes(files.folder)}
    assert told == {"order.json", "refused.json", "ended.json"}


def test_it_leaves_with_who_leads(files: AttemptFiles, tmp_path: Path, helper: list[Child]) -> None:
    order(files, tmp_path, wait_for="go")
    process = begin(helper, files)
    until(lambda: list(job_at(tmp_path).checkpoints.glob("*/manifest.json")))
    files.tell("ended", {"exit_code": 0})
    assert process.wait(60) == 0
    assert not job_at(tmp_path).path.exists()


def test_it_says_so_if_its_process_is_killed(
    files: AttemptFiles, tmp_path: Path, helper: list[Child]
) -> None:
    order(files, tmp_path, crash_at=2)
    assert begin(helper, files).wait(60) == 128 + 9
    assert {Path(key).name for key in files.store.sizes(files.folder)} == {"order.json"}


def test_it_leaves_with_the_process_that_started_it(
    files: AttemptFiles, tmp_path: Path, helper: list[Child]
) -> None:
    order(files, tmp_path, wait_for="go")
    process = begin(helper, files)
    until(lambda: list(job_at(tmp_path).checkpoints.glob("*/manifest.json")))
    helper[0].let_go()
    assert process.wait(60) == 4
    assert not job_at(tmp_path).path.exists()
