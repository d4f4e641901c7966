"""What this machine can do for training: accelerator, precision, speed."""

import ctypes
import gc
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch

from workbench.jobs.process import memory
from workbench.jobs.process.job_dir import write_json

SIZE = 1024
PROBE_S = 1.0
LARGEST_KEPT = 2**25 - 2**16
"""Bytes of the largest block from which glibc takes how much to keep (twice as much), a bit less."""


def device() -> torch.device:
    """Where models run."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@lru_cache(maxsize=1)
def dtype() -> torch.dtype:
    """The precision to train in.

    bfloat16 where the processor multiplies it natively (three to five times as fast as float32
    there); elsewhere on a CPU it is emulated and slower, so float32. float16 on older GPUs.
    """
    if torch.cuda.is_available():
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.bfloat16 if _cpu_has_bf16() else torch.float32


def _cpu_has_bf16() -> bool:
    able = torch.cpu.get_capabilities()
    return any(able.get(name) for name in ("avx512_bf16", "amx_bf16", "arm_bf16", "bf16"))


def measure() -> dict[str, Any]:
    """Facts of this machine; takes about two seconds. See `bundled.machine_facts`."""
    cuda = torch.cuda.is_available()
    gpu = torch.cuda.get_device_properties(0) if cuda else None
    return {
        "torch": torch.__version__,
        "cuda": cuda,
        "gpu_name": gpu.name if gpu else None,
        "gpu_memory_mb": gpu.total_memory // 2**20 if gpu else None,
        "bf16_gflops": gflops(torch.bfloat16),
        "float32_gflops": gflops(torch.float32),
        "dtype": str(dtype()).removeprefix("torch."),
        "at": time.time(),
    }


def gflops(precision: torch.dtype) -> float:
    """Billions of operations a second in a product of two 1024 x 1024 matrices."""
    left = torch.randn(SIZE, SIZE, device=device()).to(precision)
    right = torch.randn(SIZE, SIZE, device=device()).to(precision)
    left @ right
    products, start = 0, time.perf_counter()
    while (seconds := time.perf_counter() - start) < PROBE_S:
        left @ right
        _finish()
        products += 1
    return round(products * 2 * SIZE**3 / seconds / 1e9, 1)


def _finish() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def free_memory() -> int:
    """Bytes that are free where models run."""
    if torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[0])
    return memory.free_memory()


def give_back_memory() -> None:
    """Return what is free to the system: a model that is loaded next needs it in one piece."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    trim_heap()


def trim_heap() -> None:
    """Return freed pages to the system. Batches of changing shape leave holes of changing size in
    the heap, which would take twice the memory that is in use by the end of a training."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, macOS has not
    if trim is not None:
        trim(0)


def keep_freed() -> None:
    """Let the heap keep up to 64 MB a thread that are freed, until `trim_heap`.

    glibc returns them sooner as long as no block so large was freed, and then gets the same pages
    anew for each layer of an encoder: up to a fifth of what answers take.
    """
    torch.empty(LARGEST_KEPT, dtype=torch.uint8)


def write_facts(path: Path) -> dict[str, Any]:
    """Measure, and keep the facts in a file."""
    facts = measure()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, facts)
    return facts
