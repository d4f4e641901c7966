"""One process that reads files, as seen by the one that asks it."""

import contextlib
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from storage import files
from workbench.core.errors import WorkbenchError
from workbench.core.paths import CHECKOUT
from workbench.data.bulk import frames
from workbench.data.files import hand_over
from workbench.data.files.reader_folder import ReaderFolder
from workbench.jobs.process import isolation

PROGRAM = "workbench.data.bulk.reader"
_START_S = 120
_PATIENCE_S = 5
_TOLD_BYTES = 4000
_NO_MEMORY = re.compile(r"memory allocation of \d+ bytes failed|MemoryError|std::bad_alloc")


class Fault(Exception):
    """A reader died, hung, or said what is no answer; with what it left on its screen."""


class TookLong(Fault):
    """It was at work for longer than it may."""


class TookMemory(Fault):
    """It wanted more memory than it may have, and its parser could not do without."""


class Gone(Fault):
    """It had left, as one that nobody asks does, or does so now."""


class ReaderProcess:
    """A reader that has started and waits for a question.

    It has nothing of our environment, no screen, and a folder of its own for what it unpacks; where
    the system can do that, it opens no file but the one that it is asked about.

    Raises:
        WorkbenchError: it does not start.
    """

    def __init__(self) -> None:
        self.leaving = False
        self._folder = ReaderFolder()
        self._given = hand_over.folder()
        self._screen: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._wire, theirs = socket.socketpair()
        try:
            self._process = _started(theirs, self._screen, self._folder.path, self._given)
        finally:
            theirs.close()
        try:
            ready, _ = frames.receive(self._wire, 0, time.monotonic() + _START_S)
            self._confined = bool(ready.get("confined"))
        except (frames.Torn, OSError, ValueError) as error:
            raise _not_started(self.end()) from error
        except BaseException:
            self.end()
            raise

    def is_alive(self) -> bool:
        """Whether it still waits; one that nobody asked for long has left.

        One whose folder is gone, with the home that it lay in, is of no use.
        """
        if self._process.poll() is not None or not self._given.is_dir():
            return False
        return not select.select([self._wire], [], [], 0)[0]

    def ask(
        self, question: dict[str, Any], most: int, patience_s: float
    ) -> tuple[dict[str, Any], bytearray]:
        """Its answer to a question.

        Args:
            most: bytes that may come with it.
            patience_s: how long it may take.

        Raises:
            Fault: there is none.
        """
        path = Path(question["path"])
        if not self._confined:
            return self._answer(question, most, patience_s)
        with hand_over.handed_over(path, self._given) as at:
            return self._answer(question | {"path": str(at)}, most, patience_s)

    def _answer(
        self, question: dict[str, Any], most: int, patience_s: float
    ) -> tuple[dict[str, Any], bytearray]:
        try:
            self._wire.settimeout(patience_s)
            frames.send(self._wire, question)
            answer = frames.receive(self._wire, most, time.monotonic() + patience_s)
        except TimeoutError:
            raise TookLong(f"no answer in {patience_s:.0f} s\n{self.end()}") from None
        except (frames.Torn, OSError, ValueError, RecursionError) as error:
            told = self.end()
            code = self._process.returncode
            raise _fault(code, told)(f"{error}, exit code {code}\n{told}") from None
        self.leaving = bool(answer[0].get("leaving"))
        return answer

    def end(self) -> str:
        """Let it go, by force if need be, with all that it left; what was on its screen."""
        self._wire.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.05)
        self._process.kill()
        self._process.wait(_PATIENCE_S)
        self._folder.remove()
        shutil.rmtree(self._given, ignore_errors=True)
        return self._told()

    def _told(self) -> str:
        if self._screen.closed:
            return ""
        with self._screen as screen:
            screen.seek(max(0, os.fstat(screen.fileno()).st_size - _TOLD_BYTES))
            return screen.read().decode("utf-8", "replace")


def _fault(code: int, told: str) -> type[Fault]:
    """What befell a reader, by its exit code and what it left on its screen."""
    if isolation.exit_code(code) == -signal.SIGXCPU:
        return TookLong
    if _NO_MEMORY.search(told):
        return TookMemory
    return Fault if code else Gone


def _started(
    theirs: socket.socket, screen: IO[bytes], folder: Path, given: Path
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", PROGRAM, str(given)]
    environment = {"TMPDIR": str(folder), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
    if isolation.is_wanted():
        home = files.home()
        hide = [home / "secrets", *home.glob("workbench.db*")]
        command = isolation.wrapped(
            ["env", f"TMPDIR={folder}", *command],
            [folder, given], hide, network=False, ends_with_us=True,
        )  # fmt: skip
        environment["PATH"] = os.environ.get("PATH", os.defpath)
    return subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=environment,
        stdin=theirs.fileno(),
        stdout=screen,
        stderr=screen,
        start_new_session=True,
    )


def _not_started(told: str) -> WorkbenchError:
    return WorkbenchError(
        "The process that reads files does not start: close other programs and try again. "
        f"It said: {told.strip().splitlines()[-1] if told.strip() else 'nothing'}"
    )
