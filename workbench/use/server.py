"""The model server's life, seen from the application: start it, find it, wait for it, end it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from storage import jobs as job_rows
from storage.database import Store
from storage.tables import CANCELLING, FAILED, QUEUED
from workbench.core.errors import WorkbenchError
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.jobs.job import JobView, view_of
from workbench.jobs.process.specs import ServeSpec
from workbench.use import client, served_models, server_key, server_port

IDLE_TIMEOUT_S = 1200
OFF, STARTING, READY, STOPPING, BROKEN = "off", "starting", "ready", "stopping", "failed"
_LOOK_EVERY_S = 0.2


@dataclass(frozen=True)
class ServerInfo:
    """A server that answers."""

    url: str
    model_ids: tuple[str, ...]


@dataclass(frozen=True)
class ServerState:
    """Where the server is in its life, in a word and in a sentence for the user."""

    phase: str
    """off, starting, ready, stopping or failed."""
    sentence: str
    url: str = ""
    job_id: int | None = None


def server_state(store: Store, job_id: int | None = None) -> ServerState:
    """How the server is doing now; `job_id` tells how the one that was started has ended."""
    job = _open_job(store)
    if job is not None:
        return _state(job)
    ended = jobs.get_job(store, job_id) if job_id else None
    if ended is not None and ended.status == FAILED:
        return ServerState(BROKEN, f"The model could not be started. {ended.reason}", "", job_id)
    return ServerState(OFF, "The model is not loaded at the moment.", "", job_id)


def start_server(store: Store, preload: str = "") -> int:
    """Start the server unless it runs or is starting; its job's id.

    Args:
        preload: id of the model to load at once, so that its first answer comes sooner.
    """
    served_models.refresh(store)
    if (running := _open_job(store)) is not None:
        return running.id
    key_file = server_key.key_file()
    spec = ServeSpec(
        registry=served_models.registry_path(),
        port=server_port.usual(),
        idle_timeout_s=IDLE_TIMEOUT_S,
        preload=preload,
        key_file=key_file,
        without_key=key_file is None,
    )
    with store.write() as session:
        # Should two pages come here at once, the worker keeps the later of the two.
        return queue.enqueue(session, "Model server", spec)


def stop_server(store: Store) -> None:
    """End the server, whatever it is doing."""
    if (job := _open_job(store)) is not None:
        queue.cancel_job(store, job.id)


def ensure_server(
    store: Store,
    preload: str = "",
    *,
    timeout_s: float = 180,
    on_progress: Callable[[str], None] | None = None,
) -> ServerInfo:
    """A server that answers; starts one and waits for it if need be.

    Raises:
        WorkbenchError: it did not start, or not in time.
    """
    give_up_at = time.monotonic() + timeout_s
    job_id = start_server(store, preload)
    while time.monotonic() < give_up_at:
        state = server_state(store, job_id)
        if state.phase == READY:
            models = served_models.refresh(store)
            return ServerInfo(state.url, tuple(model.id for model in models))
        if state.phase == BROKEN:
            raise WorkbenchError(state.sentence)
        if state.phase == OFF:
            job_id = start_server(store, preload)
        if on_progress:
            on_progress(state.sentence)
        time.sleep(_LOOK_EVERY_S)
    raise WorkbenchError(
        f"The model did not start within {timeout_s:.0f} seconds: the log on the Settings page "
        "says why; then try again."
    )


def _open_job(store: Store) -> JobView | None:
    """The newest server that waits, starts or runs."""
    return store.known("server", partial(_newest, store))


def _newest(store: Store) -> JobView | None:
    with store.read() as session:
        found = job_rows.open_of_kind(session, ServeSpec.kind)
        return view_of(session, found[-1]) if found else None


def _state(job: JobView) -> ServerState:
    if job.status == CANCELLING or job.cancel_requested_at:
        return ServerState(STOPPING, "The model is being put away…", "", job.id)
    if job.status == QUEUED:
        return ServerState(STARTING, "Waiting for the worker…", "", job.id)
    port = job.progress.get("port")
    url = f"http://127.0.0.1:{port}"
    if port and client.server_name(url) == f"job-{job.id}":
        return ServerState(READY, "The model answers.", url, job.id)
    return ServerState(STARTING, job.progress.get("message") or "Starting…", "", job.id)
