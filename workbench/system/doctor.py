"""What this machine can do, in plain sentences and as values."""

import importlib.metadata
import platform
from dataclasses import asdict, dataclass
from typing import Any

from storage import files
from storage.database import Store
from storage.guard import private
from workbench.core import confine
from workbench.core.errors import WorkbenchError
from workbench.core.words import joined, plural
from workbench.jobs import worker_process
from workbench.jobs.process import isolation
from workbench.models import bundled
from workbench.models.catalogue import list_models
from workbench.system.hardware import Hardware, hardware

PACKAGES = (
    "streamlit",
    "torch",
    "transformers",
    "peft",
    "bitsandbytes",
    "scikit-learn",
    "sqlalchemy",
    "pandas",
    "pyarrow",
)
LOW_DISK_GB = 5.0
LOW_MEMORY_GB = 4.0


@dataclass(frozen=True)
class Finding:
    """One thing about the machine."""

    topic: str
    ok: bool
    sentence: str


@dataclass(frozen=True)
class Diagnosis:
    """All findings, and the values behind them."""

    findings: list[Finding]
    values: dict[str, Any]


def doctor(store: Store) -> tuple[list[str], dict[str, Any]]:
    """What this machine can do, as plain sentences and as values."""
    found = diagnose(store)
    return [finding.sentence for finding in found.findings], found.values


def diagnose(store: Store) -> Diagnosis:
    """Look at the machine, the packages and the models."""
    machine = hardware()
    versions = package_versions()
    findings = [
        _processor(machine),
        _memory(machine),
        _gpu(machine),
        _precision(machine),
        _disk(machine),
        _privacy(),
        _readers(),
        *_isolation(),
        _packages(versions),
        _models(store),
        _worker(),
    ]
    values = {
        "hardware": asdict(machine),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "versions": versions,
        "home": str(files.home()),
        "models": {name: bundled.is_ready(name) for name in bundled.BUNDLED},
        "worker": worker_process.worker_info() is not None,
    }
    return Diagnosis(findings, values)


def package_versions() -> dict[str, str | None]:
    """The installed version of each package that matters; None where it is missing."""
    return {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _processor(machine: Hardware) -> Finding:
    name = f" ({machine.processor})" if machine.processor else ""
    return Finding("Processor", True, f"{plural(machine.cores, 'processor core')}{name}.")


def _memory(machine: Hardware) -> Finding:
    there = (
        f"{machine.memory_gb:.0f} GB of memory, of which {machine.memory_free_gb:.0f} GB are free"
    )
    if machine.memory_gb < LOW_MEMORY_GB:
        return Finding("Memory", False, f"{there}: enough for the smallest models only.")
    return Finding("Memory", True, f"{there}.")


def _gpu(machine: Hardware) -> Finding:
    if machine.gpu_name:
        has = f"{machine.gpu_name} with {machine.gpu_memory_gb:.0f} GB"
        return Finding("GPU", True, f"{has}: training runs on it.")
    return Finding(
        "GPU", True, "No GPU: training runs on the processor, which is fine for small models."
    )


def _precision(machine: Hardware) -> Finding:
    speed = (
        f"measured at {machine.gflops:,.0f} billion operations a second"
        if machine.measured
        else "not measured yet"
    )
    if machine.dtype == "float32":
        text = f"No fast 16-bit arithmetic: training runs in 32 bits ({speed})."
    else:
        text = f"Fast 16-bit arithmetic ({machine.dtype}): training uses it ({speed})."
    return Finding("Arithmetic", True, text)


def _disk(machine: Hardware) -> Finding:
    free = f"{machine.disk_free_gb:.0f} GB of disk space are free in {files.home()}"
    if machine.disk_free_gb < LOW_DISK_GB:
        return Finding("Disk", False, f"Only {free}: make room before you train.")
    return Finding("Disk", True, f"{free}.")


def _privacy() -> Finding:
    if problem := private.problem(files.home()):
        return Finding("Privacy", False, problem)
    return Finding("Privacy", True, f"Only you can read what is in {files.home()}.")


def _isolation() -> list[Finding]:
    """Where it is asked for, whether jobs and readers can be kept apart."""
    try:
        if not isolation.is_wanted():
            return []
    except WorkbenchError as error:
        return [Finding("isolation", False, str(error))]
    if reason := isolation.why_not():
        sentence = (
            f"{isolation.VARIABLE} asks for processes that are kept apart, which is not possible here "
            f"({reason}): until that is mended, or the setting left out, no job and no reader starts."
        )
        return [Finding("isolation", False, sentence)]
    said = "Jobs and readers of files run under bubblewrap: each writes to its own folders only."
    return [Finding("isolation", True, said)]


def _readers() -> Finding:
    known = confine.version()
    if not known:
        return Finding(
            "Files", True, "Files are read under limits of memory and time; this system cannot keep "
            "what reads them from your other files.",
        )  # fmt: skip
    network = " and no TCP connection" if known >= confine.KNOWS_TCP else ""
    return Finding("Files", True, f"What reads a file can reach no other file of yours{network}.")


def _packages(versions: dict[str, str | None]) -> Finding:
    missing = [name for name, version in versions.items() if version is None]
    if missing:
        return Finding("Packages", False, f"Missing: {joined(missing)}. Run `make setup`.")
    text = joined([f"{name} {version}" for name, version in versions.items()])
    return Finding("Packages", True, f"All packages are installed: {text}.")


def _models(store: Store) -> Finding:
    missing = [name for name in bundled.BUNDLED if bundled.shipped_path(name) is None]
    if missing:
        text = f"The bundled {joined(missing)} is missing: run `make setup`."
        return Finding("Models", False, text)
    names = [model.name for model in list_models(store) if model.state == "ready"]
    return Finding("Models", True, f"{plural(len(names), 'base model')} ready: {joined(names)}.")


def _worker() -> Finding:
    if worker_process.worker_info() is None:
        if worker_process.is_service():
            return Finding(
                "Worker",
                False,
                "The worker is not running, so jobs wait. It is a service of its own here: whoever looks "
                "after this workbench has to start it.",
            )
        return Finding(
            "Worker", True, "The worker is not running; it starts with the app or the first job."
        )
    return Finding("Worker", True, "The worker is running and takes the next job.")
