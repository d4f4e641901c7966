"""Sentences for errors that no one raised for the user: memory, disk, and the unexpected."""

import errno
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LITTLE_DISK = 16 * 2**20
UNSTABLE = "The training became unstable"
"""How the sentence begins of a training whose loss is no number any more."""


def explain(error: BaseException, doing: str, spec: Mapping[str, Any], folder: Path) -> str:
    """The sentence for an error that is not ours: what happened and what to change.

    Args:
        doing: what the process was at, as "learning from 320 examples".
        spec: the job's; its recipe has the settings that take memory.
        folder: where the job writes.
    """
    if is_out_of_memory(error):
        return _memory_sentence(doing, spec.get("recipe", {}))
    if _is_disk_full(error, folder):
        return (
            "The disk is full: free some space and start again. "
            "Everything up to the last checkpoint is kept."
        )
    return f"Something unexpected went wrong while {doing}; the log has the details."


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out: the machine's or the accelerator's."""
    text = str(error).lower()
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (
            isinstance(error, RuntimeError)
            and any(sign in text for sign in ("out of memory", "can't allocate memory"))
        )
    )


def _memory_sentence(doing: str, recipe: Mapping[str, Any]) -> str:
    now = [
        f"{words} (now {recipe[name]})"
        for name, words in (
            ("per_device_train_batch_size", "examples per step"),
            ("max_length", "the longest example"),
        )
        if name in recipe
    ]
    lower = " or ".join(now) or "the settings under Memory"
    extra = "" if recipe.get("gradient_checkpointing") else ", or switch on gradient checkpointing"
    return f"Memory ran out while {doing}: lower {lower}{extra}, and start again."


def _is_disk_full(error: BaseException, folder: Path) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    # Libraries that write from native code raise errors of their own.
    return "No space left" in str(error) or shutil.disk_usage(folder).free < LITTLE_DISK
