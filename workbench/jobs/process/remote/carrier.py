"""Does a job on a machine of a cluster: brings its files, runs its process, sends what that writes.

`python -m workbench.engine ADDRESS` comes here where the address is one of a store. The process
itself is the one of every machine, `python -m workbench.engine JOB_DIR`: it has the job's folder, its
lock, and a lifeline, which ends when this process does, however that ends. Where several machines learn
together, this is the one that leads; `helper` is what the others do.
"""

import contextlib
import fcntl
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any, NoReturn

from workbench.core.errors import WorkbenchError
from workbench.core.words import size
from workbench.jobs.process import out_of_memory
from workbench.jobs.process.child import Child, start
from workbench.jobs.process.facts.versions import refusal, versions_here
from workbench.jobs.process.job_dir import LIFELINE_VARIABLE, EventWriter, write_json
from workbench.jobs.process.remote.file_store import StoreUnreachable
from workbench.jobs.process.remote.layout import CANCEL, KILL, PAUSE, AttemptFiles, at
from workbench.jobs.process.remote.machine import Place, place_for, take, tidy
from workbench.jobs.process.remote.order import Order
from workbench.jobs.process.remote.outgoing import Outgoing
from workbench.jobs.process.remote.rank import Rank, rank_told
from workbench.jobs.process.shell import ORPHANED

LOOK_S = 1.0
"""Between two looks at what the process wrote and at what it is told."""
SILENCE_S = 30.0
"""Most of the time between two tries while the store does not answer."""
NOTHING_TO_DO, GONE = 2, 4
"""Exit codes: there is no such order; nobody waits for it any more."""
ENDED, REFUSED = "ended", "refused"
"""Files of an attempt: how it ended; why one of several machines cannot take part."""
PRIVATE_UMASK = 0o077


class _Stopped(Exception):
    """It was told to end before its process began."""


class Carrier:
    """One attempt on this machine."""

    def __init__(
        self, files: AttemptFiles, order: Order, place: Place, rank: Rank | None = None
    ) -> None:
        self._files, self._order, self._place, self._rank = files, order, place, rank
        self._attempt = int(order.spec["attempt"])
        self._outgoing = Outgoing(files, place.job)
        self._told = ""
        self._child: Child | None = None
        self._kills = out_of_memory.kills()
        self._memory_was_low = False
        self._leaving = threading.Event()

    def run(self, command: Sequence[str]) -> int:
        """Do it; the exit code of its process."""
        signal.signal(signal.SIGTERM, self._end)
        self._watch_lifeline()
        home = dict(self._place.moves_home(self._order))
        self._patiently(
            lambda: self._files.tell("begun", {"machine": platform.node(), "moves": home})
        )
        code = self._bring() or self._work(command)
        if (refused := self._refused()) and not self._place.job.result.exists():
            self._fail(**refused)
        self._patiently(self._outgoing.send_all)
        memory = code == -signal.SIGKILL and self._told != KILL and self._ran_out()
        ended = {"exit_code": code, "out_of_memory": memory}
        if self._rank and code == ORPHANED and not self._told:
            ended["lost"] = True  # another machine; this one left for another attempt
        self._patiently(lambda: self._files.tell(ENDED, ended))
        return code if code >= 0 else 128 - code

    def _bring(self) -> int:
        """Bring the files, telling so; 0, or the exit code of what went wrong."""
        if why := refusal(platform.node(), self._order.versions, versions_here()):
            self._fail(why, retryable=False)
            return 1
        events = EventWriter(self._place.job, self._attempt)
        with _telling(events, self._order, self._look):
            try:
                self._patiently(
                    lambda: take(self._order, self._files, self._place, self._check_going_on)
                )
                return 0
            except _Stopped:
                return 1
            except WorkbenchError as error:
                self._fail(str(error), retryable=True)
                return 1

    def _check_going_on(self) -> None:
        if self._told:
            raise _Stopped

    def _fail(self, reason: str, *, retryable: bool) -> None:
        print(reason, file=sys.stderr, flush=True)
        told = {"status": "failed", "reason": reason, "retryable": retryable}
        write_json(self._place.job.result, {**told, "attempt": self._attempt})

    def _work(self, command: Sequence[str]) -> int:
        job = self._place.job
        with job.lock.open("a") as lock, job.log.open("ab") as log:
            fcntl.flock(lock, fcntl.LOCK_EX)
            line = [*command, str(job.path)]
            self._child = start(line, log=log.fileno(), lock=lock.fileno(), own_group=True)
        self._obey(self._told)
        try:
            while self._child.process.poll() is None:
                self._memory_was_low = out_of_memory.is_low()
                self._look()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._child.process.wait(LOOK_S)
        finally:
            self._kill()  # what it left behind
            self._child.let_go()
        if self._leaving.is_set():
            self._stay()
        return self._child.process.wait()

    def _look(self) -> None:
        self._hear()
        with contextlib.suppress(StoreUnreachable):  # it is sent with what comes next
            self._outgoing.send()

    def _hear(self) -> None:
        """Do what the workbench says; leave where it does not know the attempt any more."""
        with contextlib.suppress(StoreUnreachable):
            told = (self._files.told("told") or {}).get("what", "")
            if told and told != self._told:
                self._obey(told)
            elif self._files.told("order") is None:
                self._leave()
            elif self._refused():
                self._kill()

    def _refused(self) -> dict[str, Any] | None:
        """Why another one of several machines cannot take part."""
        with contextlib.suppress(StoreUnreachable):
            refused: dict[str, Any] | None = self._files.told(REFUSED) if self._rank else None
            return refused
        return None

    def _watch_lifeline(self) -> None:
        """Leave with the process of Ray's that started this one, where that is one of several."""
        number = os.environ.get(LIFELINE_VARIABLE)
        if number and self._rank:
            threading.Thread(target=self._wait_for_end, args=(int(number),), daemon=True).start()

    def _wait_for_end(self, lifeline: int) -> None:
        while os.read(lifeline, 64):
            pass
        self._leave("The cluster has ended this attempt.")

    def _obey(self, told: str) -> None:
        self._told = told
        child = self._child
        if child is None or not told:
            return
        if told == KILL:
            self._kill()
            return
        if told == PAUSE:
            self._place.job.pause.touch()
        else:
            self._place.job.pause.unlink(missing_ok=True)
        if child.process.poll() is None:
            child.process.terminate()

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        """SIGTERM, as Ray sends it to all processes of a job: the way that is known without a store."""
        if not self._told:
            self._obey(CANCEL)

    def _kill(self) -> None:
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.process.pid, signal.SIGKILL)

    def _leave(self, why: str = "The workbench has given this attempt up.") -> None:
        """Nobody waits for it any more: another attempt may be at work already."""
        print(why, file=sys.stderr, flush=True)
        self._leaving.set()
        self._kill()
        shutil.rmtree(self._place.folder, ignore_errors=True)
        os._exit(GONE)

    def _stay(self) -> NoReturn:
        """The thread that watches the lifeline is about to end this process."""
        while True:
            threading.Event().wait()

    def _ran_out(self) -> bool:
        kills = out_of_memory.kills()
        more = kills is not None and self._kills is not None and kills > self._kills
        return more or self._memory_was_low

    def _patiently(self, do: Callable[[], None]) -> None:
        """Do it once the store answers; leave where the attempt was given up meanwhile."""
        pause_s = LOOK_S
        while True:
            try:
                return do()
            except StoreUnreachable as error:
                print(error, file=sys.stderr, flush=True)
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, SILENCE_S)
            with contextlib.suppress(StoreUnreachable):
                if self._files.told("order") is None:
                    self._leave()


@contextlib.contextmanager
def _telling(events: EventWriter, order: Order, look: Callable[[], None]) -> Iterator[None]:
    """Signs of life while files come, which may take long."""
    total = sum(int(about[1]) for within in (order.folder, *order.inputs.values())
                for about in within.values())  # fmt: skip
    done = threading.Event()
    message = f"Bringing {size(total)} of files to {platform.node()}"
    events.write("phase", name="preparing", message=message)

    def tell() -> None:
        while not done.is_set():
            events.write("alive")
            look()
            done.wait(LOOK_S)

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        events.close()


def carry(address: str, command: Sequence[str], of: Callable[..., Carrier] = Carrier) -> int:
    """Do the attempt at an address with a program that gets a job's folder; the exit code."""
    os.umask(PRIVATE_UMASK)
    rank = rank_told()
    try:
        files = at(address)
        told = files.told("order")
        if told is None:
            print(f"There is nothing to do at {address}.", file=sys.stderr)
            return NOTHING_TO_DO
        order, place = Order.from_dict(told), place_for(files, rank.number if rank else 0)
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return NOTHING_TO_DO
    try:
        code = of(files, order, place, rank).run(command)
    finally:
        shutil.rmtree(place.folder, ignore_errors=True)
    tidy(place.scratch)
    return code
