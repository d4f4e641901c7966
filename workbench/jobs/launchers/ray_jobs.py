"""Ray's Jobs API, as it is asked over HTTP; what runs the workbench needs no Ray for that.

The addresses and fields are those of Ray 2.60 (`ray.dashboard.modules.job.job_head`).
"""

import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from workbench.core.errors import WorkbenchError
from workbench.jobs.launchers.ray_machines import Machine, machines_in

PENDING, STOPPED = "PENDING", "STOPPED"
WORKERS = "workers"
"""Of a job's metadata: how many machines do it together."""
_OVER = ("SUCCEEDED", "FAILED", STOPPED)
_NO_CAPACITY = ("JOB_SUPERVISOR_ACTOR_START_TIMEOUT", "JOB_SUPERVISOR_ACTOR_UNSCHEDULABLE")
PATIENCE_S, CONNECT_S = 20.0, 5.0


class ClusterUnreachable(WorkbenchError):
    """The cluster does not answer, or cannot; it may pass."""


@dataclass(frozen=True)
class JobInfo:
    """What Ray says of a job: a hint, since it may lose sight of a process that works."""

    status: str
    """PENDING, RUNNING, SUCCEEDED, FAILED or STOPPED."""
    message: str = ""
    error_type: str = ""
    exit_code: int | None = None
    """Of the process, where Ray saw it end."""
    workers: int = 1
    """Machines that do it together, which it gets itself once it runs."""

    @property
    def is_over(self) -> bool:
        """Whether Ray takes it for ended."""
        return self.status in _OVER

    @property
    def found_no_machine(self) -> bool:
        """Whether it waited for resources until Ray gave up."""
        return self.error_type in _NO_CAPACITY


@dataclass(frozen=True)
class Resources:
    """What a job is given of a machine."""

    cpus: float
    gpus: float


class RayJobs:
    """The jobs of one cluster; every call may raise `ClusterUnreachable`."""

    def __init__(
        self,
        address: str,
        token: str,
        transport: httpx.BaseTransport | None = None,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._address = address
        # Neither proxies nor netrc of the environment: the token goes to the cluster alone.
        self._client = httpx.Client(
            base_url=address,
            timeout=httpx.Timeout(patience_s, connect=min(CONNECT_S, patience_s)),
            trust_env=False,
            transport=transport,
            verify=ssl.create_default_context(),
        )
        self._asks_for_token = {"Authorization": f"Bearer {token}"}

    def check(self) -> None:
        """Make sure that the cluster asks for a token, and takes ours.

        Raises:
            WorkbenchError: it runs the code of anybody who reaches it, or the token is another one's.
        """
        with self._said():
            open_to_all = self._client.get("/api/version")
        if open_to_all.status_code == httpx.codes.OK:
            raise WorkbenchError(
                f"The cluster at {self._address} asks for no token, so whoever reaches it runs code "
                "there: start it with RAY_AUTH_MODE=token. Until then no job is given to it."
            )
        self._ask("GET", "/api/version")

    def info(self, submission_id: str) -> JobInfo | None:
        """What the cluster knows of a job; None if it knows none of this name."""
        told = self._ask("GET", f"/api/jobs/{submission_id}")
        if told is None:
            return None
        return JobInfo(
            str(told.get("status") or ""),
            str(told.get("message") or ""),
            str(told.get("error_type") or ""),
            told.get("driver_exit_code"),
            int((told.get("metadata") or {}).get(WORKERS, 1)),
        )

    def machines(self) -> list[Machine]:
        """The machines that are there, and what runs on them."""
        nodes = self._ask("GET", "/nodes?view=summary") or {}
        jobs = self._ask("GET", "/api/jobs/") or []
        with self._said():
            return machines_in(nodes, jobs)

    def submit(
        self,
        submission_id: str,
        entrypoint: str,
        resources: Resources,
        variables: dict[str, str],
        metadata: dict[str, str],
    ) -> bool:
        """Give the cluster a job; False if it has one of this name, which is then left alone."""
        order = {
            "submission_id": submission_id,
            "entrypoint": entrypoint,
            "runtime_env": {"env_vars": variables},
            "metadata": metadata,
            "entrypoint_num_cpus": resources.cpus,
            "entrypoint_num_gpus": resources.gpus,
        }
        return self._ask("POST", "/api/jobs/", order) is not None

    def stop(self, submission_id: str) -> None:
        """SIGTERM to the job's processes, and after its RAY_JOB_STOP_WAIT_TIME_S SIGKILL."""
        self._ask("POST", f"/api/jobs/{submission_id}/stop")

    def _ask(self, method: str, path: str, order: Any = None) -> Any:
        """The answer; None where there is no such job, or (POST of one) already is."""
        with self._said():
            answer = self._client.request(method, path, json=order, headers=self._asks_for_token)
            if answer.status_code == httpx.codes.OK:
                return answer.json()
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise WorkbenchError(
                f"The cluster at {self._address} does not take our token: put its own into the file "
                "that WORKBENCH_RAY_TOKEN_FILE names."
            )
        if order is not None and "already exists" in answer.text:
            return None
        if answer.status_code == httpx.codes.NOT_FOUND and "does not exist" in answer.text:
            return None
        raise ClusterUnreachable(
            f"The cluster at {self._address} answers with an error ({answer.status_code} "
            f"{last_line(answer.text)}): look at its head node."
        )

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (httpx.HTTPError, ValueError) as error:
            raise ClusterUnreachable(
                f"The cluster at {self._address} does not answer ({error or type(error).__name__}): "
                "see whether its head node runs and can be reached from here."
            ) from error


def last_line(text: str) -> str:
    """The last line of a message or a trace, which says what it was."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
