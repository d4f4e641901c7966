"""Fetching models from the hub; the hub is a folder here."""

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import torch
from huggingface_hub import constants
from huggingface_hub.errors import RepositoryNotFoundError
from safetensors.torch import save_file

from tests.helpers.encoders import make_encoder
from tests.helpers.engine_jobs import PEFT_WARNS, events
from tests.helpers.odd_forms import as_pickle
from tests.helpers.writers import make_writer
from workbench.engine.kinds import HANDLERS
from workbench.engine.models import download
from workbench.engine.runtime import offline
from workbench.engine.runtime.quiet import quiet
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.shell import run


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the hub holds under any name; `api` of the module answers from it."""
    folder = tmp_path / "hub"
    folder.mkdir()

    def model_info(self: Any, hub_id: str, **_: Any) -> Any:
        files = [
            SimpleNamespace(rfilename=path.name, size=path.stat().st_size)
            for path in folder.iterdir()
        ]
        return SimpleNamespace(sha="abc123", siblings=files)

    def snapshot_download(hub_id: str, *, local_dir: Path, **_: Any) -> str:
        return str(shutil.copytree(folder, local_dir, dirs_exist_ok=True))

    monkeypatch.setattr(download.HfApi, "model_info", model_info)
    monkeypatch.setattr(download, "snapshot_download", snapshot_download)
    monkeypatch.setattr(download, "LOOK_S", 0.01)
    return folder


def import_job(tmp_path: Path, **values: str) -> JobDir:
    job = JobDir(tmp_path / "job")
    job.path.mkdir()
    target = str(tmp_path / "models" / "tiny")
    spec = {"hub_id": "someone/tiny", "revision": None, "target": target}
    write_json(job.spec, {"kind": "import", "job_id": 1, "attempt": 1, **spec, **values})
    (tmp_path / "models").mkdir()
    return job


def result_of(job: JobDir) -> dict[str, Any]:
    assert run(job.path, HANDLERS, quiet=quiet) == 0
    return read_json(job.result)


def test_a_model_arrives_whole_with_its_revision(tmp_path: Path, hub: Path) -> None:
    (hub / "model.safetensors").write_bytes(b"x" * 3_000_000)
    (hub / "config.json").write_text("{}")
    job = import_job(tmp_path)
    result = result_of(job)
    assert (result["status"], result["revision"]) == ("succeeded", "abc123")
    assert sorted(path.name for path in Path(result["path"]).iterdir()) == [
        "config.json",
        "model.safetensors",
    ]
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny"]
    assert events(job, "progress")[-1]["total_steps"] == 2


def test_a_model_without_safetensors_is_refused(tmp_path: Path, hub: Path) -> None:
    (hub / "config.json").write_text("{}")
    result = result_of(import_job(tmp_path))
    assert "no safetensors weights" in result["reason"]
    assert not (tmp_path / "models" / "tiny").exists()


@pytest.mark.filterwarnings(PEFT_WARNS)
def test_a_pickled_model_is_converted_and_tried(tmp_path: Path, hub: Path) -> None:
    as_pickle(make_writer(hub))
    (hub / "optimizer.bin").write_bytes(bytes(100))
    job = import_job(tmp_path, family="causal", model_type="llama")
    result = result_of(job)
    assert result["status"] == "succeeded", result["reason"]
    assert (result["packed_layers"], result["revision"]) == (14, "abc123")
    names = {path.name for path in (tmp_path / "models" / "tiny").iterdir()}
    assert "model.safetensors" in names
    assert not [name for name in names if name.endswith(".bin")]
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny"]


def test_a_download_that_cannot_be_used_leaves_nothing(tmp_path: Path, hub: Path) -> None:
    make_writer(hub)
    (hub / "model.safetensors").unlink()
    save_file({"other.weight": torch.zeros(3)}, hub / "model.safetensors")
    job = import_job(tmp_path, family="causal", model_type="llama")
    assert "not a complete model" in result_of(job)["reason"]
    assert not list((tmp_path / "models").iterdir())


def test_a_config_without_a_type_is_completed(tmp_path: Path, hub: Path) -> None:
    make_encoder(hub)
    config = json.loads((hub / "config.json").read_text())
    del config["model_type"]
    (hub / "config.json").write_text(json.dumps(config))
    result = result_of(import_job(tmp_path, family="encoder", model_type="bert"))
    assert result["status"] == "succeeded", result["reason"]
    assert set(result["checks"]) >= {"weights", "reading"}


def test_a_broken_connection_is_a_sentence(
    tmp_path: Path, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> str:
        raise httpx.ConnectError("no route")

    (hub / "model.safetensors").write_bytes(b"x")
    monkeypatch.setattr(download, "snapshot_download", breaks)
    reason = result_of(import_job(tmp_path))["reason"]
    assert "The hub cannot be reached to download someone/tiny" in reason


def test_an_unknown_name_is_a_sentence(
    tmp_path: Path, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(self: Any, hub_id: str, **_: Any) -> Any:
        request = httpx.Request("GET", "https://hub.example")
        raise RepositoryNotFoundError("404", response=httpx.Response(404, request=request))

    monkeypatch.setattr(download.HfApi, "model_info", unknown)
    assert "There is no model someone/tiny" in result_of(import_job(tmp_path))["reason"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths that are asked for of a hub on this machine, which knows no model."""
    paths: list[str] = []

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        yield paths
        server.shutdown()
        thread.join()


def test_a_download_asks_the_hub_which_is_barred_before_and_afterwards(
    tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(offline, "BARRED_BY_USER", False)
    assert "There is no model someone/tiny" in result_of(import_job(tmp_path))["reason"]
    assert [path for path in asked if "someone/tiny" in path]
    assert constants.HF_HUB_OFFLINE


def test_a_user_who_barred_the_hub_is_obeyed(
    tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "BARRED_BY_USER", True)
    assert "cannot be reached" in result_of(import_job(tmp_path))["reason"]
    assert not asked
