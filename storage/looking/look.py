"""A look at the database: what one thread asks while it lasts, it asks of one snapshot.

A page asks some twenty times within a tenth of a second. A connection of its own for each, with a
transaction begun and given up, costs more than most of the questions.

A look is never older than `FRESH_S`, nor than the last change that this process made, in whichever
thread: then it begins anew with the next question. What nobody asks of gives its connection back.
"""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from storage.looking import keeper

FRESH_S = 0.25
_Found = TypeVar("_Found")
_numbers = itertools.count(1)
_changed = 0
"""Goes up with each change that this process makes."""


class Look:
    """The snapshot of a thread, for as long as it is fresh, and what was worked out from it."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._lock = threading.RLock()
        """Between the thread that looks and the keeper; what garbage ends in it may end a look, too."""
        self._connection: sa.Connection | None = None
        self._users = 0
        self._spoilt = False
        self._began, self._as_of = 0.0, -1
        self._known: dict[Hashable, Any] = {}

    @contextlib.contextmanager
    def connection(self) -> Iterator[sa.Connection | None]:
        """The connection, in the snapshot's transaction; an exception ends the snapshot.

        None in the middle of a question that was begun before something changed: who asks then
        needs a connection of its own.
        """
        connection = self._begin()
        if connection is None:
            yield None
            return
        try:
            yield connection
        except BaseException:
            self._spoilt = True
            raise
        finally:
            self._end()

    def known(self, key: Hashable, find: Callable[[], _Found]) -> _Found:
        """What this key stands for in this snapshot, found if nobody has asked for it yet."""
        with self._lock:
            self._renew()
            if self._is_fresh() and key in self._known:
                return cast("_Found", self._known[key])
        as_of, found = _changed, find()
        with self._lock:
            if self._is_fresh() and self._as_of == as_of:
                self._known[key] = found
        return found

    def spoil(self) -> None:
        """Something was changed in the snapshot that is to be thrown away."""
        self._spoilt = True

    def rest(self) -> None:
        """Give the connection back if it is old and nobody asks at this moment."""
        with self._lock:
            self._renew()

    def end(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._drop()

    def _begin(self) -> sa.Connection | None:
        with self._lock:
            self._renew()
            if self._connection is None:
                self._as_of, self._began = _changed, time.monotonic()
                self._connection = self.engine.connect()
                self._connection.begin()
            elif not self._is_fresh():
                return None
            self._users += 1
            return self._connection

    def _end(self) -> None:
        with self._lock:
            self._users -= 1
            if self._spoilt:
                self._drop()

    def _renew(self) -> None:
        if not self._is_fresh():
            self._drop()

    def _is_fresh(self) -> bool:
        return self._as_of == _changed and time.monotonic() - self._began < FRESH_S

    def _drop(self) -> None:
        if self._users:
            return
        self._known.clear()
        self._spoilt, connection = False, self._connection
        self._connection = None
        if connection is not None:
            connection.close()


class _Here(threading.local):
    look: Look | None = None


_here = _Here()


@contextlib.contextmanager
def looking(engine: sa.Engine) -> Iterator[None]:
    """Let this thread look as long as the block runs."""
    if _here.look is not None:
        yield
        return
    look = _here.look = Look(engine)
    keeper.keep(look)
    try:
        yield
    finally:
        _here.look = None
        keeper.leave(look)
        look.end()


def here(engine: sa.Engine) -> Look | None:
    """This thread's look at this database."""
    look = _here.look
    return look if look is not None and look.engine is engine else None


def changed() -> None:
    """This process has changed something: whoever looks has to look anew."""
    global _changed
    _changed = next(_numbers)
