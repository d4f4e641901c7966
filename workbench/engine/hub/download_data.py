"""Fetches files of a data set from the Hugging Face hub, as one file: data only, never programs."""

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_file
from workbench.engine.hub.fetching import Fetching
from workbench.engine.hub.remote_files import remote_files
from workbench.engine.runtime.offline import hub_allowed
from workbench.jobs.process.hub_token import handed_over
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import FetchSpec
from workbench.jobs.process.stop import Stop
from workbench.models.online.answers import answered

FETCHED = "fetched"
"""The file in the job's folder."""
TIMEOUT_S = 10.0
DOWNLOADED = 0.95
"""Of the whole way."""


def fetch(spec: FetchSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Download the spec's files, and put them into one: as it is, or several in a ZIP.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: the hub cannot be reached or does not give the data out.
    """
    report.phase("fetching", f"Downloading {spec.hub_id}")
    meter, part = Meter(report, stop.check), job.path / "part"
    fetching = Fetching(spec.hub_id, spec.revision, part, kind="dataset")
    with hub_allowed():
        files = remote_files(_info(spec), spec.files)
        if len(files) < len(spec.files):
            raise WorkbenchError(
                f"A file of {spec.hub_id} is not on the hub any more: look the data set up again."
            )
        for arrived in fetching.go(files, stop):
            meter(DOWNLOADED * arrived / max(1, spec.size_bytes))
    for sentence in fetching.said:
        report.log(sentence)
    with whole_file(job.path / FETCHED) as target:
        _as_one(part, spec.files, target)
    shutil.rmtree(part, ignore_errors=True)
    return {"name": spec.name}


def _info(spec: FetchSpec) -> Any:
    api = HfApi(token=handed_over())
    return answered(
        spec.hub_id,
        "data set",
        lambda: api.dataset_info(
            spec.hub_id, revision=spec.revision, files_metadata=True, timeout=TIMEOUT_S
        ),
    )


def _as_one(folder: Path, names: Sequence[str], target: Path) -> None:
    if len(names) == 1:
        (folder / names[0]).rename(target)
        return
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name in names:
            archive.write(folder / name, name.replace("/", "-"))
