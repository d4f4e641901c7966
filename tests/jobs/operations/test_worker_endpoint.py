"""The worker's port: figures and health for whoever runs it, and no name of a user's."""

import json
import time
import urllib.error
import urllib.request

import pytest

from storage import jobs
from storage.database import Store
from storage.tables import Project
from workbench.jobs import worker_process
from workbench.jobs.operations import worker_endpoint


def ask(port: int, path: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_it_tells_figures_and_health(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.write() as session:
        session.add(Project(name="Secret plans"))
        jobs.add(session, "train", "Secret plans", {"text": "Secret plans"})
    worker_process.write_info(time.time())
    monkeypatch.setenv(worker_endpoint.VARIABLE, "0")
    with worker_endpoint.answering(store) as port:
        status, text = ask(port, "/metrics")
        health = ask(port, "/health")
        stranger = ask(port, "/metrics", Host="wb.example")
        nothing = ask(port, "/etc/passwd")
    assert status == 200
    assert 'slm_jobs{kind="train",status="queued"} 1.0' in text
    assert "slm_database_up 1.0" in text
    assert "process_resident_memory_bytes" in text
    assert "Secret" not in text
    assert (health[0], json.loads(health[1])["worker"]) == (200, "ok")
    assert (stranger[0], nothing[0]) == (404, 404)


def test_without_a_port_there_is_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(worker_endpoint.VARIABLE, raising=False)
    with worker_endpoint.answering(store) as port:
        assert port == 0


@pytest.mark.parametrize("port", ["none", "99999999", "-1"])
def test_a_port_that_cannot_be_had_ends_no_worker(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, port: str
) -> None:
    monkeypatch.setenv(worker_endpoint.VARIABLE, port)
    with worker_endpoint.answering(store) as found:
        assert found == 0
    assert f"nothing can listen on port '{port}'" in caplog.text
