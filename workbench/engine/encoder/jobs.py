"""The kinds of jobs that ask a trained encoder: evaluation and batch prediction."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError
from workbench.engine.causal.generate import Pace
from workbench.engine.encoder.model import (
    EncoderBundle,
    Probabilities,
    load_encoder_bundle,
    load_probe,
)
from workbench.engine.evaluation.exam import Exam, write_exam
from workbench.engine.rows import Row, read_rows
from workbench.evaluation.scoring.text_scores import Scores, text_scores
from workbench.jobs.process.shell import Process

Result = dict[str, Any]


def evaluate(process: Process) -> Result:
    """Score the frozen encoder's probe and the tuned encoder on all rows of a file.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: there are no rows, or the trained model cannot be used.
    """
    process.phase("preparing", "Loading the model")
    rows = read_rows(Path(process.spec["data"]))
    if not rows:
        raise WorkbenchError("The file has no rows to score: choose another file.")
    base, adapter = process.spec["base"], _adapter(process)
    tuned = load_encoder_bundle(base, adapter)
    return sit_exam(process, load_probe(base, Path(adapter or "")), tuned, rows)


def predict(process: Process) -> Result:
    """The category of every row of a file, and how probable it is.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: the model is not trained, or cannot be used.
    """
    process.phase("preparing", "Loading the model")
    bundle = load_encoder_bundle(process.spec["base"], _adapter(process))
    rows = read_rows(Path(process.spec["data"]))
    process.phase("evaluating", f"Sorting {len(rows)} rows")
    found = _ask(process, bundle, rows, Pace(process, len(rows)))
    table = {name: [row[name] for row in rows] for name in rows[0]} if rows else {"row_id": []}
    answers = {"output": _chosen(bundle, found), "probability": _highest(found)}
    path = process.job.path / "predictions.parquet"
    pq.write_table(pa.table({**table, **answers}), path)
    return {"rows": len(rows), "predictions": str(path)}


def sit_exam(
    process: Process, probe: EncoderBundle, tuned: EncoderBundle, rows: Sequence[Row]
) -> Result:
    """Both classifiers, and the baseline that knows words only, on the same rows.

    A category that no training row had cannot be answered: such rows count as wrong.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    exam = Exam(list(rows), _texts(rows), [str(row["label"]) for row in rows])
    _report_strangers(process, exam.expected, tuned.labels)
    pace = Pace(process, 2 * len(rows))
    for who, bundle in (("base", probe), ("tuned", tuned)):
        name = "The encoder before tuning" if who == "base" else "The trained model"
        process.phase("evaluating", f"{name} answers the exam questions")
        found = _ask(process, bundle, rows, pace)
        pace.next_round(len(rows))
        exam.answers[who] = _chosen(bundle, found)
        exam.probabilities[who] = _highest(found)
        exam.scores[who] = _scores(bundle, found, exam)
    learned_from = tuned.facts.get("data")
    return write_exam(process, exam, Path(learned_from) if learned_from else None)


def _adapter(process: Process) -> Path | None:
    return Path(process.spec["adapter"]) if process.spec.get("adapter") else None


def _texts(rows: Sequence[Row]) -> list[str]:
    return [str(row["text"]) for row in rows]


def _ask(process: Process, bundle: EncoderBundle, rows: Sequence[Row], pace: Pace) -> Probabilities:
    def done(count: int) -> None:
        process.check()
        pace(count)

    return bundle.probabilities(_texts(rows), done)


def _chosen(bundle: EncoderBundle, found: Probabilities) -> list[str]:
    return [bundle.labels[number] for number in found.argmax(1)]


def _highest(found: Probabilities) -> list[float]:
    return [float(p) for p in found.max(1, initial=0.0)]


def _scores(bundle: EncoderBundle, found: Probabilities, exam: Exam) -> Scores:
    """Loss over the rows whose category was learned; everything else over all rows."""
    place = {label: number for number, label in enumerate(bundle.labels)}
    known = [i for i, label in enumerate(exam.expected) if label in place]
    scores = text_scores("classification", exam.expected, _chosen(bundle, found))
    if known:
        own = found[known, [place[exam.expected[i]] for i in known]]
        scores["loss"] = float(-np.log(np.maximum(own, 1e-12)).mean())
    return scores


def _report_strangers(process: Process, expected: Sequence[str], labels: Sequence[str]) -> None:
    strangers = sorted({label for label in expected if label not in set(labels)})
    if strangers:
        count = sum(label in strangers for label in expected)
        shown = ", ".join(f"'{label}'" for label in strangers[:5])
        more = f" and {len(strangers) - 5} more" if len(strangers) > 5 else ""
        process.log(
            f"{count} exam questions count as wrong: their categories ({shown}{more}) do not "
            "occur in the training examples. Add examples of them and train again."
        )
