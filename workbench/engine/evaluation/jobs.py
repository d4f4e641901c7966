"""The kinds of jobs that ask a model, whatever its family: evaluation and prediction."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import TURNS, Recipe
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import CHEAP, EXAMPLES
from workbench.data.splits.drawn import chosen
from workbench.engine.evaluation.call_questions import with_calls
from workbench.engine.evaluation.habits.opened import Opened
from workbench.engine.evaluation.known_facts import mark_invented
from workbench.engine.evaluation.learned_before import LEFT_OUT, unlearned
from workbench.engine.evaluation.likeness import mark_likeness
from workbench.engine.evaluation.pair_rungs import add_by_length
from workbench.engine.evaluation.practice import Asking
from workbench.engine.evaluation.simple_rungs import add_simple
from workbench.engine.evaluation.systems import (
    Answers,
    Done,
    Evaluation,
    System,
    evaluate_systems,
    mark_outside,
    write_evaluation,
)
from workbench.engine.evaluation.trial import practised
from workbench.engine.models.checked_load import CheckedLoad, Tell
from workbench.engine.models.start import sitting
from workbench.engine.rows import Row, read_rows
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import (
    BaseModelRef,
    EvaluateSpec,
    MeasureSpec,
    PredictSpec,
    TrainSpec,
)
from workbench.jobs.process.stop import Cancelled, Stop
from workbench.models.trained import read_trained

EXAM = "test"
"""The split that is never learned from."""
STOPPED = {"status": "cancelled", "reason": "Stopped; the best model so far is kept."}

Answer = Callable[[Sequence[Row], Stop, Done], Answers]
"""Gives a loaded model's answer to each row."""


class Engine(Protocol):
    """What a family's folder offers (`engine.families` names it)."""

    def train(self, spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> Result:
        """Teach a base model, and let it sit the exam."""
        ...

    def measure(self, spec: MeasureSpec, job: JobDir, report: Report, stop: Stop) -> Result:
        """Do a few steps of that, to see what they take."""
        ...

    def systems(
        self,
        base: BaseModelRef,
        adapter: Path,
        recipe: Recipe,
        new_tokens: int,
        shown: Path | None = None,
    ) -> Iterator[System]:
        """The model before and after training, each loaded when it is its turn.

        Args:
            shown: examples of which the nearest stands before each question, for a third one in
                between; only of models that can make use of it.
        """
        ...

    def opened(self, base: BaseModelRef, adapter: Path, recipe: Recipe) -> Opened:
        """A trained model that is loaded to be asked things beside its exam."""
        ...

    def answerer(self, spec: PredictSpec) -> Answer:
        """A model that is loaded to answer."""
        ...

    def checked_load(self, folder: Path, tell: Tell) -> CheckedLoad:
        """What is found when a base model is tried."""
        ...


def evaluate(engine: Engine, spec: EvaluateSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Score the model before and after training on all rows of a file.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: there are no rows, or a row or the trained model cannot be used.
    """
    report.phase("preparing", "Loading the model")
    rows: list[Row] = list(read_rows(spec.data))
    if not rows:
        raise WorkbenchError("The file has no rows to score: choose another file.")
    if spec.split == EXAM:
        rows = unlearned(spec.task, rows, spec.adapter, report)
    if not rows:
        raise WorkbenchError(
            "Every exam question had been learned by the model that this one goes on from: test it on "
            "another file."
        )
    trained = read_trained(spec.adapter)
    shown = trained.data if EXAMPLES in (spec.rungs or ()) else None
    systems = engine.systems(
        spec.base, spec.adapter, spec.recipe, spec.recipe.eval_max_new_tokens, shown
    )
    count = sitting(spec.adapter, shown)
    data = trained.data if spec.split == EXAM else None
    asking = Asking(spec.task, data, spec.recipe, trained.out_of_scope)
    asked = with_calls(task_named(spec.task), rows)
    asked = asked if spec.most is None else chosen(asked, spec.most, spec.recipe.seed)
    exam = evaluate_systems(asking.passing(systems), spec.task, rows, asked, report, stop, count)
    mark_invented(exam, spec.task, spec.adapter)
    mark_outside(exam, trained.out_of_scope)
    practice = asking.write(job, report, stop, max_rows=spec.most)
    _ask_simple(exam, spec, trained.data, report, stop, by_turns=trained.exam == TURNS)
    mark_likeness(exam, spec.task, stop)
    return {**write_evaluation(job.path, exam), **practice}


def _ask_simple(
    exam: Evaluation,
    spec: TrainSpec | EvaluateSpec,
    learned_from: Path | None,
    report: Report,
    stop: Stop,
    *,
    by_turns: bool = False,
) -> None:
    """Let those answer, too, who need no model."""
    if task_named(spec.task).rows_are_documents:
        return
    report.phase("evaluating", "The simple ways to answer take the exam")
    rungs = spec.rungs if isinstance(spec, EvaluateSpec) else None
    wanted = CHEAP if rungs is None else rungs
    if task_named(spec.task).compares:
        add_by_length(exam, spec.task, wanted)
        return
    add_simple(exam, spec.task, learned_from, stop.check, rungs=wanted, by_turns=by_turns)


def evaluate_trained(
    spec: TrainSpec,
    systems: Iterable[System],
    job: JobDir,
    report: Report,
    stop: Stop,
    scores: dict[str, Any],
    *,
    max_rows: int | None = None,
) -> Result:
    """The exam at the end of a training: its scores behind the others that the training gave.

    A cancel keeps the model and gives no scores.

    Args:
        max_rows: at most so many questions are answered; None for all.
    """
    if stop.is_cancelled:
        return STOPPED
    if spec.practises:
        return _practised(spec, systems, job, report, stop, max_rows)
    about, whole = task_named(spec.task), read_rows(spec.data, EXAM)
    rows = unlearned(spec.task, whole, job.adapter, report)
    left_out = {LEFT_OUT: len(whole) - len(rows)} if len(rows) < len(whole) else {}
    if not rows:
        return {"rows": 0, **left_out}
    asked = with_calls(about, rows)
    if max_rows is not None and not about.compares:  # which answer is likelier is told in no time
        asked = chosen(asked, max_rows, spec.recipe.seed)
    asking = Asking(spec.task, spec.data, spec.recipe, spec.out_of_scope or "")
    try:
        count = sitting(job.adapter)
        exam = evaluate_systems(
            asking.passing(systems), spec.task, rows, asked, report, stop, count
        )
        practice = asking.write(job, report, stop, max_rows=max_rows)
    except Cancelled:
        return STOPPED
    mark_invented(exam, spec.task, job.adapter)
    mark_outside(exam, spec.out_of_scope or "")
    try:
        _ask_simple(exam, spec, spec.data, report, stop)
        mark_likeness(exam, spec.task, stop)
    except Cancelled:
        return STOPPED
    written = write_evaluation(job.path, exam)
    return {**written, **practice, **left_out, "scores": {**scores, EXAM: written["scores"]}}


def _practised(
    spec: TrainSpec,
    systems: Iterable[System],
    job: JobDir,
    report: Report,
    stop: Stop,
    max_rows: int | None,
) -> Result:
    try:
        return practised(spec, systems, job, report, stop, max_rows=max_rows)
    except Cancelled:
        return STOPPED
