"""What a trial of a sweep is told by: the practice questions, so that the exam stays unasked.

Several trainings are tried and one is chosen. Who chose it by the exam's score would be told too high a
one, so a trial answers practice questions in place of the exam, which only the chosen one sits.
"""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from workbench.core.metrics import LOSS, main_score, metric_of
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import TUNED
from workbench.data.splits.drawn import chosen
from workbench.engine.evaluation.call_questions import with_calls
from workbench.engine.evaluation.known_facts import mark_invented
from workbench.engine.evaluation.systems import System, columns_told, evaluate_systems
from workbench.engine.rows import read_rows
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.scoring.row_sums import score_interval
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop

PRACTICE = "validation"
"""The split that checks of a training are made on."""
NOUN = "practice questions"
MOST_READ, MOST_WRITTEN = 2000, 50
"""Practice questions that are asked at most: of a model that sorts, and of one that writes."""


def practised(
    spec: TrainSpec,
    systems: Iterable[System],
    job: JobDir,
    report: Report,
    stop: Stop,
    *,
    max_rows: int | None = None,
) -> Result:
    """What the trained model answers to practice questions, as `trial`: metric, score, interval, rows, loss.

    Nothing of a model by contrast: it has learned these rows, and says itself how it did while they were
    held out; nor where there are no such rows.

    Args:
        max_rows: given for a model that writes its answers.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    if spec.recipe.is_by_turns:
        return {}
    rows = read_rows(spec.data, PRACTICE)
    if not rows:
        return {}
    most = MOST_READ if max_rows is None else min(max_rows, MOST_WRITTEN)
    about = task_named(spec.task)
    asked = chosen(with_calls(about, rows), most, spec.recipe.seed)
    if about.rows_are_documents:
        asked = asked[:1]  # how likely all of them are tells; nothing more is to be written
    trained = (system for system in systems if system.name == TUNED)
    exam = evaluate_systems(trained, spec.task, rows, asked, report, stop, 1, NOUN)
    mark_invented(exam, spec.task, job.adapter)
    scores = exam.scores[TUNED]
    metric, score = metric_of(spec.task), main_score(spec.task, scores)
    if score is None:
        return {}
    judged = score_rows(pa.table(columns_told(exam)).to_pandas(), spec.task)
    ends = score_interval(metric, TUNED, score, judged)
    told: dict[str, Any] = {
        "metric": metric.name,
        "score": score,
        "interval": None if ends is None else [float(end) for end in ends],
        "rows": len(judged),
        "loss": scores.get(LOSS),
    }
    return {"trial": told}
