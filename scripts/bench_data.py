"""Prints how well wrong categories are found, what a million rows cost from file to checkup, and
what it costs that files are read by a process of their own.

    .venv/bin/python scripts/bench_data.py [labels] [million] [reader]

`labels` flips categories of BANKING77, which must lie in the folder that WORKBENCH_BENCH_DATA names
(default: ../shared/data beside the checkout). `million` writes its own table and works in a fresh
home, with the worker and the jobs that users have.
"""

import csv
import os
import random
import resource
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("GOMP_SPINCOUNT", "3000")

from storage import files  # noqa: E402
from storage.database import Store  # noqa: E402
from storage.schema import open_store  # noqa: E402
from workbench.core.tasks import CLASSIFICATION  # noqa: E402
from workbench.data import checkups, datasets  # noqa: E402
from workbench.data.examples.plan import Plan, Source  # noqa: E402
from workbench.data.files import large  # noqa: E402
from workbench.data.files import reader as file_reader  # noqa: E402
from workbench.data.files.large import Order  # noqa: E402
from workbench.data.readers import ReadOptions, Table, read_table  # noqa: E402
from workbench.jobs import job as jobs  # noqa: E402
from workbench.jobs import worker_process  # noqa: E402
from workbench.jobs.job import JobView  # noqa: E402
from workbench.projects import projects  # noqa: E402

DATA = Path(os.environ.get("WORKBENCH_BENCH_DATA") or ROOT.parent / "shared" / "data")
SEED, RATE, MILLION = 42, 0.05, 1_000_000


def main() -> int:
    """Run the named parts, or all of them."""
    parts: dict[str, Callable[[], int]] = {"labels": labels, "million": million, "reader": reader}
    return max(parts[name]() for name in sys.argv[1:] or parts)


def labels() -> int:
    """Precision and recall of the finder of wrong categories, one in twenty flipped at random."""
    path = DATA / "banking77" / "train.csv"
    if not path.is_file():
        print(f"There is no {path}: name the folder that holds banking77 in WORKBENCH_BENCH_DATA.")
        return 2
    from workbench.engine.checkup import label_errors
    from workbench.engine.checkup.whole_texts import WINDOW
    from workbench.engine.encoder.encoder import load_encoder
    from workbench.engine.encoder.reader.batches import read
    from workbench.engine.encoder.reader.reader import load_reader
    from workbench.engine.models.prepare import ensure_ready

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rng = random.Random(SEED)
    flipped = set(rng.sample(range(len(rows)), round(RATE * len(rows))))
    names = sorted({row["category"] for row in rows})
    given = [
        rng.choice([name for name in names if name != row["category"]])
        if number in flipped
        else row["category"]
        for number, row in enumerate(rows)
    ]
    began = time.perf_counter()
    folder = ensure_ready(checkups.READER)
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, WINDOW)
    embeddings = read(encoder, reader.ids([row["text"] for row in rows]), reader.pad_id)
    judgement = label_errors.judge(embeddings, given, SEED)
    found = label_errors.suspects(judgement) if judgement else []
    hits = [(index, better) for index, better, _ in found if index in flipped]
    right = sum(better == rows[index]["category"] for index, better in hits)
    print(
        f"labels: {len(flipped)} of {len(rows):,} categories of BANKING77 flipped at random; "
        f"{len(found)} rows doubted, precision {len(hits) / len(found):.3f}, recall "
        f"{len(hits) / len(flipped):.3f}; the suggestion is the true category for "
        f"{right / len(hits):.1%} of the flipped; {time.perf_counter() - began:.0f} s"
    )
    return 0


def reader() -> int:
    """A CSV of 100 KB, read in this process and by a reader in turn; then twenty small files."""
    with tempfile.TemporaryDirectory() as folder:
        path = _small(Path(folder) / "small.csv", 1900)
        began = time.perf_counter()
        file_reader.read_table(path)
        first = time.perf_counter() - began
        here, there = _in_turn(read_table, file_reader.read_table, path)
        print(
            f"reader: a CSV of {path.stat().st_size / 1000:.0f} KB, {_ms(here)} in this process, "
            f"{_ms(there)} by a reader ({statistics.median(there) / statistics.median(here):.2f} "
            f"times; the quickest {min(there) / min(here):.2f}), the first one {first:.1f} s"
        )
        files = [_small(Path(folder) / f"{number}.csv", 20 + number) for number in range(20)]
        took = [_seconds(file_reader.read_table, file) for file in files]
        print(
            f"reader: {len(files)} small files one after the other, {max(took):.3f} s at most each"
        )
    return 0 if max(took) < 1 else 1


def _small(path: Path, rows: int) -> Path:
    lines = (f"Where is parcel {number}? It was due on Monday.,Delivery" for number in range(rows))
    path.write_text("\n".join(["text,category", *lines]), "utf-8")
    return path


def _in_turn(
    one: Callable[[Path], Table], other: Callable[[Path], Table], path: Path
) -> tuple[list[float], list[float]]:
    """Seconds of each, side by side, so that what else the machine does concerns both."""
    pairs = [(_seconds(one, path), _seconds(other, path)) for _ in range(101)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _seconds(read: Callable[[Path], Table], path: Path) -> float:
    began = time.perf_counter()
    read(path)
    return time.perf_counter() - began


def _ms(seconds: list[float]) -> str:
    return f"{1000 * statistics.median(seconds):.1f} ms"


def million() -> int:
    """Import, profile and checkup of a million rows, as the page does them."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_HOME"] = str(Path(folder) / "home")
        store = open_store()
        worker_process.ensure_worker()
        path = Path(folder) / "million.csv"
        _write(path)
        before = _peak_mb()
        _million(store, path)
        print(
            f"million: this process, which stands for the web's, grew by {_peak_mb() - before:.0f} MB"
        )
        store.close()
        os.kill((worker_process.worker_info() or {})["pid"], signal.SIGTERM)
    return 0


def _write(path: Path) -> None:
    rng = random.Random(SEED)
    words = [
        f"{a}{b}" for a in ("ma", "ki", "ro", "te", "su") for b in ("lan", "per", "dik", "som")
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "category"])
        for number in range(MILLION):
            label = number % 50
            text = " ".join(rng.choices(words, k=12))
            writer.writerow([f"{text} {words[label % 20]} {number % 9973}", f"category {label}"])
    print(f"million: a CSV of {MILLION:,} rows, {path.stat().st_size / 1e6:.0f} MB", flush=True)


def _million(store: Store, path: Path) -> None:
    project_id = projects.create_project(store, "Million")
    source = Source(files.put_file(path), path.name)
    options = ReadOptions()
    _done(store, large.read(store, project_id, source, options), "import (read and profile)")
    roles = {"text": "text", "label": "category"}
    plan = Plan(CLASSIFICATION.name, roles, near_duplicates=True)  # as the page has it
    order = Order(project_id, source, plan, "Million", options)
    _done(store, large.prepare(store, order), "examples made, checked and split")
    prepared = large.read_prepared(store, order)
    began = time.perf_counter()
    saved = datasets.save_prepared(store, project_id, "Million", source, prepared)
    print(f"million: saved as a version in {time.perf_counter() - began:.1f} s", flush=True)
    job = checkups.start(store, saved.version_id)
    _done(store, job, "checkup")
    checkup = checkups.read(store, job.id)
    kinds = ", ".join(f"{finding.kind} ({finding.rows:,} rows)" for finding in checkup.findings)
    print(f"million: health {checkup.score}; found {kinds or 'nothing'}", flush=True)


def _done(store: Store, job: JobView, what: str) -> None:
    began = time.perf_counter()
    while not (job := jobs.get_job(store, job.id)).is_over:
        time.sleep(0.2)
    if job.status != "succeeded":
        raise SystemExit(f"million: {what} ended as {job.status}: {job.reason}")
    peak = (job.result or {}).get("peak_memory_mb", 0)
    print(f"million: {what}: {time.perf_counter() - began:.1f} s, peak {peak} MiB", flush=True)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    raise SystemExit(main())
