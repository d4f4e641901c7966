"""Fifty people on the pages and five programs at the API, on what compose.yaml starts.

    python scripts/deployment/bench_people.py [--minutes 10] [--people 50] [--programs 5]

Prints p50 and p95 of page scripts (as a browser would wait for them, through Caddy and two web
processes without sticky sessions), of fragments and of answers, what failed, and memory over time.
A person opens a page, reads it for 3 to 10 seconds while its fragments run, and goes on.
"""

import argparse
import contextlib
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scripts.deployment.up import WEBS, Deployment, deployed  # noqa: E402
from scripts.deployment.visitor import Lost, Run, Visitor  # noqa: E402
from storage.database import Store  # noqa: E402
from workbench.projects import projects, samples  # noqa: E402
from workbench.use import keys, served_models  # noqa: E402

PAGES = ("", "data", "checkup", "explore", "model", "train", "evaluate", "use", "programs", "export",
         "queue", "storage", "settings")  # fmt: skip
PROJECTS = 10
MODEL = "base:SmolLM2-135M-Instruct"
_READS_S = (3.0, 10.0)
_ASKS_S = 5.0


@dataclass
class Heard:
    """What people and programs met."""

    runs: list[Run] = field(default_factory=list)
    answers_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lost: int = 0
    """Connections that broke."""
    web_cpu_s: float = 0.0
    """Of the processor, that the web processes took."""
    memory: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    """Minutes since the start, and MB of each process with its children."""


def main() -> int:
    """Run it; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--programs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, deployed(Path(folder) / "home") as found:
        ids = _projects(found)
        key = _serve(found) if options.programs else ""
        heard = _live(found, ids, key, options.people, options.programs, options.minutes * 60)
    _tell(heard, options.people, options.programs, options.minutes)
    return 1 if heard.errors or heard.lost else 0


def _projects(found: Deployment) -> list[int]:
    """Projects with two sets of data each, of which one at a time is the sample."""
    ids = []
    with _home(found) as store:
        for number in range(PROJECTS):
            project_id = projects.create_project(store, f"Mails {number + 1}")
            samples.add_datasets(store, project_id)
            ids.append(project_id)
    return ids


def _serve(found: Deployment) -> str:
    """Start the model server with a model that comes with the install; a key for programs."""
    with _home(found) as store:
        served_models.refresh(store)
        _, key = keys.make(store, "bench")
    command = found.services["server"]["command"]
    at = command.index("--project")
    found.services["server"]["command"] = [*command[:at], "--run", MODEL, *command[at + 2 :]]
    found.start("server")
    found.wait("server")
    return key


def _live(
    found: Deployment, ids: Sequence[int], key: str, people: int, programs: int, for_s: float
) -> Heard:
    heard, until = Heard(), time.monotonic() + for_s
    threads = [
        threading.Thread(target=_person, args=(found, ids, number, until, heard))
        for number in range(people)
    ]
    threads += [
        threading.Thread(target=_program, args=(found, key, number, until, heard))
        for number in range(programs)
    ]
    threads.append(threading.Thread(target=_watch, args=(found, until, heard)))
    before = _web_cpu_s(found)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heard.web_cpu_s = _web_cpu_s(found) - before
    return heard


def _web_cpu_s(found: Deployment) -> float:
    """With what they have started, but for what has ended."""
    total = 0.0
    for name in WEBS:
        head = psutil.Process(found.processes[name].pid)
        for one in (head, *head.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                times = one.cpu_times()
                total += times.user + times.system
    return total


def _person(found: Deployment, ids: Sequence[int], number: int, until: float, heard: Heard) -> None:
    chance = random.Random(number)
    time.sleep(chance.uniform(0, _READS_S[1]))
    while time.monotonic() < until:
        try:
            with Visitor(found.address) as tab:
                while time.monotonic() < until:
                    _note(heard, tab.visit(chance.choice(PAGES), f"project={chance.choice(ids)}"))
                    _read(tab, min(until, time.monotonic() + chance.uniform(*_READS_S)), heard)
        except Lost as error:
            heard.lost += 1
            heard.errors.append(f"a connection broke: {error}"[:300])


def _read(tab: Visitor, until: float, heard: Heard) -> None:
    """Look at a page; what runs by itself runs by itself."""
    due = {fragment: time.monotonic() + after for fragment, after in tab.fragments.items()}
    while True:
        fragment, at = min(due.items(), key=lambda one: one[1], default=("", until))
        time.sleep(max(0.0, min(at, until) - time.monotonic()))
        if at >= until:
            return
        _note(heard, tab.run(fragment))
        due = {one: due.get(one, time.monotonic() + after) for one, after in tab.fragments.items()}
        if fragment in due:
            due[fragment] = time.monotonic() + tab.fragments[fragment]


def _note(heard: Heard, run: Run) -> None:
    heard.errors += [f"{run.page or 'home'}: {said}"[:300] for said in run.errors]
    run.elements.clear()
    heard.runs.append(run)


def _program(found: Deployment, key: str, number: int, until: float, heard: Heard) -> None:
    chance = random.Random(1000 + number)
    body = {
        "model": MODEL,
        "max_tokens": 16,
        "messages": [{"role": "user", "content": "Say hello."}],
    }
    with httpx.Client(trust_env=False, timeout=120) as client:
        while time.monotonic() < until:
            began = time.perf_counter()
            try:
                answer = client.post(
                    f"{found.address}/v1/chat/completions",
                    json=body,
                    headers={"Authorization": f"Bearer {key}"},
                )
                if answer.status_code != 200:
                    heard.errors.append(f"the API: {answer.status_code} {answer.text[:200]}")
                heard.answers_s.append(time.perf_counter() - began)
            except httpx.HTTPError as error:
                heard.errors.append(f"the API: {error!r}")
            time.sleep(chance.uniform(0.5, 1.5) * _ASKS_S)


def _watch(found: Deployment, until: float, heard: Heard) -> None:
    began = time.monotonic()
    while True:
        minutes = (time.monotonic() - began) / 60
        heard.memory.append(
            (minutes, {name: _memory_mb(p.pid) for name, p in found.processes.items()})
        )
        if time.monotonic() >= until:
            return
        time.sleep(max(0.0, min(30.0, until - time.monotonic())))


def _memory_mb(pid: int) -> float:
    total = 0.0
    try:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            total += one.memory_info().rss / 2**20
    except psutil.Error:
        pass
    return total


@contextlib.contextmanager
def _home(found: Deployment) -> Iterator[Store]:
    """A store of the deployment's, for services of this process that work in its home."""
    os.environ["WORKBENCH_HOME"] = str(found.home)
    store = Store(found.database_url)
    try:
        yield store
    finally:
        store.close()
        del os.environ["WORKBENCH_HOME"]


def _tell(heard: Heard, people: int, programs: int, minutes: float) -> None:
    print(f"{people} people, {programs} programs, {minutes:g} minutes, web processes: {len(WEBS)}")
    whole = [run for run in heard.runs if not run.fragment]
    _line("pages", [run.seconds for run in whole])
    _line("fragments", [run.seconds for run in heard.runs if run.fragment])
    _line("answers of the API", heard.answers_s)
    by_page = defaultdict(list)
    for run in whole:
        by_page[run.page or "home"].append(run.seconds)
    for page, seconds in sorted(by_page.items()):
        _line(f"  {page}", seconds)
    if heard.runs:
        each = 1000 * heard.web_cpu_s / len(heard.runs)
        print(f"the processor's time of a run, of pages and fragments together: {each:.0f} ms")
    print(f"errors: {len(heard.errors)}, connections that broke: {heard.lost}")
    for said in sorted(set(heard.errors))[:10]:
        print(f"  {said} ({heard.errors.count(said)} times)")
    for at, memory in heard.memory[:: max(1, len(heard.memory) // 6)] + heard.memory[-1:]:
        print(
            f"memory after {at:.1f} min: "
            + ", ".join(f"{n} {mb:.0f} MB" for n, mb in memory.items())
        )


def _line(name: str, seconds: list[float]) -> None:
    if not seconds:
        print(f"{name}: none")
        return
    cut = statistics.quantiles(seconds, n=20) if len(seconds) > 1 else seconds * 19
    print(
        f"{name}: {len(seconds)}, p50 {1000 * statistics.median(seconds):.0f} ms, "
        f"p95 {1000 * cut[18]:.0f} ms, longest {1000 * max(seconds):.0f} ms"
    )


if __name__ == "__main__":
    raise SystemExit(main())
