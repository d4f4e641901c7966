"""TODO."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.engine.evaluation.baseline import svm_answers
from workbench.engine.rows import Row, read_rows
from workbench.evaluation.scoring.text_scores import Scores, text_scores
from workbench.jobs.process.shell import Process

Result = dict[str, Any]


@dataclass
class Exam:
    """What was asked, what was expected and what each model answered."""

    rows: list[Row]
    questions: list[str]
    expected: list[str]
    answers: dict[str, list[str]] = field(default_factory=dict)
    """By model: base, tuned."""
    probabilities: dict[str, list[float]] = field(default_factory=dict)
    """Of the chosen category, by model; classification only."""
    scores: dict[str, Scores] = field(default_factory=dict)


def chosen(rows: Sequence[Row], max_rows: int, seed: int) -> list[Row]:
    """At most `max_rows` of the rows, drawn at random with the seed, in their order."""
    if len(rows) <= max_rows:
        return list(rows)
    picked = np.random.default_rng(seed).choice(len(rows), max_rows, replace=False)
    return [rows[i] for i in sorted(picked)]


def write_exam(process: Process, exam: Exam, learned_from: Path | None) -> Result:
    """Keep the exam's answers as predictions.parquet; the scores of all who sat it.

    Args:
        learned_from: the version the model was trained on, for the baseline to learn from too.
    """
    answers, scores = _baseline(exam, learned_from)
    path = process.job.path / "predictions.parquet"
    pq.write_table(pa.table(_columns(exam, answers)), path)
    return {
        "scores": {"baseline": scores, **exam.scores},
        "rows": len(exam.rows),
        "predictions": str(path),
    }


def _baseline(exam: Exam, learned_from: Path | None) -> tuple[list[str] | None, Scores | None]:
    if not exam.probabilities or learned_from is None or not learned_from.is_file():
        return None, None
    train = read_rows(learned_from, "train")
    answers = svm_answers(
        [str(row["text"]) for row in train], [str(row["label"]) for row in train], exam.questions
    )
    return answers, text_scores("classification", exam.expected, answers)


def _columns(exam: Exam, baseline: list[str] | None) -> dict[str, Any]:
    rows = len(exam.rows)
    columns: dict[str, Any] = {
        "row_id": [int(row["row_id"]) for row in exam.rows],
        "input": exam.questions,
        "expected": exam.expected,
        "baseline": pa.array(baseline or [None] * rows, pa.string()),
        "base": exam.answers["base"],
        "tuned": exam.answers["tuned"],
    }
    if exam.probabilities:
        columns["probability"] = exam.probabilities["tuned"]
    return columns
