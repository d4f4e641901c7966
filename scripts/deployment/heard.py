"""What people and programs met while a deployment was under load, and how it is told."""

import contextlib
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import psutil

from scripts.deployment.up import Deployment
from scripts.deployment.visitor import Run

VISITORS, DATABASE = "visitors", "postgresql"
WARM_S = 60.0
"""Processes that have just started load what pages need when the first of each is opened."""


@dataclass
class Heard:
    """What people and programs met."""

    runs: list[Run] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    answers_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lost: int = 0
    """Connections that broke."""
    seconds: float = 0.0
    """How long it lasted."""
    cpu_s: Mapping[str, float] = field(default_factory=dict)
    """Of the processor, that each service and the visitors took."""
    memory: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    """Minutes since the start, and MB of each process with its children."""

    def note(self, run: Run) -> None:
        """Keep how long a run took and what it said in red; what it showed goes."""
        run.at_s = time.monotonic() - self.began - run.seconds
        self.errors += [f"{run.page or 'home'}: {said}"[:300] for said in run.errors]
        run.elements.clear()
        self.runs.append(run)


def spent_s(found: Deployment) -> dict[str, float]:
    """Seconds of the processor that each service has taken so far, with its children; ours, too."""
    heads = {name: psutil.Process(process.pid) for name, process in found.processes.items()}
    for child in psutil.Process().children():
        if child.name() == "postgres":
            heads[DATABASE] = child
    spent = {name: _with_children_s(head) for name, head in heads.items()}
    own = psutil.Process().cpu_times()
    return spent | {VISITORS: own.user + own.system}


def _with_children_s(head: psutil.Process) -> float:
    """But for children that have ended without being waited for."""
    total = 0.0
    for one in (head, *head.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = one.cpu_times()
            total += times.user + times.system
    return total


def memory_mb(pid: int) -> float:
    """What a process and its children hold."""
    total = 0.0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            total += one.memory_info().rss / 2**20
    return total


def tell(heard: Heard) -> None:
    """Print it."""
    whole = [run for run in heard.runs if not run.fragment]
    _line("pages", [run.seconds for run in whole])
    _line("fragments", [run.seconds for run in heard.runs if run.fragment])
    _line("answers of the API", heard.answers_s)
    _line(
        f"pages after the first {WARM_S:.0f} seconds", [r.seconds for r in whole if r.at_s > WARM_S]
    )
    by_page = defaultdict(list)
    for run in whole:
        by_page[run.page or "home"].append(run.seconds)
    for page, seconds in sorted(by_page.items()):
        _line(f"  {page}", seconds)
    _tell_processor(heard)
    print(f"errors: {len(heard.errors)}, connections that broke: {heard.lost}")
    for said in sorted(set(heard.errors))[:10]:
        print(f"  {said} ({heard.errors.count(said)} times)")
    for at, memory in heard.memory[:: max(1, len(heard.memory) // 6)] + heard.memory[-1:]:
        told = ", ".join(f"{name} {mb:.0f} MB" for name, mb in memory.items())
        print(f"memory after {at:.1f} min: {told}")


def _tell_processor(heard: Heard) -> None:
    if not heard.runs or not heard.seconds:
        return
    webs = sum(seconds for name, seconds in heard.cpu_s.items() if name.startswith("web"))
    print(
        f"{len(heard.runs) / heard.seconds:.1f} runs of pages and fragments a second; "
        f"the processor's time of a run in the web processes: {1000 * webs / len(heard.runs):.0f} ms"
    )
    cores = {name: seconds / heard.seconds for name, seconds in heard.cpu_s.items()}
    told = ", ".join(f"{name} {share:.2f}" for name, share in cores.items())
    print(f"of {psutil.cpu_count()} cores: {told}; together {sum(cores.values()):.2f}")


def _line(name: str, seconds: list[float]) -> None:
    if not seconds:
        print(f"{name}: none")
        return
    cut = statistics.quantiles(seconds, n=20) if len(seconds) > 1 else seconds * 19
    print(
        f"{name}: {len(seconds)}, p50 {1000 * statistics.median(seconds):.0f} ms, "
        f"p95 {1000 * cut[18]:.0f} ms, longest {1000 * max(seconds):.0f} ms"
    )
