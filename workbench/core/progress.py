"""How far something long is, told to whoever waits for it."""

from collections.abc import Callable

Progress = Callable[[float], None]
"""Told the share that is done, 0 to 1; raises when the user does not want it any more."""


def silent(share: float) -> None:
    """Nobody wants to know how far it is."""


def within(progress: Progress, start: float, end: float) -> Progress:
    """For a part of the way: its 0 is `start` of the whole, its 1 is `end`."""
    return lambda share: progress(start + (end - start) * share)
