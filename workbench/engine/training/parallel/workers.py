"""Lets several machines of a Ray cluster learn together, by Ray Train: who gets them, and knows when one is lost.

Each of Ray Train's workers starts the carrier of one machine and waits for it, so that what learns there is
the process of every job, with its signals, its lifeline and its log. Nothing is tried again here: a lost
machine ends the attempt, and the next one goes on from the last checkpoint, as always.
"""

import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.jobs.process.child import start
from workbench.jobs.process.remote.carrier import ENDED, NOTHING_TO_DO
from workbench.jobs.process.remote.file_store import StoreUnreachable
from workbench.jobs.process.remote.layout import CANCEL, AttemptFiles, at
from workbench.jobs.process.remote.rank import VARIABLE, Rank

START_S = "900"
"""Ray's own patience with a job for which there is no machine (RAY_JOB_START_TIMEOUT_SECONDS)."""
LOOK_S = 1.0
_OF_TORCH = (
    "RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "NODE_RANK", "MASTER_ADDR", "MASTER_PORT",
    "ACCELERATE_TORCH_DEVICE",
)  # fmt: skip
"""What would make transformers share out the work by itself, in its own way."""
_CARDS = "CUDA_VISIBLE_DEVICES"


def share_out(address: str, count: int, cpus: float, gpus: float) -> int:
    """Let so many machines do the attempt at an address together; the exit code.

    Args:
        cpus, gpus: that each of them gives.
    """
    try:
        files = at(address)
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return NOTHING_TO_DO
    import ray

    ray.init(log_to_driver=False)
    driver = _Driver(files, count, cpus, gpus)
    signal.signal(signal.SIGTERM, driver.told_to_end)  # Ray has set one of its own, which ends us
    driver.start()
    while driver.is_alive():
        driver.join(LOOK_S)
    if not driver.has_begun:
        return 1
    driver.tell_end()
    return 0


class _Driver(threading.Thread):
    """Waits for Ray Train, beside the thread that hears signals."""

    def __init__(self, files: AttemptFiles, count: int, cpus: float, gpus: float) -> None:
        super().__init__(daemon=True)
        self._files, self._count, self._cpus, self._gpus = files, count, cpus, gpus
        self.has_begun = self._no_capacity = False

    def run(self) -> None:
        """Have the machines and wait until all are done; what went wrong is in the log."""
        os.environ.setdefault("RAY_TRAIN_V2_ENABLED", "1")
        patience = os.environ.get("RAY_JOB_START_TIMEOUT_SECONDS", START_S)
        os.environ.setdefault("RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S", patience)
        from ray.train import ControllerError, FailureConfig, RunConfig, ScalingConfig
        from ray.train.torch import TorchConfig, TorchTrainer

        trainer = TorchTrainer(
            _work,
            train_loop_config={"address": self._files.address, "checks_cards": self._gpus > 0},
            torch_config=TorchConfig(backend="gloo"),
            scaling_config=ScalingConfig(
                num_workers=self._count,
                use_gpu=self._gpus > 0,
                resources_per_worker={"CPU": self._cpus}
                | ({"GPU": self._gpus} if self._gpus else {}),
            ),
            run_config=RunConfig(
                name="train",
                failure_config=FailureConfig(
                    max_failures=0, controller_failure_limit=0, max_preemption_failures=0
                ),
                **_storage(self._files),
            ),
        )
        self.has_begun = True
        try:
            trainer.fit()
        except ControllerError as error:
            why = type(error.controller_failure).__name__
            self._no_capacity = why == "WorkerGroupStartupTimeoutError"
            print(error, file=sys.stderr, flush=True)
        except Exception as error:  # whatever it is, the attempt is over
            print(error, file=sys.stderr, flush=True)

    def told_to_end(self, _number: int, _frame: FrameType | None) -> None:
        """SIGTERM, as Ray sends it: who leads hears of it by the store; if nobody does yet, it ends here."""
        try:
            if self._files.told("begun") is None:
                os._exit(128 + signal.SIGTERM)
            if self._files.told("told") is None:
                self._files.tell("told", {"what": CANCEL})
        except StoreUnreachable as error:
            print(error, file=sys.stderr, flush=True)

    def tell_end(self) -> None:
        """Say that the attempt is over, where who leads could not."""
        if self._files.told(ENDED) is None:
            why = {"no_capacity": True} if self._no_capacity else {"lost": True}
            self._files.tell(ENDED, {"exit_code": None, **why})


def _storage(files: AttemptFiles) -> dict[str, Any]:
    """Where Ray Train keeps its own few files, which all machines have to reach: with the attempt's."""
    scheme, _, path = f"{files.url.rstrip('/')}/{files.key('train')}".partition("://")
    if scheme == "file":
        return {"storage_path": path}
    from fsspec.core import url_to_fs
    from pyarrow.fs import FSSpecHandler, PyFileSystem

    filesystem, root = url_to_fs(f"{scheme}://{path}")
    return {"storage_path": root, "storage_filesystem": PyFileSystem(FSSpecHandler(filesystem))}


def _work(told: dict[str, Any]) -> None:
    """On each of the machines: start its carrier, and wait for it.

    Raises:
        RuntimeError: it was killed, or is no use; Ray ends all others then.
    """
    variables = os.environ
    rank = Rank(
        int(variables["RANK"]),
        int(variables["WORLD_SIZE"]),
        variables["MASTER_ADDR"],
        int(variables["MASTER_PORT"]),
    )
    if told["checks_cards"]:
        _see_own_card()
    for name in _OF_TORCH:
        variables.pop(name, None)
    variables[VARIABLE] = rank.as_text
    command = [sys.executable, "-m", "workbench.engine", told["address"]]
    child = start(command, own_group=True)
    try:
        code = child.process.wait()
    finally:
        child.let_go()
    if code < 0 or (code and not rank.leads):
        raise RuntimeError(f"The process of machine {rank.number} ended with code {code}.")


def _see_own_card() -> None:
    """Ray Train lets all workers of a machine see the cards of all of them."""
    from ray.train.torch import get_device

    device, seen = get_device(), os.environ.get(_CARDS, "")
    if device.type == "cuda" and seen:
        os.environ[_CARDS] = seen.split(",")[device.index or 0]
