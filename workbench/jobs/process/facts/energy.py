"""Electricity of a process: measured where the machine tells, else estimated from its load.

Of the processor, Linux tells through its energy counters (RAPL, kernel documentation "Power Capping
Framework"), which often only root may read since Lipp et al. 2021 ("PLATYPUS"); they count all that
the processor does, whoever asks for it. Of an NVIDIA graphics card the driver tells its power. What
nobody tells is estimated: the processor by the seconds that its cores were busy for this process, at
`CORE_W` each. That is a desktop processor of 65 W with eight cores; servers' virtual cores draw 1.6 to
6 W at full load (coefficients of Cloud Carbon Footprint, from SPECpower_ssj2008).
"""

import contextlib
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from workbench.jobs.process.job_dir import read_json, write_json

CORE_W, GRAPHICS_W = 8.0, 300.0
MEASURED, ESTIMATED = "measured", "estimated"
PROCESSOR, GRAPHICS = "processor", "graphics card"
SAMPLE_S = 5.0
ENERGY = "energy.json"
"""The file in a job's folder that keeps what its attempts have taken so far."""
_POWERCAP = Path("/sys/class/powercap")
_PACKAGE = re.compile(r"intel-rapl:\d+")
"""AMD's processors have their counters under this name, too; parts of a package go by longer ones."""
_J_PER_KWH = 3_600_000.0


@dataclass
class EnergyMeter:
    """Adds up what a process takes; `sample` is called every few seconds."""

    powercap: Path = _POWERCAP
    has_gpu: bool = False
    joules: dict[str, float] = field(default_factory=dict)
    """Part of the machine → what it took so far."""
    how: dict[str, str] = field(default_factory=dict)
    """Part → measured or estimated; an estimate wins, once there was one."""
    seconds: float = 0.0
    _counters: dict[Path, int] = field(default_factory=dict)
    _core_s: float = 0.0
    _at: float = 0.0

    def begin(self) -> None:
        """From here on it counts."""
        self._at, self._core_s = time.monotonic(), _core_seconds()
        self._counters = _read_counters(self.powercap)

    def sample(self) -> None:
        """Add what was taken since the last time."""
        now, core_s = time.monotonic(), _core_seconds()
        counters = _read_counters(self.powercap)
        passed, busy = now - self._at, max(0.0, core_s - self._core_s)
        taken = _taken(self._counters, counters)
        if taken is None:
            self._add(PROCESSOR, busy * CORE_W, ESTIMATED)
        else:
            self._add(PROCESSOR, taken, MEASURED)
        if self.has_gpu:
            watts = graphics_w()
            how = ESTIMATED if watts is None else MEASURED
            self._add(GRAPHICS, passed * (GRAPHICS_W if watts is None else watts), how)
        self.seconds += passed
        self._at, self._core_s, self._counters = now, core_s, counters

    def _add(self, part: str, joules: float, how: str) -> None:
        self.joules[part] = self.joules.get(part, 0.0) + joules
        self.how[part] = ESTIMATED if ESTIMATED in (how, self.how.get(part)) else how

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `kwh`, `seconds`, `how` (measured, estimated, or both where parts differ) and
        `parts` (part → kwh, how)."""
        ways = sorted(set(self.how.values()), reverse=True)
        return {
            "kwh": round(sum(self.joules.values()) / _J_PER_KWH, 9),
            "seconds": round(self.seconds, 1),
            "how": " and ".join(ways) or ESTIMATED,
            "parts": {
                part: {"kwh": round(joules / _J_PER_KWH, 9), "how": self.how[part]}
                for part, joules in self.joules.items()
            },
        }

    def go_on_from(self, told: Any) -> None:
        """Count behind what an earlier attempt has taken, as `as_dict` told it."""
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            for part, own in told["parts"].items():
                self._add(str(part), float(own["kwh"]) * _J_PER_KWH, str(own["how"]))
            self.seconds += float(told["seconds"])


@contextlib.contextmanager
def metering(kept: Path, has_gpu: bool | None = None) -> Iterator[EnergyMeter]:
    """Count what this process takes inside of the block.

    Args:
        kept: a file in which the sum stands, so that an attempt goes on from a killed one's.
        has_gpu: whether a graphics card is at work; None to ask torch, if it is loaded.
    """
    meter = EnergyMeter(has_gpu=_uses_gpu() if has_gpu is None else has_gpu)
    meter.go_on_from(read_json(kept))
    meter.begin()
    ended = threading.Event()
    thread = threading.Thread(target=_sample, args=(meter, ended, kept), daemon=True)
    thread.start()
    try:
        yield meter
    finally:
        ended.set()
        thread.join()
        _kept(meter, kept)


def _sample(meter: EnergyMeter, ended: threading.Event, kept: Path) -> None:
    while not ended.wait(SAMPLE_S):
        _kept(meter, kept)


def _kept(meter: EnergyMeter, kept: Path) -> None:
    meter.sample()
    with contextlib.suppress(OSError):  # a full disk is told of by who needs it
        write_json(kept, meter.as_dict())


def graphics_w() -> float | None:
    """What the first graphics card draws now, in watts; None where nobody tells."""
    if not shutil.which("nvidia-smi"):
        return None
    query = ["nvidia-smi", "-i", "0", "--query-gpu=power.draw", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=5, check=False)
        return float(done.stdout.strip().splitlines()[0])
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired):
        return None


def _read_counters(powercap: Path) -> dict[Path, int]:
    """Counter of a package → microjoules; nothing where one cannot be read."""
    found = {}
    try:
        for folder in sorted(powercap.iterdir()):
            if not _PACKAGE.fullmatch(folder.name):
                continue
            if (folder / "name").read_text().startswith("package"):
                found[folder] = int((folder / "energy_uj").read_text())
    except (OSError, ValueError):
        return {}
    return found


def _taken(before: dict[Path, int], after: dict[Path, int]) -> float | None:
    """Joules between two readings; None without both. A counter begins anew at its end."""
    if not before or before.keys() != after.keys():
        return None
    joules = 0.0
    for folder, now in after.items():
        passed = now - before[folder]
        if passed < 0:
            try:
                passed += int((folder / "max_energy_range_uj").read_text())
            except (OSError, ValueError):
                return None
        joules += max(0, passed) / 1e6
    return joules


def _core_seconds() -> float:
    """Seconds that cores were busy for this process and the children that have ended."""
    times = psutil.Process().cpu_times()
    ended = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return float(times.user + times.system + ended)


def _uses_gpu() -> bool:
    torch = sys.modules.get("torch")
    return bool(torch and torch.cuda.is_available())
