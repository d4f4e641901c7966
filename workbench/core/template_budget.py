"""What one rendering of a chat template may use up: steps, processor time and sizes of values."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jinja2.utils import Namespace

STEPS = 1_000_000
"""Turns of loops, calls, filters and operations."""
SECONDS = 2.0
"""Of this thread's processor time, so that a busy machine fails nobody."""
SIZE = 8_000_000
TIMES = 60
"""All values that are made may hold `SIZE` and so many times the conversation together."""
ITEM = 8
"""What an entry of a list counts, in characters."""
BITS = 20_000


class TemplateLimit(Exception):
    """The template works without end, or makes something without end."""


class Budget:
    """What is left to one rendering."""

    def __init__(self, messages: Sequence[Mapping[str, Any]]) -> None:
        held = sum(len(str(value)) for turn in messages for value in turn.values())
        self.most = SIZE + TIMES * held
        self.output = 64_000 + 20 * held
        self._size: float = self.most
        self._steps = STEPS
        self._until = time.thread_time() + SECONDS

    def step(self) -> None:
        """One more step was made."""
        self._steps -= 1
        if self._steps < 0:
            raise TemplateLimit("it takes too many steps")
        if self._steps % 1024 == 0 and time.thread_time() > self._until:
            raise TemplateLimit("it takes too long")

    def made(self, size: float) -> None:
        """Something of this size is made."""
        self._size -= size
        if self._size < 0:
            raise TemplateLimit("it makes too much text")

    def written(self, size: int) -> None:
        """So many characters more are in the result."""
        self.output -= size
        if self.output < 0:
            raise TemplateLimit("it makes too much text")

    def check(self, value: Any) -> Any:
        """The value, once all that is in it is counted (as often as it is there)."""
        if isinstance(value, str | bytes):
            self.made(len(value))
        elif isinstance(value, int):
            if value.bit_length() > BITS:
                raise TemplateLimit("it makes a number without end")
        elif isinstance(value, list | tuple | set | dict | Namespace):
            self.made(weight(value, self._size))
        return value


def weight(value: Any, most: float) -> int:
    """Characters and entries of a value with all that is in it; stops soon after `most`."""
    found, waiting = 0, [value]
    while waiting and found <= most:
        one = waiting.pop()
        if isinstance(one, str | bytes):
            found += len(one)
        elif isinstance(one, dict):
            found += ITEM * len(one) + sum(len(key) for key in one if isinstance(key, str))
            waiting += one.values()
        elif isinstance(one, list | tuple | set):
            found += ITEM * len(one)
            waiting += one
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
