"""What to say of a file that harmed what read it."""

from collections.abc import Callable

MEMORY, TIME, DEPTH = "memory", "time", "depth"
"""What a reader wanted too much of."""


def sentence(name: str, by: str = "") -> str:
    """One sentence; `by` is one of the above where that is known."""
    return _SENTENCES.get(by, _damaged)(name)


def _damaged(name: str) -> str:
    return (
        f"{name} could not be read: it is damaged, or made to do harm. "
        "Use another file, or save it anew as CSV."
    )


def _too_large(name: str) -> str:
    return (
        f"{name} needs more memory than is set aside for reading it: it holds cells or rows that "
        "are too large, or a cell far away from the others. Take them out, or save the table anew "
        "as CSV."
    )


def _too_slow(name: str) -> str:
    return (
        f"{name} could not be read in the time that is set aside for a file of its size: it is "
        "damaged, or made to do harm. Use another file, or save it anew as CSV."
    )


def _too_deep(name: str) -> str:
    return (
        f"{name} could not be read: parts of it lie within each other, too deep to follow. Use "
        "another file, or save it anew without them."
    )


_SENTENCES: dict[str, Callable[[str], str]] = {
    MEMORY: _too_large,
    TIME: _too_slow,
    DEPTH: _too_deep,
}
