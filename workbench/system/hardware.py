"""What this machine has: cores, memory, disk, a GPU; asked from the system, without torch."""

import functools
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from storage import files
from workbench.jobs.process.facts.machine import processor_name
from workbench.models import bundled

_GB = 1e9
_CGROUP = Path("/sys/fs/cgroup")
_CPU_INFO = Path("/proc/cpuinfo")
ASSUMED_GFLOPS_PER_CORE = 40.0
"""Where nothing was measured: what a laptop core of the last years does in float32."""


@dataclass(frozen=True)
class Hardware:
    """The means that training has on this machine."""

    processor: str
    cores: int
    memory_gb: float
    memory_free_gb: float
    disk_free_gb: float
    gpu_name: str | None
    gpu_memory_gb: float
    bf16: bool
    """Whether the processor multiplies in bfloat16 by itself."""
    gflops: float
    """Billions of operations a second in the precision that training uses."""
    measured: bool
    """Whether `gflops` was measured here, or assumed."""
    dtype: str
    """bfloat16, float16 or float32."""

    @property
    def training_memory_gb(self) -> float:
        """The memory that holds the model while it learns: the GPU's, else the machine's."""
        return self.gpu_memory_gb or self.memory_gb


def hardware() -> Hardware:
    """What there is now; free memory and disk change from call to call."""
    facts = bundled.machine_facts() or {}
    gpu_name, gpu_memory_gb = _gpu()
    bf16 = bool(_cpu_flags() & {"avx512_bf16", "amx_bf16"}) or "bf16" in _cpu_flags()
    dtype = str(facts.get("dtype") or ("bfloat16" if bf16 or gpu_name else "float32"))
    cores = _cores()
    measured = facts.get("bf16_gflops" if dtype != "float32" else "float32_gflops")
    return Hardware(
        processor=_processor(),
        cores=cores,
        memory_gb=_memory_bytes() / _GB,
        memory_free_gb=min(psutil.virtual_memory().available, _memory_bytes()) / _GB,
        disk_free_gb=shutil.disk_usage(files.home()).free / _GB,
        gpu_name=gpu_name,
        gpu_memory_gb=gpu_memory_gb,
        bf16=bf16,
        gflops=float(measured or cores * ASSUMED_GFLOPS_PER_CORE),
        measured=bool(measured),
        dtype=dtype,
    )


def _cores() -> int:
    """The cores that this process may use, a container's limit included."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    limit = _cgroup("cpu.max").split()
    if len(limit) == 2 and limit[0].isdigit():
        cores = min(cores, max(1, round(int(limit[0]) / int(limit[1]))))
    return cores


def _memory_bytes() -> int:
    limit = _cgroup("memory.max")
    total = int(psutil.virtual_memory().total)
    return min(total, int(limit)) if limit.isdigit() else total


def _cgroup(name: str) -> str:
    path = _CGROUP / name
    return path.read_text().strip() if path.is_file() else ""


@functools.cache
def _gpu() -> tuple[str | None, float]:
    """Name and memory of the first NVIDIA GPU that torch can use, else of none."""
    facts = bundled.machine_facts()
    if facts is not None:
        memory_gb = (facts.get("gpu_memory_mb") or 0) / 1000
        return (facts.get("gpu_name"), memory_gb) if facts.get("cuda") else (None, 0.0)
    if not shutil.which("nvidia-smi"):
        return None, 0.0
    query = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=False)
    name, _, memory = done.stdout.partition("\n")[0].rpartition(",")
    return (name.strip(), float(memory) * 1.048576 / 1000) if name else (None, 0.0)


@functools.cache
def _cpu_flags() -> frozenset[str]:
    if _CPU_INFO.is_file():
        for line in _CPU_INFO.read_text(errors="replace").splitlines():
            if line.startswith(("flags", "Features")):
                return frozenset(line.partition(":")[2].split())
    if platform.system() == "Darwin" and _sysctl("hw.optional.arm.FEAT_BF16") == "1":
        return frozenset({"bf16"})
    return frozenset()


@functools.cache
def _processor() -> str:
    return processor_name(_CPU_INFO)


def _sysctl(name: str) -> str:
    done = subprocess.run(
        ["sysctl", "-n", name], capture_output=True, text=True, timeout=10, check=False
    )
    return done.stdout.strip()
