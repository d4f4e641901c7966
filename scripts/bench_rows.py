"""Prints what a training on very many rows needs beside the model, and when it begins to learn.

    .venv/bin/python scripts/bench_rows.py [ROWS] [--code CHECKOUT]

Writes rows (a million, if it is not told otherwise) of 48 tokens, and starts a training of the
bundled model that writes, as the worker does, in a process of its own: on 64 of the rows, which tells
what the model needs; on all of them, encoded anew; and once more, with what the cache has. Each is
stopped after its first step. Memory is the peak until then: all of it, and without the pages of files
that the system can take back at any time. `--code` measures the engine of another checkout.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from workbench.core.recipe import Recipe  # noqa: E402
from workbench.core.tasks import COMPLETION  # noqa: E402
from workbench.jobs.process.job_dir import JobDir, read_events, read_json, write_json  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef, TrainSpec  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402
from workbench.models.families import CAUSAL  # noqa: E402

MODEL = "SmolLM2-135M-Instruct"
FEW, PRACTICE, MILLION = 64, 16, 1_000_000
WORDS = ("parcel", "invoice", "address", "refund", "order", "label", "courier", "receipt")


@dataclass(frozen=True)
class Measured:
    """A training until its first step."""

    seconds: float
    processor_s: float
    """Of the processor, all threads together: what else runs on the machine does not count."""
    peak_mb: float
    own_mb: float
    """Without what is mapped from files."""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=MILLION)
    parser.add_argument("--code", type=Path, default=ROOT)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, all_rows = (_write(folder / f"{n}.parquet", n) for n in (FEW, told.rows))
        model = _trained(folder / "model", few, folder / "cache", told.code)
        print(
            f"rows: the model and {FEW} rows: {model.seconds:.1f} s ({model.processor_s:.0f} s of the "
            f"processor), {model.peak_mb:.0f} MB"
        )
        for number, what in enumerate(("encoded anew", "from the cache")):
            found = _trained(folder / f"job {number}", all_rows, folder / "cache", told.code)
            print(
                f"rows: {told.rows:,} rows {what}: first step after {found.seconds:.1f} s "
                f"({found.processor_s:.0f} s of the processor), "
                f"{found.peak_mb - model.peak_mb:.0f} MB beside the model, of which "
                f"{found.own_mb - model.own_mb:.0f} MB are not pages of files",
                flush=True,
            )
        kept = sum(path.stat().st_size for path in (folder / "cache").rglob("*.arrow"))
        print(f"rows: the cache holds {kept / 1e6:.0f} MB")
    return 0


def _write(path: Path, rows: int) -> Path:
    """A version's file; a practice question now and then."""
    with pq.ParquetWriter(path, _table(range(0)).schema, compression="zstd") as writer:
        for start in range(0, rows, 50_000):
            writer.write_table(_table(range(start, min(rows, start + 50_000))))
        writer.write_table(_table(range(rows, rows + PRACTICE), "validation"))
    return path


def _table(numbers: range, split: str = "train") -> pa.Table:
    return pa.table(
        {
            "row_id": pa.array(numbers, pa.int64()),
            "split": pa.array([split] * len(numbers), pa.string()),
            "prompt": pa.array([f"The {_word(n)} {n}?" for n in numbers], pa.string()),
            "response": pa.array([f"{_word(n // 3)} {n} goes." for n in numbers], pa.string()),
        }
    )


def _word(number: int) -> str:
    return WORDS[number % len(WORDS)]


def _trained(folder: Path, data: Path, cache: Path, code: Path) -> Measured:
    job = JobDir(folder)
    folder.mkdir()
    spec = TrainSpec(
        job_id=1,
        task=COMPLETION.name,
        data=data,
        base=BaseModelRef(MODEL, bundled_path(MODEL), CAUSAL.name),
        recipe=Recipe().changed(per_device_train_batch_size=4, max_length=128),
        cache=cache,
    )
    write_json(job.spec, spec.as_dict())
    began = time.monotonic()
    with job.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "workbench.engine", str(folder)],
            cwd=code,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(code)},
        )
    peak = own = used = 0.0
    while not _has_learned(job):
        if process.poll() is not None:
            raise SystemExit(f"{read_json(job.result)}\n{job.log.read_text('utf-8')}")
        peak, own = (max(pair) for pair in zip((peak, own), _memory_mb(process.pid), strict=True))
        used = sum(psutil.Process(process.pid).cpu_times()[:2])
        time.sleep(0.2)
    seconds = time.monotonic() - began
    process.send_signal(signal.SIGTERM)
    process.wait()
    return Measured(seconds, used, peak, own)


def _has_learned(job: JobDir) -> bool:
    found = read_events(job, 1, 0, limit=10**6)[0]
    return any(e["type"] == "progress" and "epoch" in e and e["step"] for e in found)


def _memory_mb(pid: int) -> tuple[float, float]:
    """The highest so far, and what is not mapped from files now."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0.0, 0.0
    told = {line.split(":")[0]: line.split()[1] for line in lines if line.endswith(" kB")}
    return int(told.get("VmHWM", 0)) / 1024, int(told.get("RssAnon", 0)) / 1024


if __name__ == "__main__":
    raise SystemExit(main())
