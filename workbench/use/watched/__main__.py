"""Watches folders as long as one is switched on: `python -m workbench.use.watched`.

The worker starts it, and it ends with the worker.
"""

import logging
import os
import sys
import threading

from storage.errors import StorageError
from storage.schema import open_store
from workbench.jobs.process.job_dir import LIFELINE_VARIABLE
from workbench.jobs.worker_loop import is_shortage
from workbench.use.watched.seeing import Seeing

LOOK_S = 2.0
"""Between two looks."""
TROUBLE_S = 10.0

logger = logging.getLogger("workbench.use.watched")


def main() -> int:
    """Look again and again, until no folder is watched or the parent is gone."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    orphaned = threading.Event()
    threading.Thread(target=_wait_for_parent, args=(orphaned,), daemon=True).start()
    seeing = Seeing(open_store())
    pause_s = 0.0
    while not orphaned.wait(pause_s):
        try:
            if not seeing.look():
                return 0
            pause_s = LOOK_S
        except Exception as error:
            if not is_shortage(error) and not isinstance(error, StorageError):
                raise
            logger.warning("Waiting for the machine: %s", error)
            pause_s = TROUBLE_S
    return 0


def _wait_for_parent(orphaned: threading.Event) -> None:
    """The lifeline ends with who started this process."""
    number = os.environ.get(LIFELINE_VARIABLE)
    if number:
        while os.read(int(number), 64):
            pass
        orphaned.set()


if __name__ == "__main__":
    sys.exit(main())
