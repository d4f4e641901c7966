"""Prints what learning from few examples gives, beside the probe and beside learning classes.

    .venv/bin/python scripts/few/bench_few.py [SET:ROWS ...] [--draws N] [--first K]
                                              [--ways few,classes,unlabelled]

SET is banking77 (ROWS of each category, the official test set), bitext_support (ROWS in all, its own
test set) or sample (ROWS in all, tested on the others). The first two are read from the folder that
WORKBENCH_BENCH_DATA names. Each draw is a training of its own, by the preset *balanced*, in a process
as the worker starts it; a ninth of the rows are practice questions. `few` is what the preset chooses
for so few rows, `classes` what it chooses for many, `unlabelled` the first of these with a thousand others
of the set's rows, their categories taken away, beside the examples. The probe learns from all rows.
"""

import argparse
import csv
import dataclasses
import math
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import engine_job  # noqa: E402

from workbench.core.tasks import CLASSIFICATION  # noqa: E402
from workbench.data.examples.unlabelled import MOST, with_texts  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef, TrainSpec  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402
from workbench.models.families import ENCODER  # noqa: E402
from workbench.training.presets import preset  # noqa: E402

DATA = Path(os.environ.get("WORKBENCH_BENCH_DATA") or ROOT.parent / "shared" / "data")
SAMPLE = ROOT / "workbench" / "projects" / "quillberry_emails.csv"
MODEL = "all-MiniLM-L6-v2"
MANY = 1_000_000
PRACTICE = 9
UNLABELLED = "unlabelled"
ALL = ("banking77:5", "banking77:10", "banking77:20", "bitext_support:50", "bitext_support:100",
       "bitext_support:200", "bitext_support:400", "sample:50", "sample:100", "sample:200")  # fmt: skip

Pair = tuple[str, str]


def main() -> int:
    """Measure and print, a line a set and way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=ALL)
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="the number of the first draw")
    parser.add_argument("--ways", default="few,classes")
    told = parser.parse_args()
    for name in told.sets:
        source, rows = name.split(":")
        seeds = range(told.first, told.first + told.draws)
        draws = [draw(source, int(rows), seed) for seed in seeds]
        for way in told.ways.split(","):
            found = []
            for seed, one in zip(seeds, draws, strict=True):
                others = _without_category(source, one[0], seed) if way == UNLABELLED else []
                found.append(trained(*one, seed, way, others))
            _print(name, way, found)
    return 0


def _print(name: str, way: str, found: Sequence[tuple[float, float, float, float]]) -> None:
    probe, tuned, seconds, error = (list(column) for column in zip(*found, strict=True))
    below = max(
        before - after - err for before, after, err in zip(probe, tuned, error, strict=True)
    )
    each = " ".join(f"{100 * score:.1f}" for score in tuned)
    print(
        f"few: {name} {way}: probe {100 * statistics.mean(probe):.2f}, tuned "
        f"{100 * statistics.mean(tuned):.2f} (each {each}; standard error of one "
        f"{100 * statistics.mean(error):.2f}), {statistics.mean(seconds):.0f} s, at worst "
        f"{100 * max(0.0, below):.2f} below the probe by more than its error",
        flush=True,
    )


def draw(source: str, rows: int, seed: int) -> tuple[list[Pair], list[Pair]]:
    """What is learned from, and what it is tested on."""
    picked = random.Random(seed)
    if source == "sample":
        everything = _read(SAMPLE, "email", "category")
        picked.shuffle(everything)
        return everything[:rows], everything[rows:]
    train, test = both_parts(source)
    if source != "banking77":
        return picked.sample(train, rows), test
    return of_each(train, rows, picked), test


def both_parts(source: str) -> tuple[list[Pair], list[Pair]]:
    """What a set has to learn from, and its own test rows."""
    columns = ("text", "category") if source == "banking77" else ("utterance", "intent")
    train, test = (_read(DATA / source / f"{part}.csv", *columns) for part in ("train", "test"))
    return train, test


def of_each(train: Sequence[Pair], rows: int, picked: random.Random) -> list[Pair]:
    """So many rows of each category, at random, in a random order."""
    chosen: list[Pair] = []
    for label in sorted({label for _, label in train}):
        chosen += picked.sample([pair for pair in train if pair[1] == label], rows)
    picked.shuffle(chosen)
    return chosen


def _without_category(source: str, train: Sequence[Pair], seed: int) -> list[str]:
    """Other texts to learn from, whose categories nobody knows."""
    known = {text for text, _ in train}
    rest = [text for text, _ in both_parts(source)[0] if text not in known]
    return random.Random(seed).sample(rest, min(MOST, len(rest)))


def _read(path: Path, text: str, label: str) -> list[Pair]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row[text], row[label]) for row in csv.DictReader(file) if row[label]]


def trained(
    train: Sequence[Pair],
    test: Sequence[Pair],
    seed: int,
    way: str,
    others: Sequence[str] = (),
) -> tuple[float, float, float, float]:
    """Accuracy of probe and of tuned model, seconds, and the standard error of the difference."""
    answers, seconds = examined(train, test, seed, way, others)
    right = [
        [given == wanted for given, wanted in zip(answers[who], answers["expected"], strict=True)]
        for who in ("base", "tuned")
    ]
    gain = [int(b) - int(a) for a, b in zip(*right, strict=True)]
    error = statistics.pstdev(gain) / math.sqrt(len(gain))
    return statistics.mean(right[0]), statistics.mean(right[1]), seconds, error


def examined(
    train: Sequence[Pair],
    test: Sequence[Pair],
    seed: int,
    way: str,
    others: Sequence[str] = (),
) -> tuple[dict[str, list[Any]], float]:
    """The answers of a training's exam, by column, and the seconds it took.

    Args:
        others: texts without a category.
    """
    rows = MANY if way == "classes" else len(train)
    recipe = preset("balanced", task=CLASSIFICATION.name, family=ENCODER.name, rows=rows)
    with tempfile.TemporaryDirectory() as name:
        spec = TrainSpec(
            job_id=1,
            task=CLASSIFICATION.name,
            data=_written(Path(name) / "data.parquet", train, test, others),
            base=BaseModelRef(MODEL, bundled_path(MODEL), ENCODER.name),
            recipe=dataclasses.replace(recipe, seed=seed),
        )
        began = time.monotonic()
        result = engine_job.trained(spec, Path(name) / "job")
        seconds = time.monotonic() - began
        answers = pq.read_table(result["predictions"]).to_pydict()
    print(f"few: draw {seed}, {way}: {seconds:.0f} s, {result['peak_memory_mb']} MB", flush=True)
    return answers, seconds


def _written(
    path: Path, train: Sequence[Pair], test: Sequence[Pair], others: Sequence[str] = ()
) -> Path:
    sides = ["validation" if n % PRACTICE == 0 else "train" for n in range(len(train))]
    both = [*train, *test]
    columns = {
        "row_id": pa.array(range(len(both)), pa.int64()),
        "split": [*sides, *["test"] * len(test)],
        "text": [text for text, _ in both],
        "label": [label for _, label in both],
    }
    pq.write_table(with_texts(pa.table(columns), others), path)
    return path


if __name__ == "__main__":
    raise SystemExit(main())
