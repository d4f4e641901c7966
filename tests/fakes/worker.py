"""The real worker with the fake trainer, as a process of its own: `python -m tests.fakes.worker`."""

import sys

from storage.schema import open_store
from tests.fakes.trainer_command import fake_trainer
from workbench.jobs import worker_process
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.supervision import Timing
from workbench.jobs.worker import Worker
from workbench.jobs.worker_loop import Signals, run

QUICK = Timing(loop_s=0.02, ingest_s=0.0, orphan_grace_s=0.3, cancel_grace_s=0.3)

if __name__ == "__main__":
    lock = worker_process.take_lock()
    if lock is None:
        sys.exit(2)
    signals = Signals()
    run(Worker(open_store(), LocalLauncher(fake_trainer), QUICK), signals.wait)
