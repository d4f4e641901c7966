"""Prints what leaning on examples gives in the sample's replies, beside the nearest reply alone.

    .venv/bin/python scripts/writers/bench_replies.py [--splits 0,1,2,3,4] [--rows N] [--preset balanced]
        [--ways nearest,typical,no,yes] [--asked N] [--kept FOLDER]

The sample is cut into five parts; in each split one of them is asked of who has seen the other four
(of these the first N with --rows). `nearest` is the reply to the most similar e-mail, word for word,
`typical` that of the example which an answer leans on; `no` and `yes` are trainings by the preset, plain
and with that example before each question. For each way: chrF over all held-out rows, its 95 % interval's gain over the way before it
(paired, row by row), and the share of answers with an invented amount, date, name or the like.

What a split gave is kept in FOLDER under its settings, and not done again: the script may be broken
off, and run in pieces.
"""

import argparse
import csv
import dataclasses
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sacrebleu.metrics.chrf import CHRF

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import engine_job  # noqa: E402

from workbench.core.tasks import COMPLETION  # noqa: E402
from workbench.engine.encoder.reader import meaning  # noqa: E402
from workbench.engine.generative.leaning.nearest import Example, Nearest, asked_by  # noqa: E402
from workbench.evaluation.scoring.facts.known import Known  # noqa: E402
from workbench.evaluation.scoring.intervals import mean_interval  # noqa: E402
from workbench.jobs.process.job_dir import read_json, write_json  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef, TrainSpec  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402
from workbench.models.families import CAUSAL  # noqa: E402
from workbench.training.presets import preset  # noqa: E402

SAMPLE = ROOT / "workbench" / "projects" / "quillberry_emails.csv"
MODEL = "SmolLM2-135M-Instruct"
PARTS, PRACTICE = 5, 9
NEAREST, TYPICAL = "nearest", "typical"


def main() -> int:
    """Measure what is not kept yet, and print a line a way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", default="0,1,2,3,4")
    parser.add_argument("--rows", type=int, default=0, help="to learn from; 0 takes all")
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--ways", default="nearest,typical,no,yes")
    parser.add_argument("--asked", type=int, default=0, help="held-out rows; 0 asks all")
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "bench_replies")
    told = parser.parse_args()
    told.kept.mkdir(parents=True, exist_ok=True)
    before: list[dict[str, Any]] = []
    for way in told.ways.split(","):
        found = [row for split in told.splits.split(",") for row in _split(told, int(split), way)]
        _print(way, told, found, before)
        before = found
    return 0


def _split(told: argparse.Namespace, split: int, way: str) -> list[dict[str, Any]]:
    """The answers of one split: expected, answer, and what is invented in it."""
    preset_name = "" if way in (NEAREST, TYPICAL) else told.preset
    kept = told.kept / f"{split}-{told.rows}-{told.asked}-{preset_name}-{way}.json"
    if kept.is_file():
        return list(read_json(kept))
    train, test = draw(split, told.rows, told.asked)
    began = time.monotonic()
    if way in (NEAREST, TYPICAL):
        nearest = Nearest(train) if way == NEAREST else best(train)
        answers = [near.answer if (near := nearest.to(one.question)) else "" for one in test]
    else:
        answers = trained(train, test, split, told.preset, way)
    seconds = time.monotonic() - began
    print(f"replies: split {split}, {way}: {seconds:.0f} s", flush=True)
    known = Known.of(f"{one.question}\n{one.answer}" for one in train)
    rows = [
        {
            "expected": one.answer,
            "answer": answer,
            "invented": known.invented_texts(answer, one.question),
        }
        for one, answer in zip(test, answers, strict=True)
    ]
    write_json(kept, rows)
    return rows


def best(train: Sequence[Example]) -> Nearest:
    """Finds as answers that lean on examples do."""
    reader = meaning.meaning()
    vectors = reader.vectors(asked_by(train)) if reader else None
    return Nearest(train, Nearest.tried(train, vectors), vectors, meaning.meaning)


def draw(split: int, rows: int, asked: int) -> tuple[list[Example], list[Example]]:
    """What is learned from, and what is asked."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        everything = [Example(_asked(row), row["reply"]) for row in csv.DictReader(file)]
    everything = [one for one in everything if one.answer]
    random.Random(0).shuffle(everything)
    test = everything[split::PARTS]
    train = [one for number, one in enumerate(everything) if number % PARTS != split]
    return train[: rows or None], test[: asked or None]


def _asked(row: Mapping[str, str]) -> str:
    """A question as the sample project has it: a reply greets by the name."""
    return f"From: {row['customer']}\n\n{row['email']}"


def trained(
    train: Sequence[Example], test: Sequence[Example], split: int, name: str, leans: str
) -> list[str]:
    """What a model answers that learned by a preset."""
    recipe = preset(name, task=COMPLETION.name, family=CAUSAL.name, rows=len(train))
    recipe = dataclasses.replace(
        recipe, seed=split, lean_on_examples=leans, eval_max_rows=len(test)
    )
    with tempfile.TemporaryDirectory() as folder:
        spec = TrainSpec(
            job_id=1,
            task=COMPLETION.name,
            data=_written(Path(folder) / "data.parquet", train, test),
            base=BaseModelRef(MODEL, bundled_path(MODEL), CAUSAL.name),
            recipe=recipe,
        )
        result = engine_job.trained(spec, Path(folder) / "job")
        return list(map(str, pq.read_table(result["predictions"]).to_pydict()["tuned"]))


def _written(path: Path, train: Sequence[Example], test: Sequence[Example]) -> Path:
    sides = ["validation" if n % PRACTICE == 0 else "train" for n in range(len(train))]
    both = [*train, *test]
    columns = {
        "row_id": pa.array(range(len(both)), pa.int64()),
        "split": [*sides, *["test"] * len(test)],
        "prompt": [one.question for one in both],
        "response": [one.answer for one in both],
    }
    pq.write_table(pa.table(columns), path)
    return path


def _print(
    way: str,
    told: argparse.Namespace,
    found: Sequence[dict[str, Any]],
    before: Sequence[dict[str, Any]],
) -> None:
    metric = CHRF()
    score = metric.corpus_score([r["answer"] for r in found], [[r["expected"] for r in found]])
    gain = ""
    if before:
        own, others = (
            np.array([metric.sentence_score(r["answer"], [r["expected"]]).score for r in rows])
            for rows in (found, before)
        )
        low, high = mean_interval(own - others)
        gain = f", {np.mean(own - others):+.1f} a row ({low:+.1f} to {high:+.1f})"
    invented = np.mean([bool(row["invented"]) for row in found])
    how = "" if way == NEAREST else f" by {told.preset}"
    print(
        f"replies: {way}{how}, {len(found)} rows: chrF {score.score:.1f}{gain}, "
        f"{100 * invented:.1f} % of answers with an invented fact",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
