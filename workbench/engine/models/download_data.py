"""Fetches files of a data set from the Hugging Face hub, as one file: data only, never programs."""

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from huggingface_hub import hf_hub_download
from huggingface_hub.errors import RemoteEntryNotFoundError

from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_file
from workbench.engine.models.download import explained, sizes_while
from workbench.engine.runtime.offline import hub_allowed
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import FetchSpec
from workbench.jobs.process.stop import Stop

FETCHED = "fetched"
"""The file in the job's folder."""
DOWNLOADED = 0.95
"""Of the whole way."""


def fetch(spec: FetchSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Download the spec's files, and put them into one: as it is, or several in a ZIP.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: the hub cannot be reached or does not give the data out.
    """
    report.phase("preparing", f"Downloading {spec.hub_id}")
    meter, part = Meter(report, stop.check), job.path / "part"

    def work() -> None:
        for name in spec.files:
            hf_hub_download(
                spec.hub_id, name, repo_type="dataset", revision=spec.revision, local_dir=part
            )

    with hub_allowed():
        for arrived in sizes_while(work, part, stop, lambda error: _why(spec, error)):
            meter(DOWNLOADED * arrived / max(1, spec.size_bytes))
    with whole_file(job.path / FETCHED) as target:
        _as_one(part, spec.files, target)
    shutil.rmtree(part, ignore_errors=True)
    return {"name": spec.name}


def _why(spec: FetchSpec, error: BaseException) -> BaseException:
    if isinstance(error, RemoteEntryNotFoundError):
        return WorkbenchError(
            f"A file of {spec.hub_id} is not on the hub any more: look the data set up again."
        )
    return explained(spec.hub_id, error, "data set")


def _as_one(folder: Path, names: Sequence[str], target: Path) -> None:
    if len(names) == 1:
        (folder / names[0]).rename(target)
        return
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name in names:
            archive.write(folder / name, name.replace("/", "-"))
