"""Prints how long a large file of categories takes, its processes being killed twice on the way.

    .venv/bin/python scripts/use/bench_answer_file.py [--rows 100000] [--kills 2] [--kind xlsx] [HOME]

The bundled encoder learns the sample project's categories by the preset *quick*; the file is made of
the sample's e-mails, each varied so that no two say the same. It is brought as the page brings it,
answered by the real worker, whose engine is killed after each third, and written as the user's own
file. Then every row is looked for: each must be there once, with an answer. Seconds are those of the
clock, starts and kills included; beside them those of the processors, which other programs' work
does not lengthen, and the most memory that a process held. HOME is that of an earlier call, in which the
model has learned already.
"""

import argparse
import contextlib
import csv
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
HOME = Path(sys.argv[-1])
AGAIN = (HOME / "workbench.db").is_file()
os.environ["WORKBENCH_HOME"] = str(HOME) if AGAIN else tempfile.mkdtemp(prefix="bench-answer-")

import openpyxl  # noqa: E402
import psutil  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

from storage import files  # noqa: E402
from storage.database import Store  # noqa: E402
from storage.schema import open_store  # noqa: E402
from workbench.core.tasks import CLASSIFICATION  # noqa: E402
from workbench.data import datasets  # noqa: E402
from workbench.data.files import large  # noqa: E402
from workbench.jobs import queue, worker_process  # noqa: E402
from workbench.jobs.job import JobView, get_job  # noqa: E402
from workbench.jobs.process.parts import parts_in, rows_in  # noqa: E402
from workbench.models import catalogue  # noqa: E402
from workbench.projects import samples  # noqa: E402
from workbench.training import presets, runs  # noqa: E402
from workbench.use.answered import asking, written  # noqa: E402
from workbench.use.answered.answers import answers_of  # noqa: E402
from workbench.use.answered.asking import Order  # noqa: E402

MODEL = "all-MiniLM-L6-v2"
LOOK_S = 0.2


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--kind", choices=("xlsx", "csv"), default="xlsx")
    parser.add_argument("home", nargs="?")
    told = parser.parse_args()
    store = open_store()
    try:
        project_id, run_id = (1, 1) if AGAIN else learn(store)
        path = made(files.home() / f"mails.{told.kind}", told.rows)
        bench(store, project_id, run_id, path, told)
    finally:
        end()
    return 0


def learn(store: Store) -> tuple[int, int]:
    """The sample's categories, learned; project and run."""
    project_id = samples.create_sample_project(store)
    versions = datasets.list_versions(store, project_id)
    version = next(v for v in versions if v.task == CLASSIFICATION.name)
    model = catalogue.resolve_model(store, MODEL)
    recipe = presets.preset("quick", task=version.task, family=model.family, rows=version.rows)
    run = runs.start_run(
        store,
        project_id=project_id,
        version_id=version.id,
        base_model_id=model.id,
        recipe=recipe,
    )
    finished(store, run.job_id)
    return project_id, run.run_id


def made(path: Path, rows: int) -> Path:
    """So many e-mails of the sample, no two alike, with a number and a date beside them."""
    draw = random.Random(1)
    with samples.FILE.open(newline="", encoding="utf-8") as stream:
        mails = [row["email"] for row in csv.DictReader(stream)]
    lines = ((i, f"2026-10-{1 + i % 28:02d}", _varied(draw, mails, i)) for i in range(rows))
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([("number", "day", "email"), *lines])
        return path
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Mails")
    for line in [("number", "day", "email"), *lines]:
        sheet.append(line)
    book.save(path)
    return path


def _varied(draw: random.Random, mails: list[str], number: int) -> str:
    words = draw.choice(mails).split()
    place = draw.randrange(len(words))
    return " ".join([*words[:place], f"(no. {number})", *words[place:]])


def bench(store: Store, project_id: int, run_id: int, path: Path, told: argparse.Namespace) -> None:
    """Bring it, answer it, write it, and look for every row."""
    size = path.stat().st_size
    with taking() as reading:
        with path.open("rb") as stream:
            source = datasets.keep(stream, path.name)
        order = Order(project_id, run_id, source)
        if large.is_large(source):
            options = asking.options_of(store, order)
            finished(store, large.read(store, project_id, source, options).id)
        columns = asking.guess_columns(store, run_id, asking.table(store, order))
        order = Order(project_id, run_id, source, columns=columns)
    with taking() as answering:
        job_id = asking.start(store, order)
        for number in range(1, told.kills + 1):
            kill(store, job_id, after=told.rows * number // (told.kills + 1))
        job = finished(store, job_id)
    answers = answers_of(store, job_id)
    with taking() as writing:
        writer = finished(store, written.start(store, answers).id)
    file = written.written_by(writer, answers)
    row_ids = [n for p in answers.paths for n in pq.read_table(p)["row_id"].to_pylist()]
    assert row_ids == list(range(2, told.rows + 2)), "each row once, in its order"
    assert file.rows == told.rows
    print(
        f"answer-file: {told.rows} rows, {path.suffix[1:]} of {size / 1e6:.1f} MB, "
        f"{job.attempt} attempts: read {reading}, answered {answering}, written {writing}"
    )


class Taken:
    """What a stretch took: seconds of the clock and of the processors, and memory."""

    def __init__(self) -> None:
        self.seconds = self.processors = self.memory_mb = 0.0

    def __str__(self) -> str:
        return f"{self.seconds:.0f} s (processors {self.processors:.0f} s, {self.memory_mb:.0f} MB)"


@contextlib.contextmanager
def taking() -> Iterator[Taken]:
    """Measures this process and those of the home while the block runs."""
    found, over = Taken(), threading.Event()
    used: dict[int, float] = {}

    def look() -> None:
        while not over.wait(LOOK_S):
            for process in mine():
                with contextlib.suppress(psutil.Error):
                    times = process.cpu_times()
                    used[process.pid] = times.user + times.system
                    memory = process.memory_info().rss / 2**20
                    found.memory_mb = max(found.memory_mb, memory)

    before = {p.pid: sum(p.cpu_times()[:2]) for p in mine()}
    begun, looking = time.monotonic(), threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield found
    finally:
        over.set()
        looking.join()
        found.seconds = time.monotonic() - begun
        found.processors = sum(s - before.get(pid, 0.0) for pid, s in used.items())


def mine() -> list[psutil.Process]:
    """The processes of this home, and this one."""
    found = [psutil.Process()]
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("WORKBENCH_HOME") == os.environ["WORKBENCH_HOME"]:
                found.append(process)
    return list({process.pid: process for process in found}.values())


def kill(store: Store, job_id: int, after: int) -> None:
    """`kill -9` of whoever answers, once so many rows are answered."""
    folder = files.job_folder(job_id)
    while rows_in(parts_in(folder)) < after:
        worker_process.ensure_worker()
        assert not get_job(store, job_id).is_over, get_job(store, job_id).reason
        time.sleep(LOOK_S)
    for process in mine():
        with contextlib.suppress(psutil.Error):
            if process.cmdline()[-1:] == [str(folder)]:
                process.kill()


def finished(store: Store, job_id: int) -> JobView:
    """The job when it has ended well."""
    job = queue.wait_for(store, job_id, on_look=worker_process.ensure_worker)
    assert job.status == "succeeded", job.reason
    return job


def end() -> None:
    """End what works in this home."""
    for process in mine():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid():
                process.kill()


if __name__ == "__main__":
    sys.exit(main())
