"""An export pushed to a hub on this machine: whole or not at all, and only where it passed."""

import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.hub import FakeHub, Trouble, hub_here
from tests.helpers.engine_jobs import run
from workbench.engine.hub import push_data, watched
from workbench.engine.runtime import offline
from workbench.jobs.process.job_dir import JobDir, write_json
from workbench.models.exports.certificate import Certificate

NAME = "ann/letters-model"
TOKEN = "hf_that_may_write_1234"
FILES = {
    "adapter_model.safetensors": b"w" * 5000,
    "adapter_config.json": b"{}",
    "README.md": b"# Card",
}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    monkeypatch.setattr(watched, "LOOK_S", 0.02)
    monkeypatch.setattr(offline, "BARRED_BY_USER", False)
    with hub_here(monkeypatch) as hub:
        hub.tokens[TOKEN] = "ann"
        monkeypatch.setattr(push_data, "handed_over", lambda: TOKEN)
        yield hub
        hub.gate.set()
        for thread in threading.enumerate():  # what was left alone goes on until it has ended
            if thread.name == watched.THREAD:
                thread.join(20)


def archive(folder: Path, *, passed: bool = True) -> Path:
    """An export as it is kept."""
    told = Certificate(
        run_id=1, model="Letters", passed=passed, verdict="It does not answer alike."
    )
    path = folder / "letters-adapter.zip"
    with zipfile.ZipFile(path, "w") as out:
        for name, content in FILES.items():
            out.writestr(f"letters-adapter/{name}", content)
        out.writestr("letters-adapter/certificate.json", json.dumps(told.as_dict()))
    return path


def push_job(folder: Path, archive: Path, **values: object) -> JobDir:
    job = JobDir(folder / "push")
    job.path.mkdir()
    spec = {"kind": "push-model", "job_id": 3, "attempt": 1, "archive": str(archive),
            "hub_id": NAME, **values}  # fmt: skip
    write_json(job.spec, spec)
    return job


def test_all_files_come_in_one_private_commit(hub: FakeHub, tmp_path: Path) -> None:
    result = run(push_job(tmp_path, archive(tmp_path)))
    assert result["status"] == "succeeded", result["reason"]
    assert result["url"] == f"{hub.address}/{NAME}"
    held = hub.models[NAME]
    assert set(held) - {".gitattributes"} == {*FILES, "certificate.json"}
    assert held["adapter_model.safetensors"] == FILES["adapter_model.safetensors"]
    assert NAME in hub.pushes.private
    assert len(hub.pushes.commits) == 1
    assert not hub.files


def test_public_is_only_what_was_said_to_be(hub: FakeHub, tmp_path: Path) -> None:
    assert run(push_job(tmp_path, archive(tmp_path), is_public=True))["status"] == "succeeded"
    assert NAME not in hub.pushes.private


def test_one_that_did_not_pass_is_not_sent(hub: FakeHub, tmp_path: Path) -> None:
    result = run(push_job(tmp_path, archive(tmp_path, passed=False)))
    assert result["status"] == "failed"
    assert "It does not answer alike." in result["reason"]
    assert not hub.models
    assert not hub.pushes.commits


def test_a_refusal_leaves_nothing_and_says_so(hub: FakeHub, tmp_path: Path) -> None:
    hub.troubles.append(Trouble(ending="/commit/main", status=403, times=9))
    result = run(push_job(tmp_path, archive(tmp_path)))
    assert result["status"] == "failed"
    assert result["reason"].endswith("Nothing of it is on the hub.")
    assert NAME not in hub.models
    assert not (tmp_path / "push" / "push").exists()


def test_an_export_that_is_gone_is_said(hub: FakeHub, tmp_path: Path) -> None:
    result = run(push_job(tmp_path, tmp_path / "gone.zip"))
    assert result["status"] == "failed"
    assert "make it again" in result["reason"]
