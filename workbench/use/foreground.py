"""A model server in the foreground, for the command line: it lives as long as the command."""

import contextlib
import fcntl
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from storage import files
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.jobs import ingest_events
from workbench.jobs.ingest_events import Event
from workbench.jobs.kinds import kind_named
from workbench.jobs.process.child import running
from workbench.jobs.process.job_dir import JobDir, read_events, read_json, write_json
from workbench.jobs.process.specs import ServeSpec
from workbench.use import served_models, server_key

_LOOK_EVERY_S = 0.5
_REFRESH_EVERY = 10
"""Looks between two updates of the list of models, so that a new run is offered soon."""
_LEAVE_S = 15.0
_PREFIX = "server-"


def serve_forever(
    store: Store,
    model_id: str,
    port: int = 0,
    on_ready: Callable[[str], None] = lambda url: print(f"{url}/v1", flush=True),
) -> None:
    """Serve all models, `model_id` (run-3 or base:NAME) loaded first, until interrupted.

    Args:
        port: on 127.0.0.1; 0 takes a free one.
        on_ready: gets the address once it answers.

    Raises:
        WorkbenchError: there is no such model, the port is taken, or the server failed.
    """
    served_models.model_named(store, model_id)
    _check_port(port)
    _sweep()
    key_file = server_key.key_file()
    spec = ServeSpec(
        registry=served_models.registry_path(),
        port=port,
        preload=model_id,
        key_file=key_file,
        without_key=key_file is None,
    )
    with _folder() as (job, lock), job.log.open("ab") as log:
        write_json(job.spec, spec.as_dict())
        command = [*kind_named(spec.kind).command, str(job.path)]
        with running(command, _LEAVE_S, log=log.fileno(), lock=lock, own_group=True) as process:
            _follow(store, process, job, on_ready)


@contextlib.contextmanager
def _folder() -> Iterator[tuple[JobDir, int]]:
    """A folder for one server, and its lock; gone afterwards. It has its name only once locked."""
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=files.folder("serve")))
    with JobDir(made).lock.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        job = JobDir(made.rename(made.with_name(_PREFIX + made.name.removeprefix(".new-"))))
        try:
            yield job, lock.fileno()
        finally:
            shutil.rmtree(job.path, ignore_errors=True)


def _sweep() -> None:
    """Remove what commands left that were killed: their servers end by themselves, and unlock it."""
    for folder in files.folder("serve").glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another command is as tidy
            if not JobDir(folder).is_locked():
                shutil.rmtree(folder)


def _check_port(port: int) -> None:
    """Say at once what the server could only say after half a minute of loading."""
    if not 0 <= port <= 65_535:
        raise WorkbenchError(f"The port {port} cannot be used: choose one from 1024 to 65535.")
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise WorkbenchError(
            f"The port {port} cannot be used ({error.strerror}): choose another one, "
            "or leave it out."
        ) from None


def _log_refusals(store: Store, events: Sequence[Event]) -> None:
    if any(event["type"] == "refused" for event in events):
        with store.acting_as(None).write() as session:
            ingest_events.log_refusals(session, events)


def _follow(
    store: Store, process: subprocess.Popen[bytes], job: JobDir, on_ready: Callable[[str], None]
) -> None:
    """Until the process ends by itself (an error) or the user interrupts (the usual way)."""
    position, looks = (1, 0), 0
    try:
        while True:
            events, *read_to = read_events(job, *position)
            position = (read_to[0], read_to[1])
            _log_refusals(store, events)
            for event in events:
                if event["type"] == "ready":
                    on_ready(f"http://127.0.0.1:{event['port']}")
            if _ended(process):
                raise WorkbenchError(_reason(job))
            looks += 1
            if looks % _REFRESH_EVERY == 0:
                served_models.refresh(store)
    except KeyboardInterrupt:
        return


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_LOOK_EVERY_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _reason(job: JobDir) -> str:
    result = read_json(job.result)
    if isinstance(result, dict) and result.get("reason"):
        return str(result["reason"])
    last = job.log.read_text("utf-8", "replace").strip().splitlines()[-1:]
    return f"The model server ended unexpectedly ({''.join(last) or 'it left no message'})."
