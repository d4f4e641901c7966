"""Fetches a model from the Hugging Face hub: whole or not at all, data files only."""

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from workbench.core.errors import WorkbenchError
from workbench.engine.models.adding import convert, tried
from workbench.engine.models.convert import needs_conversion
from workbench.engine.runtime.fast_imports import load_bitsandbytes, loading
from workbench.engine.runtime.offline import hub_allowed
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import ImportSpec
from workbench.jobs.process.stop import Stop
from workbench.models.formats import PICKLE_WEIGHTS

WANTED = ("*.safetensors", "*.safetensors.index.json", "*.json", "*.model", "*.txt", "*.jinja")
PICKLED = f"{PICKLE_WEIGHTS}*.bin"
LOOK_S = 1.0
TIMEOUT_S = 10.0
MB = 2**20


def download(spec: ImportSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Download `hub_id` at `revision` into `target`; the exact revision is in the result.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: the hub cannot be reached or does not give the model out.
    """
    hub_id, target = spec.hub_id, spec.target
    report.phase("preparing", f"Downloading {hub_id}")
    part = target.with_name(f".{target.name}.part")
    with hub_allowed():
        info = _info(hub_id, spec.revision)
        wanted = _wanted(hub_id, info)
        total = sum(f.size or 0 for f in info.siblings if _is_wanted(f.rfilename, wanted))

        def work() -> None:
            snapshot_download(
                hub_id,
                revision=info.sha,
                local_dir=part,
                allow_patterns=list(wanted),
                ignore_patterns=["*/*"],
            )

        for arrived in sizes_while(work, part, stop, lambda error: explained(hub_id, error)):
            report.progress(arrived // MB, max(1, total // MB))
    shutil.rmtree(part / ".cache", ignore_errors=True)
    _put_in_place(spec, part, report, stop)
    found = _tried(spec, report, stop) if spec.family else {}
    return {"path": str(target), "revision": info.sha, **found}


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


def _wanted(hub_id: str, info: Any) -> list[str]:
    """Patterns of the files to fetch: pickled weights only where there are no others."""
    names = [file.rfilename for file in info.siblings]
    if any(name.endswith(".safetensors") for name in names):
        return list(WANTED)
    if any(Path(name).match(PICKLED) for name in names):
        return [*WANTED, PICKLED]
    raise WorkbenchError(
        f"{hub_id} has no safetensors weights and no pytorch_model.bin, the formats that can be "
        "read here: choose another model."
    )


def _is_wanted(name: str, wanted: Sequence[str]) -> bool:
    return "/" not in name and any(Path(name).match(pattern) for pattern in wanted)


def _info(hub_id: str, revision: str | None) -> Any:
    try:
        return HfApi().model_info(hub_id, revision=revision, files_metadata=True, timeout=TIMEOUT_S)
    except (HfHubHTTPError, OfflineModeIsEnabled, httpx.HTTPError, OSError) as error:
        raise explained(hub_id, error) from error


def sizes_while(
    work: Callable[[], None],
    folder: Path,
    stop: Stop,
    explain: Callable[[BaseException], BaseException],
) -> Iterator[int]:
    """Download in a thread (finished files are kept for a next try); how many bytes there are.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: it failed, as explained.
    """
    failed: list[BaseException] = []

    def done() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=done, daemon=True)
    thread.start()
    while True:  # once more after its end, so that the last step is said even of a quick one
        thread.join(LOOK_S)
        arrived = not thread.is_alive()
        stop.check()
        if failed:
            raise explain(failed[0]) from failed[0]
        yield _size(folder)
        if arrived:
            return


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def explained(hub_id: str, error: BaseException, noun: str = "model") -> BaseException:
    """The error as a sentence, if its cause is known; else the error itself."""
    if isinstance(error, GatedRepoError):
        return WorkbenchError(
            f"{hub_id} is given out only to registered users: accept its terms on "
            "huggingface.co, log in with `hf auth login`, and try again."
        )
    if isinstance(error, RepositoryNotFoundError | RevisionNotFoundError):
        return WorkbenchError(f"There is no {noun} {hub_id} on the hub: check its name.")
    if isinstance(error, LocalEntryNotFoundError | OfflineModeIsEnabled | httpx.HTTPError):
        return WorkbenchError(
            f"The hub cannot be reached to download {hub_id}: check the network, or choose "
            "something on this machine instead."
        )
    if isinstance(error, HfHubHTTPError):
        return WorkbenchError(f"The hub did not give out {hub_id} ({error}): try again later.")
    return error
