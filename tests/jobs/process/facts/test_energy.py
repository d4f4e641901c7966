"""Electricity of a process: measured where the machine tells, else estimated, and said which."""

import json
import os
import stat
from pathlib import Path

import pytest

from workbench.jobs.process.facts import energy
from workbench.jobs.process.facts.energy import CORE_W, GRAPHICS_W, EnergyMeter, metering
from workbench.jobs.process.job_dir import read_json

UJ_PER_KWH = 3.6e12


@pytest.fixture
def powercap(tmp_path: Path) -> Path:
    """Two packages, a part of one that must not count twice, and another driver."""
    for name, kind in (
        ("intel-rapl:0", "package-0"), ("intel-rapl:1", "package-1"), ("intel-rapl:0:0", "core"),
        ("dtpm", "dtpm"), ("intel-rapl:2", "psys"),
    ):  # fmt: skip
        folder = tmp_path / "powercap" / name
        folder.mkdir(parents=True)
        (folder / "name").write_text(f"{kind}\n")
        (folder / "energy_uj").write_text("1000\n")
        (folder / "max_energy_range_uj").write_text("5000000\n")
    return tmp_path / "powercap"


def put(powercap: Path, number: int, microjoules: int) -> None:
    (powercap / f"intel-rapl:{number}" / "energy_uj").write_text(f"{microjoules}\n")


def test_counters_of_all_packages_are_measured(powercap: Path) -> None:
    meter = EnergyMeter(powercap)
    meter.begin()
    put(powercap, 0, 3_001_000)
    put(powercap, 1, 1_501_000)
    meter.sample()
    told = meter.as_dict()
    assert told["kwh"] == pytest.approx(4_500_000 / UJ_PER_KWH, abs=1e-9)
    assert told["how"] == "measured"
    assert told["parts"]["processor"]["how"] == "measured"


def test_a_counter_that_began_anew_counts_on(powercap: Path) -> None:
    meter = EnergyMeter(powercap)
    put(powercap, 0, 4_900_000)
    meter.begin()
    put(powercap, 0, 100_000)
    meter.sample()
    assert meter.joules["processor"] == pytest.approx(0.2)


def test_where_counters_cannot_be_read_the_busy_cores_tell(
    powercap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (powercap / "intel-rapl:1" / "energy_uj").unlink()
    busy = iter([10.0, 25.0])
    monkeypatch.setattr(energy, "_core_seconds", lambda: next(busy))
    meter = EnergyMeter(powercap)
    meter.begin()
    meter.sample()
    assert meter.joules["processor"] == 15 * CORE_W
    assert meter.as_dict()["how"] == "estimated"


def test_a_machine_without_counters_is_estimated(tmp_path: Path) -> None:
    meter = EnergyMeter(tmp_path / "nowhere")
    meter.begin()
    meter.sample()
    assert meter.as_dict()["how"] == "estimated"


def test_a_graphics_card_is_asked_through_its_driver(
    tmp_path: Path, powercap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho 200.00\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}/bin")
    times = iter([100.0, 110.0])
    monkeypatch.setattr(energy.time, "monotonic", lambda: next(times))
    meter = EnergyMeter(powercap, has_gpu=True)
    meter.begin()
    meter.sample()
    monkeypatch.undo()
    assert meter.joules["graphics card"] == pytest.approx(2000)
    assert meter.as_dict()["how"] == "measured"


def test_a_card_that_does_not_tell_is_estimated_and_so_is_the_whole(
    powercap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(energy, "graphics_w", lambda: None)
    meter = EnergyMeter(powercap, has_gpu=True)
    meter.begin()
    meter._at -= 10
    meter.sample()
    assert meter.joules["graphics card"] == pytest.approx(10 * GRAPHICS_W, rel=0.1)
    assert meter.as_dict()["how"] == "measured and estimated"


def test_an_attempt_goes_on_from_what_the_one_before_has_taken(tmp_path: Path) -> None:
    kept = tmp_path / "energy.json"
    with metering(kept, has_gpu=False) as first:
        sum(range(200_000))
    told = read_json(kept)
    assert told == first.as_dict()
    told["parts"]["processor"]["kwh"] += 1.0
    kept.write_text(json.dumps(told))
    with metering(kept, has_gpu=False) as second:
        pass
    assert second.as_dict()["kwh"] >= 1.0
    kept.write_text('{"parts": 7}')
    with metering(kept, has_gpu=False) as third:
        pass
    assert third.as_dict()["kwh"] < 1.0
