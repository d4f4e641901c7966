"""Teaches an encoder to sort texts into categories: from a job's spec to a classifier's scores."""

import time
from collections.abc import Callable
from dataclasses import replace

from workbench.core.recipe import APART, CLASSES, CONTRASTIVE, TURNS
from workbench.engine.encoder import tuning
from workbench.engine.encoder.embedding_rows import put_rows_back
from workbench.engine.encoder.few import described
from workbench.engine.encoder.few import learn as few
from workbench.engine.encoder.goal import OneOf
from workbench.engine.encoder.learned import Learned
from workbench.engine.encoder.model import save_encoder_model
from workbench.engine.encoder.numbers import learn as numbers
from workbench.engine.encoder.numbers.one_number import OneNumber
from workbench.engine.encoder.sets import learn as sets
from workbench.engine.encoder.sets.any_of import AnyOf
from workbench.engine.encoder.start import merge_chained
from workbench.engine.encoder.systems import answer_seconds, systems
from workbench.engine.encoder.training_setup import TrainingSetup, prepare
from workbench.engine.evaluation.by_turns import ExamByTurns, write_by_turns
from workbench.engine.evaluation.jobs import STOPPED, evaluate_trained
from workbench.engine.runtime.device import give_back_memory
from workbench.engine.runtime.versions import versions
from workbench.engine.training.measurement import examined, told_of
from workbench.engine.training.preflight import measure_steps
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import MeasureSpec, TrainSpec
from workbench.jobs.process.stop import Cancelled, Stop
from workbench.models.families import ENCODER
from workbench.models.trained import TrainedModel, learned_by

Way = Callable[[TrainSpec, TrainingSetup, JobDir, Report, Stop], Learned]
WAYS = {CLASSES: tuning.learn, CONTRASTIVE: few.learn}
BEGUN = {CLASSES: tuning.begun, CONTRASTIVE: few.begun}
"""By the recipe's objective."""


def train(spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Train a classifier, keep the best and let it sit the exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Cancelled: before there was anything to keep.
        Orphaned: the worker died; a checkpoint was saved.
    """
    began = time.monotonic()
    setup = prepare(spec, job, report, stop)
    learn = _way(spec, setup)
    learned = learn(spec, setup, job, report, stop)
    _save(spec, setup, learned, job)
    result = {**learned.facts, "adapter": str(job.adapter), "share": learned.alpha}
    result["long_texts"] = setup.long_texts.as_dict()
    by_turns = _with_reading(learned.exam, setup)
    del learned, setup.encoder
    give_back_memory()  # the model is loaded afresh, as every later use will load it
    if setup.turns is not None:
        exam = _by_turns(spec, by_turns, job, report, stop, result["scores"])
        exam = {**exam, "exam": TURNS}
    else:
        sitting = systems(spec.base, job.adapter, spec.recipe)
        exam = evaluate_trained(spec, sitting, job, report, stop, result["scores"])
    (job.path / tuning.READ_BEFORE).unlink(missing_ok=True)  # now no other attempt needs it
    return {**result, **exam, "seconds": round(time.monotonic() - began, 1)}


def _way(spec: TrainSpec, setup: TrainingSetup) -> Way:
    if isinstance(setup.goal, AnyOf):
        return sets.learn
    if isinstance(setup.goal, OneNumber):
        return numbers.learn
    return WAYS[spec.recipe.objective] if len(setup.train) else described.learn


def _with_reading(exam: ExamByTurns | None, setup: TrainingSetup) -> ExamByTurns | None:
    """The exam with what was read of its long texts."""
    if exam is None or not setup.long_texts.rows:
        return exam
    turns = []
    for turn in exam.turns:
        read = setup.reader.read([str(row["text"]) for row in turn.asked])
        turns.append(replace(turn, tuned=replace(turn.tuned, read=read)))
    return ExamByTurns(turns)


def _by_turns(
    spec: TrainSpec,
    exam: ExamByTurns | None,
    job: JobDir,
    report: Report,
    stop: Stop,
    scores: Result,
) -> Result:
    """The exam of a model that has learned from all rows: it is never asked about them again."""
    if exam is None or stop.is_cancelled:
        return STOPPED
    rows = [row for turn in exam.turns for row in turn.asked]
    try:
        written = write_by_turns(exam, spec.task, job, report, stop, scores)
        timed = answer_seconds(spec.base, job.adapter, spec.recipe, rows, stop)
    except Cancelled:
        return STOPPED
    return {**written, "answer_seconds": {**written["answer_seconds"], **timed}}


def measure(spec: MeasureSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """What a training of this spec takes: a few of its steps, and a few questions of its exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used, or need too much memory.
        Cancelled, Orphaned: the process is to leave.
    """
    setup = prepare(spec, job, report, stop)
    of_categories = isinstance(setup.goal, OneOf)
    begun = BEGUN[spec.recipe.objective] if of_categories else tuning.begun
    trainer = begun(spec, setup, job, report, stop)
    facts = told_of(trainer, measure_steps(trainer, report, stop), job)
    _save(spec, setup, Learned(trainer.classifier, trainer.classifier.head, 0.0, {}), job)
    del trainer, setup.encoder
    give_back_memory()
    return examined(spec, systems(spec.base, job.adapter, spec.recipe), job, facts, report, stop)


def _save(spec: TrainSpec, setup: TrainingSetup, learned: Learned, job: JobDir) -> None:
    put_rows_back(setup.encoder.body)
    merge_chained(spec, setup.encoder)
    goal = setup.goal
    trained = replace(
        _trained(spec, setup, learned.alpha),
        thresholds=tuple(learned.thresholds),
        probe_thresholds=tuple(learned.probe_thresholds),
        numbers=learned.numbers or (goal.range if isinstance(goal, OneNumber) else None),
    )
    save_encoder_model(
        job.adapter, learned.model, learned.probe, setup.reader, trained, learned.detector
    )


def _trained(spec: TrainSpec, setup: TrainingSetup, alpha: float) -> TrainedModel:
    return TrainedModel(
        task=spec.task,
        family=ENCODER.name,
        method="full" if spec.start else spec.recipe.method,
        base=spec.base,
        labels=tuple(setup.labels),
        out_of_scope=spec.out_of_scope or "",
        pair=spec.pair or (),
        max_length=setup.reader.max_length,
        long_texts=setup.reader.long_texts,
        window_join=setup.join,
        pooling=setup.encoder.pooling,
        alpha=alpha,
        data=spec.data,
        exam=APART if setup.turns is None else TURNS,
        chain=spec.chain or (),
        learned=learned_by(spec.start),
        versions=versions(),
    )
