"""An exam by turns of a model that writes: a training a turn, asked about the rows that it left out,
then one from all rows.

What a turn chooses (when to stop, whether to lean on examples) it chooses by practice questions of its
own, never by what it is asked; the last training does what most of them chose, and needs none.
"""

import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.core.recipe import AUTO, NO, TURNS, YES, Recipe
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import BASE, TUNED
from workbench.core.words import plural
from workbench.data.splits.turns import Turns, turns_of
from workbench.engine.evaluation.by_turns import ExamByTurns, Turn, write_by_turns
from workbench.engine.evaluation.call_questions import with_calls
from workbench.engine.evaluation.jobs import EXAM, STOPPED
from workbench.engine.evaluation.known_facts import mark_invented
from workbench.engine.evaluation.systems import Answers, Evaluation, evaluate_systems
from workbench.engine.generative import told
from workbench.engine.generative import train as training
from workbench.engine.generative.turns import sides
from workbench.engine.generative.turns.part_report import PartReport
from workbench.engine.rows import read_rows
from workbench.engine.runtime.device import give_back_memory
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Cancelled, Stop

FOLDER, TAKEN = "turns", "turn.json"

Learn = Callable[["training.Course", TrainSpec, JobDir, Report, Stop], Result]


def way_of(spec: TrainSpec) -> Learn:
    """How a model that writes is made: told, taught with an exam put aside, or with one by turns."""
    if spec.shows is not None:
        return told.make
    return train if turns_for(spec) is not None else training.train


def turns_for(spec: TrainSpec) -> Turns | None:
    """The turns of the exam; None where it is apart.

    A model that goes on from another may have learned any of the rows before, so it is not asked so.
    """
    asks = spec.recipe.exam == TURNS and task_named(spec.task).asks_in_writing
    return turns_of(spec.data) if asks and spec.start is None and not spec.practises else None


@dataclass(frozen=True)
class Taken:
    """A turn, and what its training chose."""

    turn: Turn
    steps: int
    """Those of its best state."""
    epochs: float
    """The same, in passes over what it learned from."""
    leans: bool


def train(
    course: "training.Course", spec: TrainSpec, job: JobDir, report: Report, stop: Stop
) -> Result:
    """Take the turns, teach the model all rows, and keep the turns' answers as its exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Orphaned: the worker died; finished turns and a checkpoint are kept.
    """
    began, turns = time.monotonic(), turns_of(spec.data)
    assert turns is not None
    taken: list[Taken] = []
    try:
        for number in range(0 if spec.conclude else turns.count):
            title = f"Turn {number + 1} of {turns.count}"
            part = PartReport(report, number, turns.count + 1, title)
            taken.append(_take(course, spec, turns, number, job, part, stop))
    except Cancelled:
        return {
            "status": "cancelled", "reason": training.NOTHING, "adapter": None, "scores": {},
        }  # fmt: skip
    last = PartReport(report, turns.count, turns.count + 1, "From all rows")
    own = _of_all(spec, taken, job)
    result = training.taught(course, own, job, last, stop, data=spec.data, exam=TURNS)
    if result["adapter"] is None:
        return {**result, "status": "cancelled", "reason": training.NOTHING}
    exam = _written(spec, [one.turn for one in taken], job, report, stop, result["scores"])
    shutil.rmtree(job.path / FOLDER, ignore_errors=True)
    return {**result, **exam, "exam": TURNS, "seconds": round(time.monotonic() - began, 1)}


def _written(
    spec: TrainSpec, turns: Sequence[Turn], job: JobDir, report: Report, stop: Stop, scores: Result
) -> Result:
    if not turns or stop.is_cancelled:
        return STOPPED
    try:
        return write_by_turns(ExamByTurns(turns), spec.task, job, report, stop, scores)
    except Cancelled:
        return STOPPED


def _take(
    course: "training.Course",
    spec: TrainSpec,
    turns: Turns,
    number: int,
    job: JobDir,
    report: Report,
    stop: Stop,
) -> Taken:
    """Learn what the turn may, unless an earlier attempt did, and ask about what it left out."""
    own = JobDir(job.path / FOLDER / str(number + 1))
    _take_over(spec, own, number)
    data = sides.of_turn(spec.data, turns, number, own.path / "data.parquet")
    former = spec.continue_from and _former(spec.continue_from, number).checkpoints
    spec = replace(
        spec, data=data, cache=None, continue_from=former if former and former.is_dir() else None
    )
    chosen = own.path / TAKEN
    if not chosen.is_file():
        write_json(chosen, _learned(course, spec, own, report, stop))
    facts = read_json(chosen)
    rows = read_rows(data, EXAM)
    exam = _asked(course, spec, own.adapter, report, stop)
    turn = Turn(
        exam.rows,
        read_rows(data, sides.TRAIN),
        _answers(exam, BASE),
        _answers(exam, TUNED),
        exam.invented,
    )
    report.log(f"{plural(len(rows), 'row')} that it had not learned are asked.")
    return Taken(turn, int(facts["steps"]), float(facts["epochs"]), bool(facts["leans"]))


def _former(checkpoints: Path, number: int) -> JobDir:
    """A turn's folder in that of the training that is gone on with."""
    return JobDir(checkpoints.parent / FOLDER / str(number + 1))


def _take_over(spec: TrainSpec, own: JobDir, number: int) -> None:
    """Have what a training that is gone on with had finished of this turn."""
    own.path.mkdir(parents=True, exist_ok=True)
    if spec.continue_from is None or (own.path / TAKEN).is_file():
        return
    former = _former(spec.continue_from, number)
    if (former.path / TAKEN).is_file() and former.adapter.is_dir():
        shutil.copytree(former.adapter, own.adapter, dirs_exist_ok=True)
        shutil.copy2(former.path / TAKEN, own.path / TAKEN)


def _learned(
    course: "training.Course", spec: TrainSpec, job: JobDir, report: Report, stop: Stop
) -> dict[str, Any]:
    """Train on a turn's rows and keep the adapter; what was chosen on the way."""
    result = training.taught(course, spec, job, report, stop)
    if result["adapter"] is None or stop.is_cancelled:
        raise Cancelled
    shutil.rmtree(job.checkpoints, ignore_errors=True)
    steps = int(result["best_step"])
    epochs = float(result["epochs"]) * steps / max(1, int(result["steps"]))
    leans = bool(result.get("leaning", {}).get("used"))
    return {"steps": steps, "epochs": epochs, "leans": leans}


def _asked(
    course: "training.Course", spec: TrainSpec, adapter: Path, report: Report, stop: Stop
) -> Evaluation:
    recipe, rows = spec.recipe, read_rows(spec.data, EXAM)
    systems = course.systems(spec.base, adapter, recipe, recipe.eval_max_new_tokens)
    asked = with_calls(task_named(spec.task), rows)
    exam = evaluate_systems(systems, spec.task, rows, asked, report, stop)
    mark_invented(exam, spec.task, adapter)
    give_back_memory()
    return exam


def _answers(exam: Evaluation, who: str) -> Answers:
    """What one of those that were asked answered, as it was taken."""
    return Answers(
        exam.answers[who],
        exam.probabilities.get(who),
        exam.scores[who].get("loss"),
        exam.none_of_these.get(who),
        exam.seconds.get(who),
        fields=exam.fields.get(who),
        read=exam.read or None if who == TUNED else None,
    )


def _of_all(spec: TrainSpec, taken: Sequence[Taken], job: JobDir) -> TrainSpec:
    """The training from all rows: as long as was best in the turns, and leaning as most of them did."""
    data = sides.of_all(spec.data, job.path / FOLDER / "all.parquet")
    recipe = _as_long(spec.recipe, taken) if taken else spec.recipe
    if recipe.lean_on_examples == AUTO and taken:
        leans = 2 * sum(one.leans for one in taken) > len(taken)
        recipe = recipe.changed(lean_on_examples=YES if leans else NO)
    return replace(spec, data=data, recipe=recipe, cache=None)


def _as_long(recipe: Recipe, taken: Sequence[Taken]) -> Recipe:
    if recipe.max_steps > 0:
        return recipe.changed(max_steps=round(statistics.median(one.steps for one in taken)))
    return recipe.changed(num_train_epochs=statistics.median(one.epochs for one in taken))
