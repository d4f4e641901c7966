"""A cluster as Ray's Jobs API shows one, whose machines are processes of this computer.

Answers are those of `ray.dashboard.modules.job.job_head` (2.60); `scripts/ray/recovery.py` holds the
launcher against the real one.
"""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from workbench.jobs.cluster import Cluster
from workbench.jobs.launchers.ray import RayLauncher
from workbench.jobs.launchers.ray_jobs import RayJobs
from workbench.jobs.process.remote.rank import VARIABLE, Rank

CARRIER = str(Path(__file__).with_name("carrier.py"))
TOKEN = "the token of the cluster"


class FakeCluster:
    """Give `jobs` to a launcher; what happens to the cluster is done by the attributes."""

    def __init__(self, folder: Path, program: Sequence[str] = (CARRIER,)) -> None:
        """
        Args:
            program: what Python runs with an attempt's address.
        """
        self._program = program
        self.files, self.scratch = folder / "shared", folder / "scratch"
        self.files.mkdir(parents=True)
        self.asks_for_token = self.answers = self.has_room = True
        self.workers = 1
        """Machines that learn a training together."""
        self.launchers: list[RayLauncher] = []
        """Those of the worker that is at work."""
        self.submitted: list[str] = []
        self.orders: dict[str, dict[str, Any]] = {}
        self.asked = 0
        """How often anything was asked of it, whether it answered or not."""
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._helpers: list[subprocess.Popen[bytes]] = []
        self._told: dict[str, dict[str, Any]] = {}

    @property
    def named(self) -> Cluster:
        url = f"file://{self.files}"
        cluster = Cluster("http://head:8265", TOKEN, url, "/checkout", "python")
        return replace(cluster, workers=self.workers)

    @property
    def jobs(self) -> RayJobs:
        return RayJobs(self.named.address, TOKEN, httpx.MockTransport(self._answer))

    def name_in(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        """Name it as whoever runs the workbench does, by the environment."""
        token = folder / "token"
        token.write_text(TOKEN)
        monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", self.named.address)
        monkeypatch.setenv("WORKBENCH_RAY_TOKEN_FILE", str(token))
        monkeypatch.setenv("WORKBENCH_RAY_FILES", str(self.files))

    def process_of(self, submission_id: str) -> subprocess.Popen[bytes]:
        return self._processes[submission_id]

    def let_go(self, job_id: int, attempt: int = 1) -> None:
        """Give the sign that a training there waits for (`wait_for="go"`)."""
        (folder,) = self.scratch.glob(f"jobs/*-{job_id}-{attempt}/job")
        (folder / "go").touch()

    def lose_machine(self, submission_id: str, *, error: str = "JOB_SUPERVISOR_ACTOR_DIED") -> None:
        """The machine goes, and after some time Ray says so."""
        self._kill(submission_id)
        self.say(submission_id, status="FAILED", error_type=error, message="it died")

    def say(self, submission_id: str, **told: Any) -> None:
        """What Ray says from now on, whatever is true."""
        self._told[submission_id] = told

    def forget(self) -> None:
        """The head node was lost, and another one knows of nothing."""
        self.orders.clear()

    def end(self) -> None:
        """No process stays."""
        for name in self._processes:
            self._kill(name)
        for helper in self._helpers:
            helper.kill()
            helper.wait()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if "".join(process.cmdline()[-1:]).startswith(str(self.scratch)):
                    process.kill()

    def _kill(self, name: str) -> None:
        process = self._processes[name]
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if not self.answers:
            raise httpx.ConnectError("Connection refused")
        if self.asks_for_token and request.headers.get("Authorization") != f"Bearer {TOKEN}":
            known = "Authorization" in request.headers
            return httpx.Response(403 if known else 401, text="Unauthorized")
        if request.url.path == "/api/version":
            return httpx.Response(200, json={"version": "4", "ray_version": "2.60.0"})
        if request.method == "POST" and request.url.path == "/api/jobs/":
            return self._submit(json.loads(request.content))
        if request.url.path == "/nodes":
            return httpx.Response(200, json=self._nodes())
        if request.url.path == "/api/jobs/":
            return httpx.Response(200, json=[self._listed(name) for name in self.orders])
        name = request.url.path.split("/")[3]
        if name not in self.orders:
            return httpx.Response(404, text=f"Job {name} does not exist")
        if request.url.path.endswith("/stop"):
            return self._stop(name)
        return httpx.Response(200, json=self._state(name))

    def _nodes(self) -> dict[str, Any]:
        """A head node without room for jobs, and one machine with room for one."""
        gb = 10**9
        machines = [("head", 0.0, True, "ALIVE"), ("gpu-1", 1.0, False, "ALIVE")]
        machines.append(("lost", 1.0, False, "DEAD"))
        summary = [
            {
                "hostname": name,
                "mem": [16 * gb, 4 * gb, 75.0, 12 * gb],
                "disk": {"/": {"total": 100 * gb, "free": 50 * gb, "used": 50 * gb, "percent": 50}},
                "gpus": [],
                "raylet": {
                    "nodeId": name,
                    "state": state,
                    "isHeadNode": is_head,
                    "resourcesTotal": {"CPU": cores} if cores else {},
                },
            }
            for name, cores, is_head, state in machines
        ]
        busy = float(any(self._state(name)["status"] == "RUNNING" for name in self.orders))
        taken = {"head": "0B/1.0GiB memory", "gpu-1": f"{busy}/1.0 CPU\n0B/1.0GiB memory"}
        return {"result": True, "data": {"summary": summary, "nodeLogicalResources": taken}}

    def _listed(self, name: str) -> dict[str, Any]:
        return {"submission_id": name, "driver_node_id": "gpu-1", **self._state(name)}

    def _submit(self, order: dict[str, Any]) -> httpx.Response:
        name = order["submission_id"]
        self.submitted.append(name)
        if name in self.orders:
            text = f"ValueError: Job with submission_id {name} already exists."
            return httpx.Response(500, text=text)
        self.orders[name] = order
        if self.has_room:
            self._start(name, shlex.split(order["entrypoint"]))
        return httpx.Response(200, json={"job_id": name, "submission_id": name})

    def _start(self, name: str, line: list[str]) -> None:
        """Its process; where several machines do it together, as Ray Train has them."""
        at = next(n for n, word in enumerate(line) if "://" in word)
        count = int(line[at + 1]) if line[at + 1 :] else 1
        started = [
            subprocess.Popen(
                [sys.executable, *self._program, line[at]],
                env={
                    **os.environ,
                    "WORKBENCH_SCRATCH": str(self.scratch),
                    VARIABLE: Rank(number, count, "head", 1).as_text if count > 1 else "",
                },
                start_new_session=True,
            )
            for number in range(count)
        ]
        self._processes[name], *helpers = started
        self._helpers += helpers

    @property
    def helpers(self) -> list[int]:
        """The exit codes of all that did not lead, once they have ended."""
        return [helper.wait(60) for helper in self._helpers]

    def _stop(self, name: str) -> httpx.Response:
        if (process := self._processes.get(name)) is not None:
            process.terminate()
        else:
            self.say(name, status="STOPPED")
        return httpx.Response(200, json={"stopped": True})

    def _state(self, name: str) -> dict[str, Any]:
        if name in self._told:
            return self._told[name]
        if (process := self._processes.get(name)) is None:
            return {"status": "PENDING"}
        code = process.poll()
        if code is None:
            return {"status": "RUNNING", "metadata": self.orders[name]["metadata"]}
        error = {} if code == 0 else {"error_type": "JOB_ENTRYPOINT_COMMAND_ERROR"}
        status = "SUCCEEDED" if code == 0 else "FAILED"
        return {"status": status, "driver_exit_code": code, "message": "", **error}
