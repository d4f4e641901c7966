"""Sends an export to the hub as a model: in one commit at the very end, so whole or not at all."""

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from workbench.core.errors import WorkbenchError
from workbench.engine.hub.push_data import Sending, Sent
from workbench.engine.runtime.offline import hub_allowed
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import PushModelSpec
from workbench.jobs.process.stop import Stop
from workbench.models.exports.certificate import Certificate, read_certificate

UNPACKED, SENT = 0.2, 0.98
"""Of the whole way."""


def push(spec: PushModelSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Unpack an export, send its files, and make them a commit.

    Raises:
        Orphaned: the process is to leave; nothing of the model can be seen on the hub.
        WorkbenchError: the export is gone or has not passed, or the hub does not take it; says what is
            there now.
    """
    if not spec.archive.is_file():
        raise WorkbenchError(
            "This export is not on the disk any more: make it again, then push it."
        )
    report.phase("sending", "Unpacking the export")
    meter, folder = Meter(report, stop.check), job.path / "push"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        files = unpacked(spec.archive, folder)
        certificate = _passed(folder / next(iter(files.values())).relative_to(folder).parts[0])
        meter(UNPACKED)
        sent = Sent(spec.hub_id, spec.is_public, f"Add {certificate.model}", "model", "model")
        with hub_allowed():
            return Sending(sent, job, stop).send(files, meter.part(UNPACKED, SENT))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unpacked(archive: Path, folder: Path) -> dict[str, Path]:
    """The files of an export: as they are called in its only folder → where they lie now."""
    with zipfile.ZipFile(archive) as held:
        names = [name for name in held.namelist() if not name.endswith("/")]
        held.extractall(folder)
    return {str(PurePosixPath(*PurePosixPath(name).parts[1:])): folder / name for name in names}


def _passed(folder: Path) -> Certificate:
    found = read_certificate(folder)
    if not found.passed:
        raise WorkbenchError(f"This export is not sent: {found.verdict}")
    return found
