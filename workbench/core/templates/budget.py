"""What one rendering of a chat template may use up: steps, processor time and sizes of values."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jinja2.utils import Namespace

STEPS = 500_000
"""Turns of loops, calls, filters and operations."""
SECONDS = 1.5
"""Of this thread's processor time, so that a busy machine fails nobody."""
_LOOKED_AT_TIME = 8
"""Once in so many steps: what one step may do is limited by sizes, and takes a tenth of a second."""
SIZE = 4_000_000
TIMES, LONG, TIMES_LONG = 20, 60_000_000, 8
"""All values that are made may hold `SIZE` and so many times the conversation together; of one
that is so long that this would be more than `LONG`, fewer times."""
ITEM = 32
"""What an entry of a list counts, in characters; about the bytes that it takes."""
ENTRY = 64
"""What an entry of a dictionary counts."""
OBJECT = 300
"""What anything else counts, such as a namespace or a macro."""
BITS = 1024


class TemplateLimit(Exception):
    """The template works without end, or makes something without end."""


class Budget:
    """What is left to one rendering."""

    def __init__(self, messages: Sequence[Mapping[str, Any]]) -> None:
        held = sum(len(str(value)) for turn in messages for value in turn.values())
        self.most = SIZE + max(min(TIMES * held, LONG), TIMES_LONG * held)
        self.output = 64_000 + 20 * held
        self._size: float = self.most
        self._steps = STEPS
        self._until = time.thread_time() + SECONDS

    def step(self) -> None:
        """One more step was made."""
        self._steps -= 1
        if self._steps < 0:
            raise TemplateLimit("it takes too many steps")
        if self._steps % _LOOKED_AT_TIME == 0 and time.thread_time() > self._until:
            raise TemplateLimit("it takes too long")

    def made(self, size: float) -> None:
        """Something of this size is made."""
        self._size -= size
        if self._size < 0:
            raise TemplateLimit("it makes too much text")

    def room(self, size: float) -> None:
        """Something may become this large; what it does become is counted once it is there."""
        if size > self._size:
            raise TemplateLimit("it makes too much text")

    def written(self, size: int) -> None:
        """So many characters more are in the result."""
        self.output -= size
        if self.output < 0:
            raise TemplateLimit("it makes too much text")

    def check(self, value: Any) -> Any:
        """The value, once it is counted and what it holds is found to be no larger than allowed.

        What lies in a list was counted when it was made; here its places are.
        """
        if isinstance(value, str | bytes):
            self.made(len(value))
        elif isinstance(value, int):
            if value.bit_length() > BITS:
                raise TemplateLimit("it makes a number without end")
        elif isinstance(value, list | tuple | set):
            self.made(ITEM * len(value))
            self.holds(value)
        elif isinstance(value, dict):
            self.made(ENTRY * len(value))
            self.holds(value)
        elif isinstance(value, Namespace):
            self.made(OBJECT)
        return value

    def holds(self, value: Any) -> int:
        """The weight of a value, which may be as much as everything together."""
        if (found := weight(value, self.most)) > self.most:
            raise TemplateLimit("it makes too much text")
        return found


def weight(value: Any, most: float) -> int:
    """Characters and entries of a value with all that is in it; stops soon after `most`."""
    found, waiting = 0, [value]
    while waiting and found <= most:
        one = waiting.pop()
        if isinstance(one, str | bytes):
            found += len(one)
        elif isinstance(one, dict):
            found += ENTRY * len(one) + sum(len(key) for key in one if isinstance(key, str))
            waiting += one.values()
        elif isinstance(one, list | tuple | set):
            found += ITEM * len(one)
            waiting += one
        elif isinstance(one, int):
            found += one.bit_length() // 3
        elif one is not None and not isinstance(one, float):
            found += OBJECT
    return found


_budget: ContextVar[Budget | None] = ContextVar("budget", default=None)


def budget() -> Budget:
    """The budget of the rendering that is going on (a new one while a template is compiled)."""
    return _budget.get() or Budget([])


@contextmanager
def limited(messages: Sequence[Mapping[str, Any]]) -> Iterator[Budget]:
    """Everything inside is one rendering of these turns."""
    token = _budget.set(found := Budget(messages))
    try:
        yield found
    finally:
        _budget.reset(token)
