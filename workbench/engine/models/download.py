"""Fetches a model from the Hugging Face hub: whole or not at all, data files only."""

import shutil
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from workbench.core.errors import WorkbenchError
from workbench.engine.hub.fetching import Fetching, told
from workbench.engine.hub.remote_files import remote_files
from workbench.engine.models.adding import convert, tried
from workbench.engine.models.convert import needs_conversion
from workbench.engine.runtime.fast_imports import load_bitsandbytes, loading
from workbench.engine.runtime.offline import hub_allowed
from workbench.jobs.process.hub_token import handed_over
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import ImportSpec
from workbench.jobs.process.stop import Stop
from workbench.models.formats import part_of, wanted_files
from workbench.models.online.answers import answered

TIMEOUT_S = 10.0


def download(spec: ImportSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Download `hub_id` at `revision` into `target`; the exact revision is in the result.

    Raises:
        Cancelled, Orphaned: the process is to leave; what has arrived stays for the next try.
        WorkbenchError: the hub cannot be reached or does not give the model out.
    """
    report.phase("downloading", f"Downloading {spec.hub_id}")
    part = part_of(spec.target)
    with hub_allowed():
        info = _info(spec.hub_id, spec.revision)
        names = [file.rfilename for file in info.siblings or []]
        files = remote_files(info, wanted_files(spec.hub_id, names))
        _forget_others(part, str(info.sha))
        fetching = Fetching(spec.hub_id, str(info.sha), part)
        tell = told(report, sum(file.size_bytes for file in files))
        for arrived in fetching.go(files, stop):
            tell(arrived)
    for sentence in fetching.said:
        report.log(sentence)
    (part / _REVISION).unlink()
    _put_in_place(spec, part, report, stop)
    found = _tried(spec, report, stop) if spec.family else {}
    return {"path": str(spec.target), "revision": info.sha, **found}


_REVISION = ".revision"
"""In the folder of what is on its way: the revision that it is of."""


def _forget_others(part: Path, revision: str) -> None:
    """Files of another revision are no start for this one's."""
    mark = part / _REVISION
    if part.exists() and (not mark.is_file() or mark.read_text("utf-8") != revision):
        shutil.rmtree(part)
    part.mkdir(parents=True, exist_ok=True)
    mark.write_text(revision, "utf-8")


def _put_in_place(spec: ImportSpec, part: Path, report: Report, stop: Stop) -> None:
    """The downloaded files as the model's folder, converted where their form asks for that."""
    if spec.family and needs_conversion(part):
        report.phase("preparing", f"Converting {spec.hub_id}")
        convert(part, spec.target, spec.model_type, Meter(report, stop.check))
        shutil.rmtree(part)
        return
    if spec.target.exists():
        shutil.rmtree(spec.target)
    part.rename(spec.target)


def _tried(spec: ImportSpec, report: Report, stop: Stop) -> dict[str, Any]:
    with loading():
        load_bitsandbytes()
    try:
        return tried(spec.target, spec.family, report, Meter(report, stop.check))
    except WorkbenchError:
        shutil.rmtree(spec.target)
        raise


def _info(hub_id: str, revision: str | None) -> Any:
    api = HfApi(token=handed_over())
    return answered(
        hub_id,
        "model",
        lambda: api.model_info(hub_id, revision=revision, files_metadata=True, timeout=TIMEOUT_S),
    )
