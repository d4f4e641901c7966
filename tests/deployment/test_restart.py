"""Worker and webs ended as Compose and systemd end them, in the midst of their work."""

import contextlib
import http.client
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.deployment.up import WEBS, Deployment
from storage.database import Store
from tests.deployment.conftest import BASE_PATH
from tests.fakes.harness import folder_of, until
from tests.faults import real
from workbench.data.files import uploads
from workbench.jobs import worker
from workbench.projects import projects


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama that writes nonsense."""
    from tests.helpers.writers import make_writer

    return make_writer(tmp_path_factory.mktemp("models") / "tiny")


def test_a_training_saves_itself_before_its_container_ends(
    deployment: Deployment, people: Store, tiny: Path
) -> None:
    folder = deployment.home / "brought"
    folder.mkdir()
    base = tiny.rename(folder / "tiny")
    job_id = real.start_run(people, base, folder, num_train_epochs=60, evals_per_epoch=1)
    until(lambda: _steps(job_id, 1) > 3, 180)

    took = deployment.stop("worker")

    left = [
        path for path in folder_of(job_id).checkpoints.glob("*") if not path.name.startswith(".")
    ]
    print(f"the worker and its training end in {took:.1f} s, with {len(left)} checkpoints")
    assert left
    assert took < worker.LEAVE_S
    assert not real.trainers(job_id)
    deployment.start("worker")
    job = real.wait_for_end(people, job_id)
    steps = real.training_steps(people, job)
    assert (job.status, job.attempt) == ("succeeded", 2)
    assert steps == list(range(1, len(steps) + 1))


def _steps(job_id: int, attempt: int) -> int:
    events = real.all_events(job_id)
    return sum(e["attempt"] == attempt and e.get("kind") == "train" for e in events)


def test_an_upload_that_is_broken_off_is_told(deployment: Deployment, people: Store) -> None:
    project_id = projects.create_project(people, "Broken off")
    size = 50_000_000
    ticket = uploads.open_ticket(people, project_id, "large.csv", size)
    over = threading.Event()
    sent = threading.Thread(target=_send, args=(deployment, ticket, size, over))
    sent.start()
    until(lambda: (uploads.look(people, uploads.id_of(ticket)) or _none()).received > 0, 60)

    took = deployment.stop(WEBS[0])

    over.set()
    sent.join()
    deployment.start(WEBS[0])
    found = until(lambda: _reason(people, ticket), 60)
    print(f"a web process with an upload ends in {took:.1f} s")
    assert "The upload of large.csv was interrupted" in found
    assert "choose the file again" in found
    assert took < 30
    assert not [p for p in (deployment.home / "objects").glob(".part-*") if p.stat().st_size]
    deployment.wait(WEBS[0])
    assert _serves(deployment)


def _none() -> uploads.Upload:
    return uploads.Upload("", 0, "", 1, 0.0)


def _reason(people: Store, ticket: str) -> str:
    upload = uploads.look(people, uploads.id_of(ticket))
    assert upload
    return upload.reason


def _send(deployment: Deployment, ticket: str, size: int, over: threading.Event) -> None:
    def slowly() -> Iterator[bytes]:
        for _ in range(size // 100_000):
            yield b"x" * 100_000
            if over.wait(0.05):
                return

    connection = http.client.HTTPConnection("127.0.0.1", deployment.ports[WEBS[0]], timeout=60)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        path = f"{BASE_PATH}/upload/{ticket}"
        connection.request("PUT", path, slowly(), {"Content-Length": str(size)})
        connection.getresponse()


def _serves(deployment: Deployment) -> bool:
    began = time.monotonic()
    while time.monotonic() - began < 30:
        if not deployment.is_well(WEBS[0]):
            return True
        time.sleep(0.3)
    return False
