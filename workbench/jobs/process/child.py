"""A program as a child process that does not outlive its parent, however that ends.

The child gets the reading end of a pipe, its lifeline. The parent holds the other end and writes
nothing: the system closes it with the parent, and the child leaves then (see `shell`).
"""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.core.paths import CHECKOUT
from workbench.jobs.process.job_dir import LIFELINE_VARIABLE, LOCK_VARIABLE, TOKEN_VARIABLE


@dataclass(frozen=True)
class Child:
    """A process that was started here."""

    process: subprocess.Popen[bytes]
    lifeline: int
    """Our end of the pipe."""

    def let_go(self) -> None:
        """Close the lifeline: a process that still runs leaves."""
        os.close(self.lifeline)

    def end(self, patience_s: float) -> None:
        """Tell it to end, do so by force if it takes longer than `patience_s`, and let go."""
        try:
            if self.process.poll() is None:
                self.process.terminate()
                self._wait(patience_s)
        finally:
            self.let_go()

    def _wait(self, patience_s: float) -> None:
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(
    command: Sequence[str],
    *,
    log: int | None = None,
    lock: int | None = None,
    own_group: bool,
    token: str = "",
) -> Child:
    """Start a program in the checkout.

    Args:
        log: an open file that its output goes to; None lets it go where ours goes.
        lock: the open and locked file of the folder that it works in, which it holds from then on.
        own_group: whether it is out of reach of signals to our group, such as Ctrl-C.
        token: the hub's, for the program to read once from a pipe (see `hub_token`): so it stands
            in no file, no command line and no environment.

    Raises:
        OSError: the system starts no process.
    """
    lifeline, ours = os.pipe()
    handed_down = {LIFELINE_VARIABLE: lifeline} | ({} if lock is None else {LOCK_VARIABLE: lock})
    if token:
        handed_down[TOKEN_VARIABLE] = _filled_pipe(token)
    names = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    try:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={
                **names,
                "PYTHONUNBUFFERED": "1",
                **{name: str(number) for name, number in handed_down.items()},
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=tuple(handed_down.values()),
            start_new_session=own_group,
        )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(lifeline)
        if token:
            os.close(handed_down[TOKEN_VARIABLE])
    return Child(process, ours)


_NOT_INHERITED = {LOCK_VARIABLE, TOKEN_VARIABLE}


def _filled_pipe(text: str) -> int:
    """The reading end of a pipe that holds a text (of a few kB at most: a pipe takes 4) and ends."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(text.encode())
    return reading


@contextlib.contextmanager
def running(
    command: Sequence[str],
    patience_s: float,
    *,
    log: int | None = None,
    lock: int | None = None,
    own_group: bool,
) -> Iterator[subprocess.Popen[bytes]]:
    """A program while the block runs; see `start` and, for what comes then, `Child.end`."""
    child = start(command, log=log, lock=lock, own_group=own_group)
    try:
        yield child.process
    finally:
        child.end(patience_s)
