"""Commands on the queue: where a job runs, and what is not waited for any more."""

import json

import pytest

from storage.database import Store
from storage.tables import RUNNING, Job, now
from tests.fakes.harness import add_job, job_of
from workbench.cli import main
from workbench.jobs import worker_process


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(worker_process.OWN_SERVICE_VARIABLE, "service")


def test_a_job_is_put_on_the_cluster_where_there_is_one(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    job_id = add_job(store)
    assert main(["place", str(job_id), "--on", "cluster"]) == 2
    assert "No cluster is set up" in capsys.readouterr().err
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    assert main(["place", str(job_id), "--on", "cluster", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"job_id": job_id, "place": "ray"}
    assert main(["place", str(job_id), "--on", "here"]) == 0
    assert capsys.readouterr().out == f"Job {job_id} runs on this computer.\n"


def test_an_attempt_is_given_up_by_a_command(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    job_id = add_job(store, place="ray")
    assert main(["give-up", str(job_id)]) == 2
    with store.write() as session:
        job = session.get_one(Job, job_id)
        job.status, job.attempt = RUNNING, 1
        job.progress = {"unknown_since": now().timestamp() - 700}
    assert main(["give-up", str(job_id)]) == 0
    assert "it goes on with another one" in capsys.readouterr().out
    assert job_of(store, job_id).given_up_attempt == 1
