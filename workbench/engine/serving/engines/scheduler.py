"""Which answers are computed together: they join and leave between any two tokens.

One thread computes while there is work, and holds the turn (`FairLock`) meanwhile, which it hands
on ten times a second to whoever uses the processor otherwise. Keys and values have a bounded part
of memory: who finds no room waits, first come, first served; who outgrows it waits again, and is
read anew.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from collections.abc import Sequence as Several
from dataclasses import dataclass
from itertools import islice

import torch

from workbench.core.errors import WorkbenchError
from workbench.engine.runtime.device import trim_heap
from workbench.engine.serving.engines.forward import Forward, Piece
from workbench.engine.serving.engines.kv_pool import Pool
from workbench.engine.serving.engines.low_rank import Adapter
from workbench.engine.serving.engines.pace import Pace
from workbench.engine.serving.engines.prefixes import Known, Prefixes
from workbench.engine.serving.engines.sequence import Sequence
from workbench.engine.serving.fair_lock import FairLock

_log = logging.getLogger(__name__)

TOGETHER = 32
"""Answers of one batch."""
GUESSING = 8
"""Up to so many answers at once, tokens are guessed: read with few others they cost little."""
TRIMMED = 32
"""After so many answers memory that is free is given back: keys and values of changing length leave
holes in it."""
ROOM = 32
"""Tokens beyond those that are there for which an answer gets room at first."""


class NoRoom(WorkbenchError):
    """The memory for keys and values cannot hold a text."""


@dataclass(frozen=True)
class Chosen:
    """What is read of an answer in one step."""

    one: Sequence
    count: int
    guess: list[int]

    @property
    def piece(self) -> Piece:
        """The tokens, and the guessed ones behind them."""
        one, count = self.one, self.count
        assert one.kv is not None
        ids = [*one.ids[one.read : one.read + count], *self.guess]
        return Piece(ids, one.read, one.kv, one.adapter, 1 + len(self.guess))


class Scheduler:
    """Computes answers in a thread that lives while there are any."""

    def __init__(self, forward: Forward, pool: Pool, turns: FairLock, pace: Pace) -> None:
        self._forward, self._pool, self._turns, self._pace = forward, pool, turns, pace
        self.prefixes = Prefixes(pool)
        self._lock = threading.Lock()
        self._arrived: list[Sequence] = []
        self._gone_adapters: list[Adapter] = []
        self._thread: threading.Thread | None = None
        self._waiting: deque[Sequence] = deque()
        self._running: list[Sequence] = []
        self._over = 0

    def submit(self, one: Sequence) -> None:
        """Compute an answer; it is iterated by who asked."""
        with self._lock:
            self._arrived.append(one)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="batching", daemon=True)
                self._thread.start()

    def compute(self, ones: Iterable[Sequence], over: Callable[[Sequence], None]) -> None:
        """Compute answers in the thread that calls, while nobody else asks.

        The same ones are computed in the same steps each time: nothing that was read before is made
        use of, and a step is as large however long it takes.

        Args:
            ones: taken as there is a place for them.
            over: called with each as it ends; what it raises ends them all.
        """
        self.prefixes.forget_all()
        self._pace = Pace.steady()
        coming, known = iter(ones), list[Sequence]()
        try:
            with self._turns, torch.inference_mode():
                while self._goes_on(coming, known, over):
                    self._step()
        except BaseException as error:
            self._fail_all(error)
            raise

    def _goes_on(
        self, coming: Iterable[Sequence], known: list[Sequence], over: Callable[[Sequence], None]
    ) -> bool:
        """Part with those that are over and take others in their place; whether any is left."""
        self._let_go()
        for one in [one for one in known if one.is_over]:
            known.remove(one)
            over(one)
        more = list(islice(coming, TOGETHER - len(known)))
        known += more
        self._waiting.extend(more)
        return bool(known)

    def forget(self, adapter: Adapter) -> None:
        """What was read with this adapter is of no more use."""
        with self._lock:
            self._gone_adapters.append(adapter)

    def _run(self) -> None:
        while self._has_work():
            try:
                with self._turns, torch.inference_mode():
                    while self._has_work(ends=False):
                        self._step()
                        if self._turns.is_over():
                            self._turns.pass_on()
            except Exception as error:
                _log.exception("a batch of answers failed")
                self._fail_all(error)

    def _has_work(self, *, ends: bool = True) -> bool:
        """Whether any answer is not over; if none is and the thread ends, the next makes another."""
        with self._lock:
            for adapter in self._gone_adapters:
                self.prefixes.forget(adapter)
            self._gone_adapters.clear()
            self._waiting.extend(self._arrived)
            self._arrived.clear()
            found = bool(self._waiting or self._running)
            if not found and ends:
                self._thread = None
            return found

    def _step(self) -> None:
        self._let_go()
        self._let_in()
        if not self._running:
            return
        self._running.sort(key=lambda one: id(one.adapter))  # stable: in order of arrival
        shares = self._pace.shares(self._running)
        chosen = []
        for one, count in [(self._running[n], shares[n]) for n in sorted(shares)]:
            guess = one.guess() if len(self._running) <= GUESSING else []
            if self._has_room(one, count + len(guess)):
                chosen.append(Chosen(one, count, guess))
        if not chosen:
            return
        begun = time.perf_counter()
        self._read(chosen)
        self._pace.measured(sum(part.count for part in chosen), time.perf_counter() - begun)

    def _let_go(self) -> None:
        """Part with answers that are over or that nobody waits for."""
        for one in [*self._running, *self._waiting]:
            if not one.is_over and not one.is_wanted:
                one.end()
        for one in self._running:
            if one.is_over and one.kv is not None:
                self.prefixes.keep(one.adapter, one.ids[: one.read], one.kv)
                one.kv = None
                self._over += 1
        if self._over >= TRIMMED:
            self._over = 0
            trim_heap()
        self._running = [one for one in self._running if not one.is_over]
        self._waiting = deque(one for one in self._waiting if not one.is_over)

    def _let_in(self) -> None:
        """Take in those that wait, as far as there is room."""
        while self._waiting and len(self._running) < TOGETHER:
            first = self._waiting[0]
            if not self._pool.ever_fits(len(first.ids) + 1):
                first.fail(_too_large())
                self._waiting.popleft()
                continue
            wanted = len(first.ids) + ROOM
            if not self.prefixes.make_room(wanted):
                wanted = len(first.ids) + 1
                if self._running or not self.prefixes.make_room(wanted):
                    return
            self._waiting.popleft()
            first.kv = self._pool.take(wanted)
            first.read = self.prefixes.begin(first.adapter, first.ids, first.kv, self._known())
            self._running.append(first)

    def _known(self) -> list[Known]:
        return [(o.adapter, o.ids[: o.read], o.kv) for o in self._running if o.kv is not None]

    def _has_room(self, one: Sequence, count: int) -> bool:
        """Whether an answer has room for so many tokens; without, it waits again."""
        assert one.kv is not None
        needed = one.read + count
        if needed <= one.kv.room:
            return True
        more = needed - one.kv.room
        if self._pool.grow(one.kv, needed, one.read):
            return True
        if self.prefixes.make_room(more) and self._pool.grow(one.kv, needed, one.read):
            return True
        self._running.remove(one)
        alone = not self._running
        self._pool.give_back(one.kv)
        one.kv, one.read = None, 0
        if alone:
            one.fail(_too_large())
        else:
            self._waiting.appendleft(one)
        return False

    def _read(self, chosen: Several[Chosen]) -> None:
        try:
            scores = self._forward([part.piece for part in chosen])
        except Exception as error:
            if len(chosen) == 1:
                _log.exception("an answer failed")
                chosen[0].one.fail(error)
                return
            for part in chosen:  # whoever is to blame fails alone
                self._read([part])
            return
        best, row = scores.argmax(-1).tolist(), 0
        for part in chosen:
            rows = slice(row, row + 1 + len(part.guess))
            part.one.take(part.count, part.guess, scores[rows], best[rows])
            row = rows.stop

    def _fail_all(self, error: BaseException) -> None:
        for one in [*self._running, *self._waiting]:
            if one.kv is not None:
                self._pool.give_back(one.kv)
                one.kv = None
            if not one.is_over:
                one.fail(error)
        self._running, self._waiting = [], deque()


def _too_large() -> NoRoom:
    return NoRoom(
        "The text is too long for the memory that is free on this machine: shorten it, or close "
        "other programs and load the model again."
    )
