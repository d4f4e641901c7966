"""Adds a base model: brings it into a form that can be loaded, where it has another, and tries it."""

import glob
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_folder
from workbench.core.words import size
from workbench.engine.families import engine_of
from workbench.engine.models.anatomy import layer_facts
from workbench.engine.models.convert import REFUSED
from workbench.engine.runtime import device
from workbench.jobs.process import child
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import AddSpec
from workbench.jobs.process.stop import Stop
from workbench.models.families import family_named
from workbench.models.formats import model_files

PROGRAM = "workbench.engine.models.convert"
CONVERTING = 0.5
"""How much of the way a conversion is."""
_PACKED_SHARE, _TUNED_SHARE = 0.7, 3.0
"""Of a model's files: 4 bits of 16 with the embeddings as they are; weights and their corrections."""
_LIBRARIES = 5e8
"""Bytes that the libraries take beside."""
LOOK_S = 0.1
PATIENCE_S = 5.0


def add(spec: AddSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Convert the model where that is needed, load it and try it.

    Raises:
        WorkbenchError: it cannot be used here; why.
        Cancelled, Orphaned: the process is to leave.
    """
    meter = Meter(report, stop.check)
    folder = spec.source
    if spec.target is not None:
        report.phase("preparing", "Converting the model")
        folder = convert(spec.source, spec.target, spec.model_type, meter.part(0, CONVERTING))
        meter = meter.part(CONVERTING, 1)
    return {"path": str(folder), **tried(folder, spec.family, report, meter)}


def tried(folder: Path, family: str, report: Report, meter: Meter) -> dict[str, Any]:
    """What is found when the model is loaded and used once.

    Raises:
        WorkbenchError: it cannot be used here; why.
        Cancelled, Orphaned: the process is to leave.
    """
    report.phase("checking", "Trying the model")
    traced = layer_facts(folder, family_named(family))
    facts = {"layer_facts": traced.as_dict()} if traced else {}
    needed, free = _needed_bytes(folder, family), device.free_memory()
    if needed > free:
        what = f"Not tried: it needs about {size(needed)} of memory, and {size(free)} are free now."
        return {"checks": {"memory": what}, **facts}
    try:
        return {**engine_of(family).checked_load(folder, meter).as_dict(), **facts}
    except RuntimeError as error:
        raise _failed(folder, error) from error


def _needed_bytes(folder: Path, family: str) -> float:
    """Memory to load a model and to learn one step, told from the size of its files."""
    share = _PACKED_SHARE if family_named(family).packs_weights else _TUNED_SHARE
    return model_files(folder).size_bytes * share + _LIBRARIES


def _failed(folder: Path, error: RuntimeError) -> Exception:
    """What a library says while a model is tried, as a sentence; out of memory is explained elsewhere."""
    said = str(error).strip().splitlines()[:1] or [type(error).__name__]
    if "memory" in said[0].lower():
        return error
    return WorkbenchError(
        f"The model in {folder} cannot be used here: loading or trying it fails ({said[0][:160]}). "
        "Choose another model."
    )


def convert(source: Path, target: Path, model_type: str, meter: Meter) -> Path:
    """The model of `source` as a folder that can be loaded, whole or not at all.

    Raises:
        WorkbenchError: it cannot be converted; why.
        Cancelled, Orphaned: the process is to leave.
    """
    files = model_files(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{glob.escape(target.name)}-*"):
        shutil.rmtree(left, ignore_errors=True)  # of a process that was killed
    with whole_folder(target) as part:
        command = [sys.executable, "-m", PROGRAM, source, part, files.form, model_type]
        with child.running(list(map(str, command)), PATIENCE_S, own_group=False) as process:
            while process.poll() is None:
                meter(_size(part) / max(1, files.size_bytes), "Converting the model")
                time.sleep(LOOK_S)
        if process.returncode:
            raise _refused(source, part, process.returncode)
    return target


def _refused(source: Path, part: Path, code: int) -> WorkbenchError:
    reason = part / REFUSED
    if reason.is_file():
        return WorkbenchError(reason.read_text("utf-8"))
    return WorkbenchError(
        f"The model in {source} cannot be converted: the program that reads it ended by itself "
        f"({code}), so its files may be damaged. Get its .safetensors files, or choose another model."
    )


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in list(folder.rglob("*")) if path.is_file())
