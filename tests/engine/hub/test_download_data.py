"""Fetching a data set from a hub on this machine."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants

from tests.fakes.hub import REVISION, FakeHub, hub_here
from tests.helpers.engine_jobs import events, run
from workbench.engine.hub import watched
from workbench.engine.hub.download_data import FETCHED
from workbench.engine.runtime import offline
from workbench.jobs.process.job_dir import JobDir, write_json

NAME = "harbour/letters"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
        monkeypatch.setattr(offline, "BARRED_BY_USER", False)
        monkeypatch.setattr(watched, "LOOK_S", 0.01)
        hub.files[NAME] = {
            "data/train-0.csv": b"text\nAhoy\n", "data/test-0.csv": b"text\nLand\n",
            "script.py": b"raise SystemExit", "odd[1].csv": b"text\nOdd\n",
        }  # fmt: skip
        yield hub


def job_for(tmp_path: Path, *names: str, **values: Any) -> JobDir:
    job = JobDir(tmp_path / "job")
    job.path.mkdir()
    spec = {
        "hub_id": NAME,
        "revision": REVISION,
        "files": names,
        "size_bytes": 20,
        "name": "letters",
    }
    write_json(job.spec, {"kind": "fetch", "job_id": 1, "attempt": 1, **spec, **values})
    return job


def test_one_file_arrives_as_it_is(tmp_path: Path, hub: FakeHub) -> None:
    job = job_for(tmp_path, "data/train-0.csv")
    result = run(job)
    assert (result["status"], result["name"]) == ("succeeded", "letters")
    assert (job.path / FETCHED).read_bytes() == b"text\nAhoy\n"
    assert not (job.path / "part").exists()
    assert [event["total_steps"] for event in events(job, "progress")][-1] == 1000
    assert not [asked for asked in hub.asked if "script.py" in asked]
    assert hub.sent == 0
    assert constants.HF_HUB_OFFLINE


def test_several_become_one_zip(tmp_path: Path, hub: FakeHub) -> None:
    job = job_for(tmp_path, "data/train-0.csv", "data/test-0.csv", "odd[1].csv")
    assert run(job)["status"] == "succeeded"
    with zipfile.ZipFile(job.path / FETCHED) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert held == {
        "data-train-0.csv": b"text\nAhoy\n",
        "data-test-0.csv": b"text\nLand\n",
        "odd[1].csv": b"text\nOdd\n",
    }


def test_a_file_that_is_gone_and_a_set_that_is_gone_are_sentences(
    tmp_path: Path, hub: FakeHub
) -> None:
    reason = run(job_for(tmp_path, "data/train-0.csv", "data/other.csv"))["reason"]
    assert "A file of harbour/letters is not on the hub any more" in reason
    hub.files.clear()
    (tmp_path / "again").mkdir()
    reason = run(job_for(tmp_path / "again", "data/train-0.csv"))["reason"]
    assert "There is no data set 'harbour/letters' on the hub" in reason


def test_a_user_who_barred_the_hub_is_obeyed(
    tmp_path: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "BARRED_BY_USER", True)
    assert "cannot be reached" in run(job_for(tmp_path, "data/train-0.csv"))["reason"]
    assert not hub.asked


def test_a_download_can_be_stopped(
    tmp_path: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.jobs.process.stop import Stop

    monkeypatch.setattr(Stop, "is_cancelled", property(lambda _: bool(hub.asked)))
    job = job_for(tmp_path, "data/train-0.csv")
    assert run(job)["status"] == "cancelled"
    assert not (job.path / FETCHED).exists()
