"""Runs beside each other: in which settings they differ, and how each did."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import Metric, main_score, metric_of
from workbench.core.recipe import FIELDS
from workbench.core.tasks.rungs import TUNED
from workbench.evaluation import evaluations
from workbench.evaluation.scoring.comparison import Comparison, compare
from workbench.evaluation.scoring.row_sums import score_interval
from workbench.evaluation.sweeps.practice import Practice, practice_of
from workbench.training.energy import Energy
from workbench.training.run_view import RunView

logger = logging.getLogger(__name__)

FIRST = "first"
"""The column of the other one's answers, where two exams are put beside each other."""
_WORDS = {
    "learning_rate": "pace (learning rate)",
    "num_train_epochs": "passes over the data (epochs)",
    "max_steps": "corrections (steps)",
    "r": "learning strength (LoRA rank)",
    "lr_scheduler_type": "how the pace changes (schedule)",
    "per_device_train_batch_size": "examples at once (batch size)",
    "label_smoothing_factor": "doubt (label smoothing)",
}
_MADE_OF = {"base_model": "base model", "data": "data"}


@dataclass(frozen=True)
class Exam:
    """A score on exam questions."""

    metric: Metric
    score: float
    interval: tuple[float, float] | None
    rows: int

    @property
    def words(self) -> str:
        """ "90.0 % (84.0 % to 94.0 %)"."""
        return Practice(self.metric, self.score, self.interval, self.rows, None).words

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        ends = None if self.interval is None else list(self.interval)
        return {
            "metric": self.metric.name, "score": self.score, "interval": ends, "rows": self.rows,
        }  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """One of several runs that are compared."""

    run: RunView
    differs: dict[str, Any]
    """What is not alike in all of them: setting, `base_model` or `data` → what it is here."""
    practice: Practice | None
    exam: Exam | None
    seconds: float | None
    kwh: float | None

    @property
    def label(self) -> str:
        """By what it is told from the others: "0.0002, 16"; its name where nothing differs."""
        return ", ".join(said(value) for value in self.differs.values()) or self.run.name

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "run_id": self.run.id,
            "name": self.run.name,
            "status": self.run.status,
            "differs": self.differs,
            "practice": self.practice.as_dict() if self.practice else None,
            "exam": self.exam.as_dict() if self.exam else None,
            "seconds": self.seconds,
            "kwh": self.kwh,
        }


def beside(store: Store, runs: Sequence[RunView]) -> list[Beside]:
    """Runs of a project, compared."""
    differing = differing_in(runs)
    return [
        Beside(
            run,
            {name: _values(run).get(name) for name in differing},
            practice_of(run),
            exam_of(store, run),
            (run.result or {}).get("seconds") or (run.job.seconds if run.job.is_over else None),
            energy.kwh if (energy := Energy.of(run.result)) else None,
        )
        for run in runs
    ]


def differing_in(runs: Sequence[RunView]) -> list[str]:
    """What is not alike in all runs, in the order of the recipe; the seed and other settings included."""
    values = [_values(run) for run in runs]
    names = [*_MADE_OF, *FIELDS]
    return [name for name in names if len({repr(own.get(name)) for own in values}) > 1]


def setting_words(name: str) -> str:
    """What a setting is called in a sentence."""
    if name in _MADE_OF:
        return _MADE_OF[name]
    label = str(FIELDS[name].metadata["label"]) if name in FIELDS else name
    return _WORDS.get(name, label[:1].lower() + label[1:])


def said(value: Any) -> str:
    """A setting's value, as a table has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def exam_of(store: Store, run: RunView) -> Exam | None:
    """How a run did in its exam; None of one that has not sat it."""
    info = evaluations.exam_of(store, run.id)
    metric = metric_of(run.task)
    score = None if info is None else main_score(run.task, info.scores.get(TUNED) or {})
    if info is None or score is None:
        return None
    answers = _answers(store, info.id)
    ends = None if answers is None else score_interval(metric, TUNED, score, answers)
    return Exam(metric, score, ends, info.rows)


def exam_difference(store: Store, run: RunView, other: RunView) -> Comparison | None:
    """How much better the first of two did on the exam questions that both answered; None of too few."""
    frames = []
    for one in (run, other):
        info = evaluations.exam_of(store, one.id)
        found = None if info is None else _answers(store, info.id)
        if found is None or TUNED not in found:
            return None
        frames.append(found.set_index("row_id"))
    mine, theirs = frames
    own = [name for name in map(str, theirs) if name == TUNED or name.endswith(f"_{TUNED}")]
    theirs = theirs[own].rename(columns=lambda name: f"{name[: -len(TUNED)]}{FIRST}")
    both = mine.join(theirs, how="inner").reset_index()
    scores = [exam_of(store, one) for one in (run, other)]
    if both.empty or scores[0] is None or scores[1] is None:
        return None
    return compare(metric_of(run.task), both, FIRST, scores[1].score, scores[0].score)


def _values(run: RunView) -> dict[str, Any]:
    data = f"{run.dataset_name}, version {run.version_number}"
    return {"base_model": run.base_model, "data": data, **run.recipe}


def _answers(store: Store, evaluation_id: int) -> pd.DataFrame | None:
    try:
        return evaluations.predictions(store, evaluation_id)
    except WorkbenchError as error:
        logger.warning("An exam is told without its answers: %s", error)
        return None
