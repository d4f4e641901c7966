"""The trained model that a training goes on from, kept beside what is made of it.

The files are second names of the earlier run's where the disk can do that, so they take no room and
stay when that run is deleted.
"""

import os
import shutil
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_folder
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import TrainSpec
from workbench.models.families import family_named
from workbench.models.trained import read_trained

START = "start"


def kept_start(spec: TrainSpec, job: JobDir, report: Report | None = None) -> Path | None:
    """The folder of the model to go on from, within the job's own; None where there is none.

    Raises:
        WorkbenchError: it is not there any more, or is no trained model.
    """
    if spec.start is None:
        return None
    target = job.path / START
    if not target.is_dir():
        if not spec.start.is_dir():
            raise WorkbenchError(
                f"The model to go on from is not at {spec.start} any more: choose another one to "
                "start from, or the base model."
            )
        with whole_folder(target) as part:
            for path in sorted(one for one in spec.start.iterdir() if one.is_file()):
                _link(path, part / path.name)
    trained = read_trained(target)
    if report is not None and spec.chain:
        report.log(f"It goes on from {spec.chain[-1].words}, taught for: {trained.task}.")
    return target


def start_beside(adapter: Path) -> Path | None:
    """Where the model lies that a trained one went on from; None where it began with its base."""
    folder = adapter.parent / START
    return folder if read_trained(adapter).chain and folder.is_dir() else None


def parent_of(adapter: Path) -> Path | None:
    """The model that a trained one went on from, where it can answer the same questions: one that
    writes always can, one that sorts if it was taught the same categories."""
    folder = start_beside(adapter)
    if folder is None:
        return None
    own, before = read_trained(adapter), read_trained(folder)
    if family_named(own.family).writes_text:
        return folder
    return folder if (own.task, own.labels) == (before.task, before.labels) else None


def is_told(adapter: Path) -> bool:
    """Whether a model learned nothing: before training it is what it is now."""
    return read_trained(adapter).shows is not None


def sitting(adapter: Path, shown: Path | None = None) -> int:
    """How many systems of a trained model sit an exam: before and after, and who is asked in between."""
    if is_told(adapter):
        return 1
    return 2 + (shown is not None) + (parent_of(adapter) is not None)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
