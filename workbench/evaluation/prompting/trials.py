"""Trials of instructions: a base model answers some questions in the user's words, without training.

An instruction is made better on practice questions, which are rows to learn from. The exam is asked
once an instruction is kept, so that its score is not the one that the instruction was chosen by.
"""

import io
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from storage import conversions, files
from storage.database import Store
from storage.tables import OPEN, SUCCEEDED
from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.core.fields.field import KEY as FIELDS
from workbench.core.recipe import Recipe
from workbench.core.tasks import Task, task_named
from workbench.core.tasks.rungs import PROMPT
from workbench.core.words import plural
from workbench.data.splits.drawn import chosen
from workbench.data.versions import VersionInfo, get_version, read_examples
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.jobs.process.specs import PromptSpec
from workbench.models import catalogue
from workbench.models.families import family_named
from workbench.models.model_info import READY, ModelInfo, can_learn
from workbench.training import presets

PRACTICE_QUESTIONS = 40
SHOWN = (0, 1, 3)
"""How many of the nearest examples may stand before a question."""
MOST_SIGNS = 4_000
"""Of an instruction; a longer one leaves a small model no room for the question."""
EXAM, TRAIN, VALIDATION = "test", "train", "validation"


@dataclass(frozen=True)
class Trial:
    """An instruction that was tried, or is being tried."""

    job: JobView
    instruction: str
    shown: int
    """So many examples stood before each question."""
    is_exam: bool
    """Whether it was kept, and sits the exam."""
    model: str
    scores: dict[str, dict[str, float]]
    """Rung → score name → value; empty before it is over."""
    rows: int
    """Questions that were asked."""
    seconds: float | None
    """Of one answer."""
    predictions_hash: str

    @property
    def is_scored(self) -> bool:
        """Whether it came to its end."""
        return self.job.status == SUCCEEDED and bool(self.scores.get(PROMPT))


def can_be_tried(model: ModelInfo, task: str) -> bool:
    """Whether the model can be told what to do: it writes, and the task has questions."""
    able = model.state == READY and family_named(model.family).writes_text
    return able and can_learn(model, task) and task_named(task).asks_in_writing


def can_be_shown(model: ModelInfo, task: str) -> bool:
    """Whether examples can stand before a question: in a chat, of tasks with one question each."""
    leans = "lean_on_examples" not in family_named(model.family).unused_settings
    return leans and not task_named(task).rows_are_conversations


def list_trials(store: Store, version: VersionInfo, model_id: int | None = None) -> list[Trial]:
    """The trials on a version, newest first; of all models, or of one."""
    with store.read() as session:
        found = [
            (jobs.view_of(session, job), spec)
            for job in conversions.of_project(session, version.project_id, [PromptSpec.kind])
            if (spec := jobs.spec_of(job, PromptSpec)) and spec.version_id == version.id
        ]
    return [_trial(*one) for one in found if model_id in (None, one[1].model_id)]


def kept(store: Store, version: VersionInfo) -> Trial | None:
    """The instruction that was kept last, once it has sat the exam."""
    trials = list_trials(store, version)
    return next((one for one in trials if one.is_exam and one.is_scored), None)


def answers(trial: Trial, task: str) -> pd.DataFrame:
    """The judged answers of a trial, and of those who need no model.

    Raises:
        WorkbenchError: they are not on the disk any more, or damaged.
    """
    path = files.object_path(trial.predictions_hash)
    if not path.is_file():
        raise WorkbenchError(
            "The answers of this trial are not on the disk any more: try it again."
        )
    table = parquet.read(path, "The answers of this trial are damaged on the disk: try it again.")
    return score_rows(table.to_pandas(), task)


def usual_instruction(version: VersionInfo) -> str:
    """What to begin with: the data's own instruction, else one that fits the task."""
    own = str(version.mapping.get("system") or "").strip()
    return own or task_named(version.task).told_first


def start_trial(
    store: Store,
    version_id: int,
    model_id: int,
    instruction: str,
    *,
    shown: int = 0,
    is_exam: bool = False,
) -> int:
    """Queue the trial of an instruction; the job's id. What was tried before is not tried again.

    Args:
        shown: so many of the nearest examples stand before each question.
        is_exam: keep the instruction, and let it sit the exam.

    Raises:
        WorkbenchError: model, data and instruction do not go together.
    """
    version, model = get_version(store, version_id), catalogue.get_model(store, model_id)
    instruction = instruction.strip()
    _check(version, model, instruction, shown)
    for one in list_trials(store, version, model_id):
        same = (one.instruction, one.shown, one.is_exam) == (instruction, shown, is_exam)
        if same and (one.is_scored or one.job.status in OPEN):
            return one.job.id
    task, recipe = task_named(version.task), _recipe(version, model)
    asked = _questions(version, recipe, is_exam=is_exam)
    spec = PromptSpec(
        version_id=version.id,
        model_id=model.id,
        task=version.task,
        data=files.object_path(_put(asked)),
        learned_from=version.path,
        system=instruction,
        base=model.reference,
        recipe=recipe,
        shown=shown,
        labels=tuple(version.labels) if task.has_categories else (),
        fields=tuple(version.mapping.get(FIELDS) or ()) or None,
        is_exam=is_exam,
    )
    what = "sits the exam" if is_exam else "is tried"
    with store.write() as session:
        return queue.enqueue(
            session,
            f"An instruction {what} with {model.name}",
            spec,
            project_id=version.project_id,
        )


def practice_questions(version: VersionInfo) -> int:
    """How many practice questions a trial asks."""
    splits = version.splits
    return min(PRACTICE_QUESTIONS, int(splits.get(VALIDATION) or splits.get(TRAIN) or 0))


def _check(version: VersionInfo, model: ModelInfo, instruction: str, shown: int) -> None:
    task: Task = task_named(version.task)
    if model.state != READY:
        raise WorkbenchError(
            f"{model.name} is not ready: look at it on the Model page, or choose another model."
        )
    if not can_be_tried(model, version.task):
        raise WorkbenchError(
            f"{model.name} cannot be told what to do in this task: choose a model that writes text, "
            "for example SmolLM2-135M-Instruct."
            if task.asks_in_writing
            else "An instruction is tried on questions with one wanted answer, which this task has not: "
            "there is nothing to try."
        )
    if not instruction:
        raise WorkbenchError("There is no instruction yet: write what the model is to do.")
    if len(instruction) > MOST_SIGNS:
        raise WorkbenchError(
            f"The instruction has {len(instruction):,} characters: shorten it to at most "
            f"{MOST_SIGNS:,}, so that the model has room for the question."
        )
    if shown not in SHOWN:
        raise WorkbenchError(f"{plural(shown, 'example')} cannot be shown: choose 0, 1 or 3.")
    if shown and not can_be_shown(model, version.task):
        raise WorkbenchError("This model cannot be shown examples in this task: choose none.")


def _recipe(version: VersionInfo, model: ModelInfo) -> Recipe:
    """How long answers may be and which questions are asked: as the usual training has it."""
    usual = presets.preset(
        "balanced",
        task=version.task,
        family=model.family,
        rows=int(version.splits.get(TRAIN) or 0),
    )
    return usual.changed(max_length=min(model.context_length or 2048, 2048))


def _questions(version: VersionInfo, recipe: Recipe, *, is_exam: bool) -> pa.Table:
    """The exam's questions, as the usual training asks them; else practice questions."""
    wanted = EXAM if is_exam else VALIDATION if version.splits.get(VALIDATION) else TRAIN
    table = read_examples(version, filters=[("split", "=", wanted)])
    if not table.num_rows:
        raise WorkbenchError(
            "The data has no exam questions: save it again with a part for the exam."
            if is_exam
            else "The data has no rows to try an instruction on: add some on the Data page."
        )
    most = recipe.eval_max_rows if is_exam else PRACTICE_QUESTIONS
    picked = chosen(range(table.num_rows), most, recipe.seed)
    return table.take(picked).replace_schema_metadata(None)


def _put(questions: pa.Table) -> str:
    """Questions as a Parquet object; its sha256."""
    stream = io.BytesIO()
    pq.write_table(questions, stream, compression="zstd")
    stream.seek(0)
    return files.put(stream)


def _trial(job: JobView, spec: PromptSpec) -> Trial:
    result = job.result or {}
    return Trial(
        job=job,
        instruction=spec.system,
        shown=spec.shown,
        is_exam=spec.is_exam,
        model=spec.base.name,
        scores={who: own for who, own in (result.get("scores") or {}).items() if own},
        rows=int(result.get("rows") or 0),
        seconds=(result.get("answer_seconds") or {}).get(PROMPT),
        predictions_hash=str(result.get("predictions_hash") or ""),
    )
