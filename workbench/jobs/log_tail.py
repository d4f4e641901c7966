"""The end of a log, read from its end, however long it is."""

from pathlib import Path

_BYTES_PER_LINE = 400
MARK = "— "
"""Begins a line that the worker wrote into a job's log."""


def tail(path: Path, lines: int) -> str:
    """The last `lines` lines; a progress bar that redraws itself counts as one line."""
    return "\n".join(_last(path, lines))


def last_words(path: Path) -> str:
    """The last line that the job itself wrote, or nothing."""
    own = [line for line in _last(path, 20) if line.strip() and not line.startswith(MARK)]
    return own[-1].strip()[:300] if own else ""


def _last(path: Path, lines: int) -> list[str]:
    try:
        with path.open("rb") as handle:
            size = handle.seek(0, 2)
            start = max(0, size - lines * _BYTES_PER_LINE)
            handle.seek(start)
            text = handle.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return []
    whole = text.split("\n")[1 if start else 0 :]
    if whole and not whole[-1]:
        whole.pop()
    return [line.rstrip("\r").rsplit("\r", 1)[-1] for line in whole[-lines:]]
