"""What the machine has, from what the system says."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from workbench.models import bundled
from workbench.system import hardware


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing remembered from other tests, no limits of a container, nothing measured."""
    for cached in (hardware._gpu, hardware._cpu_flags, hardware._processor):
        cached.cache_clear()
    monkeypatch.setattr(hardware, "_CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(bundled, "machine_facts", lambda: None)
    monkeypatch.setattr(hardware.shutil, "which", lambda _: None)


def _facts(monkeypatch: pytest.MonkeyPatch, **facts: Any) -> None:
    monkeypatch.setattr(bundled, "machine_facts", lambda: facts)


def test_what_was_measured_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    _facts(monkeypatch, dtype="bfloat16", bf16_gflops=700.0, float32_gflops=150.0, cuda=False)
    machine = hardware.hardware()
    assert (machine.gflops, machine.measured, machine.dtype) == (700.0, True, "bfloat16")
    assert machine.gpu_name is None


def test_without_a_measurement_the_speed_is_assumed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "_cores", lambda: 4)
    machine = hardware.hardware()
    assert not machine.measured
    assert machine.gflops == 4 * hardware.ASSUMED_GFLOPS_PER_CORE


def test_a_gpu_that_training_can_use_holds_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    _facts(monkeypatch, cuda=True, gpu_name="A10", gpu_memory_mb=24_000, dtype="bfloat16")
    machine = hardware.hardware()
    assert (machine.gpu_name, machine.gpu_memory_gb) == ("A10", 24.0)
    assert machine.training_memory_gb == 24.0


def test_the_driver_is_asked_before_anything_was_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hardware.shutil, "which", lambda name: f"/bin/{name}")
    answer = SimpleNamespace(stdout="NVIDIA A10, 23028\n")
    monkeypatch.setattr(hardware.subprocess, "run", lambda *_, **__: answer)
    machine = hardware.hardware()
    assert machine.gpu_name == "NVIDIA A10"
    assert machine.gpu_memory_gb == pytest.approx(24.15, abs=0.01)


def test_a_container_has_what_its_limits_give(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    limits = tmp_path / "cgroup"
    limits.mkdir()
    (limits / "memory.max").write_text("2000000000\n")
    (limits / "cpu.max").write_text("100000 100000\n")
    machine = hardware.hardware()
    assert (machine.memory_gb, machine.cores) == (2.0, 1)
    (limits / "memory.max").write_text("max\n")
    (limits / "cpu.max").write_text("max 100000\n")
    assert hardware.hardware().memory_gb == psutil.virtual_memory().total / 1e9


@pytest.mark.parametrize(("flags", "has"), [("avx2 avx512_bf16", True), ("avx2 fma", False)])
def test_bf16_is_read_from_the_processor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flags: str, has: bool
) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text(f"model name : Fast One\nflags : fpu {flags}\n\nflags : fpu\n")
    monkeypatch.setattr(hardware, "_CPU_INFO", info)
    machine = hardware.hardware()
    assert machine.bf16 is has
    assert machine.processor == "Fast One"
    assert machine.dtype == ("bfloat16" if has else "float32")
