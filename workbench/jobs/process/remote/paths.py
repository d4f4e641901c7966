"""Paths of one machine in the words of another, in the JSON files that name some.

A job's files lie elsewhere on each machine, but for how they lie to each other: below its own folder
everything is named alike, and what it was given stands below one folder, by its whole path at home.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.jobs.process import checkpoints
from workbench.jobs.process.job_dir import read_json, write_json

NAMING = ("workbench.json", "result.json", checkpoints.STATE)
"""Files of a job, or of a model, that name paths."""

Moves = Mapping[str, str]
"""Folder or file there → where it is here."""


def moved(value: Any, moves: Moves) -> Any:
    """A value of JSON with each text that is a path in `moves`, or below one, as it is called here."""
    if isinstance(value, str):
        return _moved(value, moves)
    if isinstance(value, list):
        return [moved(item, moves) for item in value]
    if isinstance(value, dict):
        return {name: moved(item, moves) for name, item in value.items()}
    return value


def _moved(text: str, moves: Moves) -> str:
    if not text.startswith("/"):
        return text
    for there in sorted(moves, key=len, reverse=True):
        if text == there or text.startswith(f"{there}/"):
            return moves[there] + text[len(there) :]
    return text


def move_within(path: Path, moves: Moves) -> None:
    """Let a file of `NAMING` name this machine's paths; a checkpoint stays whole with it."""
    if path.name not in NAMING or not path.is_file():
        return
    before = read_json(path)
    after = moved(before, moves)
    if after == before:
        return
    sealed = checkpoints.is_whole(path.parent)
    path.unlink()  # it may be a second name of a file that is to stay what it is
    write_json(path, after)
    if sealed:
        (path.parent / checkpoints.MANIFEST).unlink()
        checkpoints.seal(path.parent)
