"""The server as the process that the worker starts."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers import tiny
from workbench.engine.serving.app import create_app
from workbench.engine.serving.http_server import HttpServer
from workbench.engine.serving.inference import Inference
from workbench.engine.serving.registry import Registry
from workbench.engine.serving.server import serve_models
from workbench.engine.serving.watching.activity import Activity
from workbench.jobs.process import shell
from workbench.jobs.process.job_dir import JobDir, read_events, read_json, write_json
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import ServeSpec
from workbench.jobs.process.stop import Stop

ROOT = Path(__file__).resolve().parents[3]


def test_a_job_is_served_until_it_is_told_to_stop(registry: Path, tmp_path: Path) -> None:
    job = JobDir(tmp_path / "job")
    job.path.mkdir()
    spec = {"kind": "serve", "job_id": 12, "attempt": 1, "registry": str(registry), "port": 0}
    spec |= {"without_key": True}
    write_json(job.spec, {**spec, "idle_timeout_s": 600, "preload": "run-1"})
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "workbench.engine.serving", str(job.path)],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=log,
        )
    try:
        url = f"http://127.0.0.1:{port_of(job, process)}"
        assert job.is_locked()
        health = httpx.get(f"{url}/health").json()
        assert (health["status"], health["server"], health["loaded_models"]) == ("ok", "job-12", 1)
        assert health["engine"]
        assert health["uptime_s"] >= 0
        asked = [{"role": "user", "content": "Where is my parcel?"}]
        body = {"model": "run-1", "messages": asked, "max_tokens": 3}
        assert httpx.post(f"{url}/v1/chat/completions", json=body, timeout=30).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    result = read_json(job.result)
    assert (result["status"], result["attempt"]) == ("cancelled", 1)


def port_of(job: JobDir, process: subprocess.Popen[bytes]) -> int:
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at and process.poll() is None:
        for event in read_events(job, 1, 0)[0] if job.events.is_dir() else []:
            if event["type"] == "ready":
                return int(event["port"])
        threading.Event().wait(0.05)
    raise AssertionError("the server did not get ready")


@pytest.mark.parametrize("said", [{}, {"key_file": None}, {"key_file": None, "without_key": False}])
def test_a_job_from_before_there_were_keys_answers_nobody(
    registry: Path, tmp_path: Path, said: dict[str, Any]
) -> None:
    job = JobDir(tmp_path / "job")
    job.path.mkdir()
    spec = {"kind": "serve", "job_id": 12, "attempt": 1, "registry": str(registry), "port": 0}
    write_json(job.spec, {**spec, **said})
    assert shell.run(job.path, (shell.Handler(ServeSpec, serve_models_of),), quiet=nothing) == 0
    result = read_json(job.result)
    assert result["status"] == "failed"
    assert "load the model again" in result["reason"]
    assert not [event for event in read_events(job, 1, 0)[0] if event["type"] == "ready"]


def serve_models_of(spec: ServeSpec, _job: JobDir, report: Report, stop: Stop) -> shell.Result:
    return serve_models(spec, report, stop)


def nothing() -> None:
    """Leaves the log as it is."""


def test_it_leaves_when_nobody_asks(registry: Path) -> None:
    activity = Activity()
    app = create_app(Registry(registry), Inference(tiny.shelf()), activity)
    reason = HttpServer(app).run(lambda _port: None, lambda: False, activity, 0.3)
    assert "Nobody asked" in reason


def test_a_taken_port_is_explained(registry: Path) -> None:
    with tiny.running(registry, tiny.shelf()) as server:
        app = create_app(Registry(registry), Inference(tiny.shelf()), Activity())
        with pytest.raises(Exception, match=f"port {server.port} cannot be used"):
            HttpServer(app, server.port)


def test_the_list_may_name_no_model(tmp_path: Path) -> None:
    (tmp_path / "models.json").write_text(json.dumps([]))
    with tiny.running(tmp_path / "models.json", tiny.shelf()) as server:
        reply = httpx.get(f"http://127.0.0.1:{server.port}/v1/models")
    assert reply.json() == {"object": "list", "data": []}
