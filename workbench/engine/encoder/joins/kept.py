"""What was chosen for long texts before tuning, kept for another attempt at the same training."""

import numpy as np
import numpy.typing as npt

from workbench.core.long_texts.joins import MEAN, join_named
from workbench.jobs.process.job_dir import JobDir, read_json, write_json

FILE = "windows.json"


def keep_focus(job: JobDir, join: str, focus: npt.NDArray[np.int64] | None) -> None:
    """Write down how windows are joined, and which of them each text is learned from in any case."""
    told = None if focus is None else focus.tolist()
    write_json(job.path / FILE, {"join": join, "focus": told})


def kept_focus(job: JobDir) -> tuple[str, npt.NDArray[np.int64] | None]:
    """What `keep_focus` wrote; the mean where there is nothing, as earlier versions took it."""
    told = read_json(job.path / FILE) or {}
    focus = told.get("focus")
    return join_named(str(told.get("join", MEAN))), None if focus is None else np.array(focus)
