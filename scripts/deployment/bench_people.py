"""Fifty people on the pages and five programs at the API, on what compose.yaml starts.

    python scripts/deployment/bench_people.py [--minutes 10] [--people 50] [--programs 5]
    python scripts/deployment/bench_people.py --alone 20

Everybody is somebody else with an account: an administrator, and owners, editors, reviewers and
viewers of six of twelve projects each (`company.py`). A person opens a page, reads it for 3 to 10
seconds while its fragments run, and goes on. Printed are p50 and p95 of page scripts (as a browser
would wait for them, through Caddy and two web processes without sticky sessions), of fragments and of
answers, what failed, what took the processor's time, and memory over time.

With `--alone` one editor opens every page so often, nobody else being there, and what is printed is
what a page takes of the processor: that is the same however busy the machine is.
"""

import argparse
import contextlib
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scripts.deployment import company, heard  # noqa: E402
from scripts.deployment.company import Somebody  # noqa: E402
from scripts.deployment.heard import DATABASE, Heard  # noqa: E402
from scripts.deployment.up import WEBS, Deployment, deployed  # noqa: E402
from scripts.deployment.visitor import Lost, Visitor  # noqa: E402
from storage.database import Store  # noqa: E402
from storage.schema import open_store  # noqa: E402
from workbench.ui.accounts.cookie import NAME as COOKIE  # noqa: E402
from workbench.use import keys, served_models  # noqa: E402

PAGES = ("", "data", "checkup", "explore", "model", "train", "evaluate", "use", "programs", "export",
         "queue", "settings", "members", "account")  # fmt: skip
A_RUN = "train?run"
"""The page of one training, with its curves."""
FOR_OWNERS, FOR_ADMINISTRATORS = ("audit",), ("storage", "people")
PROJECTS, EACH = 12, 6
"""Projects of the company, and of a person."""
MODEL = "base:SmolLM2-135M-Instruct"
_READS_S = (3.0, 10.0)
_ASKS_S = 5.0


def main() -> int:
    """Run it; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--programs", type=int, default=5)
    parser.add_argument("--alone", type=int, default=0, metavar="TIMES")
    options = parser.parse_args()
    people: list[Somebody] = []

    def fill(found: Deployment) -> None:
        with _home(found) as store:
            folder = found.folder / "company"
            folder.mkdir()
            people.extend(company.settle(store, options.people, PROJECTS, EACH, folder))
            with store.engine.connect() as connection:  # as PostgreSQL does by itself after a while
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql("ANALYZE")

    settings = {"WORKBENCH_PERSON": company.ADMINISTRATOR}
    with (
        tempfile.TemporaryDirectory() as folder,
        deployed(Path(folder) / "home", before=fill, settings=settings) as it,
    ):
        if options.alone:
            return _alone(it, people[1], options.alone)
        key = _serve(it) if options.programs else ""
        found = _live(it, people, key, options.programs, options.minutes * 60)
    print(
        f"{options.people} people, {options.programs} programs, {options.minutes:g} minutes, "
        f"web processes: {len(WEBS)}"
    )
    heard.tell(found)
    return 1 if found.errors or found.lost else 0


def pages_of(somebody: Somebody) -> list[str]:
    """The pages that a person's sidebar leads to."""
    found = [*PAGES, A_RUN]
    found += FOR_OWNERS if somebody.owner or somebody.administrator else ()
    return found + list(FOR_ADMINISTRATORS if somebody.administrator else ())


def _opened(tab: Visitor, page: str, project_id: int, run_id: int) -> heard.Run:
    name, _, about = page.partition("?")
    query = f"project={project_id}" + (f"&{about}={run_id}" if about else "")
    run = tab.visit(name, query)
    run.page = page
    return run


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
    found: Deployment, people: list[Somebody], key: str, programs: int, for_s: float
) -> Heard:
    met, until = Heard(), time.monotonic() + for_s
    threads = [
        threading.Thread(target=_person, args=(found, somebody, number, until, met))
        for number, somebody in enumerate(people)
    ]
    threads += [
        threading.Thread(target=_program, args=(found, key, number, until, met))
        for number in range(programs)
    ]
    threads.append(threading.Thread(target=_watch, args=(found, until, met)))
    before, began = heard.spent_s(found), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    met.seconds = time.monotonic() - began
    met.cpu_s = {name: now - before[name] for name, now in heard.spent_s(found).items()}
    return met


def _person(found: Deployment, somebody: Somebody, number: int, until: float, met: Heard) -> None:
    chance, pages = random.Random(number), pages_of(somebody)
    time.sleep(chance.uniform(0, _READS_S[1]))
    while time.monotonic() < until:
        try:
            with _tab(found, somebody) as tab:
                while time.monotonic() < until:
                    project = chance.choice(somebody.projects)
                    met.note(_opened(tab, chance.choice(pages), project.id, project.run_id))
                    _read(tab, min(until, time.monotonic() + chance.uniform(*_READS_S)), met)
        except Lost as error:
            met.lost += 1
            met.errors.append(f"a connection broke: {error}"[:300])


def _tab(found: Deployment, somebody: Somebody) -> Visitor:
    return Visitor(found.address, {"Cookie": f"{COOKIE}={somebody.cookie}"})


def _read(tab: Visitor, until: float, met: Heard) -> None:
    """Look at a page; what runs by itself runs by itself."""
    due = {fragment: time.monotonic() + after for fragment, after in tab.fragments.items()}
    while True:
        fragment, at = min(due.items(), key=lambda one: one[1], default=("", until))
        time.sleep(max(0.0, min(at, until) - time.monotonic()))
        if at >= until:
            return
        met.note(tab.run(fragment))
        due = {one: due.get(one, time.monotonic() + after) for one, after in tab.fragments.items()}
        if fragment in due:
            due[fragment] = time.monotonic() + tab.fragments[fragment]


def _program(found: Deployment, key: str, number: int, until: float, met: Heard) -> None:
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
                    met.errors.append(f"the API: {answer.status_code} {answer.text[:200]}")
                met.answers_s.append(time.perf_counter() - began)
            except httpx.HTTPError as error:
                met.errors.append(f"the API: {error!r}")
            time.sleep(chance.uniform(0.5, 1.5) * _ASKS_S)


def _watch(found: Deployment, until: float, met: Heard) -> None:
    began = time.monotonic()
    while True:
        minutes = (time.monotonic() - began) / 60
        now = {name: heard.memory_mb(process.pid) for name, process in found.processes.items()}
        met.memory.append((minutes, now))
        if time.monotonic() >= until:
            return
        time.sleep(max(0.0, min(30.0, until - time.monotonic())))


def _alone(found: Deployment, somebody: Somebody, times: int) -> int:
    """What each page takes of the processor; 1 if one says something in red."""
    failed, whole = 0, 0.0
    print(f"{'page':12} {'seconds':>8}   the processor's time, in ms: web processes, PostgreSQL")
    with contextlib.ExitStack() as stack:
        tabs = [stack.enter_context(_tab(found, somebody)) for _ in WEBS]
        for page in pages_of(somebody):

            def open_all(page: str = page) -> list[heard.Run]:
                return [
                    _opened(tab, page, project.id, project.run_id)
                    for project in somebody.projects for tab in tabs
                ]  # fmt: skip

            runs = open_all()  # what is kept from the first time is not counted
            before = heard.spent_s(found)
            runs = [run for _ in range(times) for run in open_all()]
            spent = {name: now - before[name] for name, now in heard.spent_s(found).items()}
            web, database = sum(spent[name] for name in WEBS), spent[DATABASE]
            failed += sum(bool(run.errors) for run in runs)
            whole += web / len(runs)
            print(
                f"{page or 'home':12} {median(run.seconds for run in runs):8.3f}   "
                f"{1000 * web / len(runs):6.0f} {1000 * database / len(runs):6.0f}",
                flush=True,
            )
    print(f"mean of all pages: {1000 * whole / len(pages_of(somebody)):.0f} ms in web processes")
    return 1 if failed else 0


@contextlib.contextmanager
def _home(found: Deployment) -> Iterator[Store]:
    """A store of the deployment's, for services of this process that work in its home."""
    os.environ["WORKBENCH_HOME"] = str(found.home)
    store = open_store(found.database_url)
    try:
        yield store
    finally:
        store.close()
        del os.environ["WORKBENCH_HOME"]


if __name__ == "__main__":
    raise SystemExit(main())
