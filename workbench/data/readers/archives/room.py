"""How much a packed file may become, and what the disk can spare for it."""

import shutil
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.words import size

MOST_UNPACKED_BYTES = 32 << 30
MOST_RATIO = 200
"""Tables shrink to a tenth or a twentieth; what shrinks far more was made to fill a disk."""
RATIO_FROM_BYTES = 64 << 20
RESERVE_BYTES = 500_000_000
"""So much of the disk stays free for everything else."""


def check_room(folder: Path, wanted: int, name: str) -> None:
    """Refuse what the disk does not take.

    Raises:
        WorkbenchError: fewer than `wanted` bytes can be spared.
    """
    free = max(0, shutil.disk_usage(folder).free - RESERVE_BYTES)
    if wanted > free:
        raise WorkbenchError(
            f"{name} needs {size(wanted)} on the disk while it is read, but only {size(free)} can "
            f"be spared on the one that holds {folder}: free some space and try again."
        )


def check_unpacked(unpacked_bytes: int, packed_bytes: int, name: str) -> None:
    """Refuse what was made to fill a disk.

    Raises:
        WorkbenchError: it becomes too much, or far more than tables do.
    """
    if unpacked_bytes > MOST_UNPACKED_BYTES:
        raise WorkbenchError(
            f"{name} unpacks to more than {size(MOST_UNPACKED_BYTES)}, which is more than "
            "can be read here: choose a smaller table."
        )
    ratio = unpacked_bytes / max(1, packed_bytes)
    if unpacked_bytes > RATIO_FROM_BYTES and ratio > MOST_RATIO:
        raise WorkbenchError(
            f"{name} unpacks to more than {MOST_RATIO} times its size, as no table of texts "
            "does: see what is in it, and choose the table itself."
        )
