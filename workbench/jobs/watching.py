"""The process that watches folders: there while one is switched on, started anew if it ends."""

import contextlib
import logging
import subprocess
import sys
import time
from pathlib import Path

from storage.database import Store
from storage.watched import watches
from workbench.jobs.process import child
from workbench.jobs.process.child import Child

logger = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "workbench.use.watched")
_LOOK_S = 2.0
_AGAIN_S = 15.0
"""Between two starts, whatever ends it."""
_LEAVE_S = 5.0


class Watching:
    """Keeps the process alive, a `step` at a time; nothing of it harms the worker."""

    def __init__(self, store: Store, log: Path) -> None:
        self._store, self._log = store, log
        self._child: Child | None = None
        self._looked_at = -_LOOK_S
        self._started_at = -_AGAIN_S

    @property
    def process(self) -> "subprocess.Popen[bytes] | None":
        """The one that watches, if one was started and has not been found ended."""
        return self._child.process if self._child is not None else None

    def step(self) -> None:
        """Start it where a folder is watched and nobody looks; end it where none is."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_S:
            return
        self._looked_at = now
        with self._store.read() as session:
            wanted = watches.is_any_on(session)
        if self._child is not None and self._child.process.poll() is not None:
            self._let_go()
        if wanted and self._child is None and now - self._started_at >= _AGAIN_S:
            self._start(now)

    def _start(self, now: float) -> None:
        self._started_at = now
        try:
            with self._log.open("ab") as log:
                self._child = child.start(COMMAND, log=log.fileno(), own_group=True)
        except OSError as error:
            logger.warning("Folders cannot be watched: %s", error)
            return
        logger.info("Folders are watched by process %s", self._child.process.pid)

    def _let_go(self) -> None:
        if self._child is not None:
            self._child.let_go()
            self._child = None

    def close(self) -> None:
        """End it with the worker."""
        if self._child is not None:
            with contextlib.suppress(OSError):
                self._child.end(_LEAVE_S)
            self._child = None
