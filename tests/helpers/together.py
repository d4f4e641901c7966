"""Jobs done by several processes of this computer, as machines of a cluster do them together."""

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import torch
from torch.distributed import TCPStore

from workbench.engine.__main__ import main
from workbench.engine.causal import engine as loaded_once
from workbench.engine.runtime import device
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.remote.rank import VARIABLE, Rank

LONG_S = 240.0
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([__name__, loaded_once.__name__])


@contextlib.contextmanager
def started(*jobs: JobDir) -> Iterator[list[ForkServerProcess]]:
    """A process for each folder, the first of which leads; none outlives the block."""
    patience = timedelta(seconds=LONG_S)
    store = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False, timeout=patience)
    processes: list[ForkServerProcess] = []
    try:
        for number, job in enumerate(jobs):
            rank = Rank(number, len(jobs), "127.0.0.1", store.port).as_text
            told = rank if len(jobs) > 1 else ""
            processes.append(_SERVER.Process(target=_work, args=(job.path, told)))
            processes[-1].start()
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.join()


def _work(folder: Path, rank: str) -> None:
    """In float32: bfloat16 rounds the same sum otherwise in smaller batches."""
    with JobDir(folder).log.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ[VARIABLE] = rank
    torch.set_num_threads(1)
    device.dtype = lambda: torch.float32  # type: ignore[assignment]
    sys.exit(main(str(folder)))


def ended(processes: Sequence[ForkServerProcess]) -> list[int | None]:
    """The exit code of each, once all have ended."""
    for process in processes:
        process.join(LONG_S)
    return [process.exitcode for process in processes]


def run_together(*jobs: JobDir) -> list[int | None]:
    """Do them; the exit code of each process. One alone is the only one of its job."""
    with started(*jobs) as processes:
        return ended(processes)
