"""Worker and webs ended as Compose and systemd end them, in the midst of their work."""

import contextlib
import http.client
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.deployment.up import WEBS, Deployment
from storage import files
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


def test_an_upload_is_finished_before_a_web_process_ends(
    deployment: Deployment, people: Store
) -> None:
    ticket, sending = _sending(deployment, people, 6_000_000)

    took = deployment.stop(WEBS[0])

    sending.join()
    print(f"a web process with an upload ends in {took:.1f} s")
    deployment.start(WEBS[0])
    upload = uploads.look(people, uploads.id_of(ticket))
    assert upload
    assert upload.state == uploads.DONE
    assert files.object_path(upload.digest).stat().st_size == 6_000_000
    assert took < 30
    deployment.wait(WEBS[0])


def test_an_upload_whose_web_process_is_killed_is_told(
    deployment: Deployment, people: Store
) -> None:
    ticket, sending = _sending(deployment, people, 50_000_000)

    deployment.stop(WEBS[0], kill=True)

    sending.join()
    deployment.start(WEBS[0])
    found = until(lambda: _reason(people, ticket), 60)
    assert "The upload of large.csv was interrupted" in found
    assert "choose the file again" in found
    deployment.wait(WEBS[0])


def _sending(deployment: Deployment, people: Store, size: int) -> tuple[str, threading.Thread]:
    """The ticket of an upload to the first web process, in the midst of it."""
    project_id = projects.create_project(people, f"Sends {size}")
    ticket = uploads.open_ticket(people, project_id, "large.csv", size)
    sending = threading.Thread(target=_send, args=(deployment, ticket, size))
    sending.start()
    until(lambda: (uploads.look(people, uploads.id_of(ticket)) or _none()).received > 0, 60)
    return ticket, sending


def _none() -> uploads.Upload:
    return uploads.Upload("", 0, "", 1, 0.0)


def _reason(people: Store, ticket: str) -> str:
    upload = uploads.look(people, uploads.id_of(ticket))
    assert upload
    return upload.reason


def _send(deployment: Deployment, ticket: str, size: int) -> None:
    def slowly() -> Iterator[bytes]:
        for _ in range(size // 100_000):
            yield b"x" * 100_000
            time.sleep(0.05)  # as over a line that is no faster

    connection = http.client.HTTPConnection("127.0.0.1", deployment.ports[WEBS[0]], timeout=60)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        path = f"{BASE_PATH}/upload/{ticket}"
        connection.request("PUT", path, slowly(), {"Content-Length": str(size)})
        connection.getresponse()
