"""Teaches a model that writes, of one half or two: from a job's spec to an adapter and its scores."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from transformers import set_seed

from workbench.core.errors import WorkbenchError
from workbench.core.fields.field import as_dicts
from workbench.core.long_texts.told import LongTexts
from workbench.core.long_texts.ways import HEAD_TAIL
from workbench.core.recipe import Recipe
from workbench.engine.evaluation.jobs import evaluate_trained
from workbench.engine.evaluation.known_facts import write_known
from workbench.engine.evaluation.systems import System
from workbench.engine.generative.calls.learned import check_can_call, learned_tools
from workbench.engine.generative.fields.learned import check_can_write, learned_fields
from workbench.engine.generative.leaning.trial import Choice
from workbench.engine.generative.long_texts import way_of
from workbench.engine.generative.model import save_adapter
from workbench.engine.models.fused_lora import fuse
from workbench.engine.models.load import add_lora, base_folder
from workbench.engine.models.packed_layers import report_packing
from workbench.engine.models.start import kept_start
from workbench.engine.runtime.device import give_back_memory
from workbench.engine.runtime.versions import versions
from workbench.engine.training.loop import JobTrainer, checkpoint_to_go_on_from
from workbench.engine.training.measurement import FEW_TOKENS, examined, told_of, untrained
from workbench.engine.training.preflight import learn_measured, measure_steps
from workbench.jobs.process.checkpoints import step_of
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import BaseModelRef, MeasureSpec, TrainSpec
from workbench.jobs.process.stop import Stop
from workbench.models.families import Family
from workbench.models.trained import TrainedModel, learned_by

NOTHING = "Stopped before anything was learned."


@dataclass(frozen=True)
class Setup:
    """All that a training needs to know of its examples."""

    tokenizer: Any
    """What puts them into batches."""
    kept: Any
    """The tokenizer of transformers that is kept with the adapter."""
    train: Any
    validation: Any
    labels: tuple[str, ...] = ()
    template: str = ""
    """The chat template that they are written in."""
    choice: Choice = field(default_factory=Choice)
    """Whether answers lean on the examples."""
    long_texts: LongTexts = field(default_factory=lambda: LongTexts(0, HEAD_TAIL))
    """Which rows are too long, and what is done with them."""


@dataclass(frozen=True)
class Course:
    """What a family does in its own way while its models are taught."""

    family: Family
    peft_task: str
    prepare: Callable[[TrainSpec, JobDir, Report, Stop], Setup]
    """The examples of a version, in the model's words; there is at least one to learn from."""
    load: Callable[[Path, str, bool], Any]
    """The base model in a folder, in few bits, doubly quantised or not."""
    trainer: Callable[..., JobTrainer]
    systems: Callable[[BaseModelRef, Path, Recipe, int], Iterator[System]]


def train(course: Course, spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Train an adapter, keep the best checkpoint and let it sit the exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Orphaned: the worker died; a checkpoint was saved.
    """
    began, recipe = time.monotonic(), spec.recipe
    result = taught(course, spec, job, report, stop)
    if result["adapter"] is None:
        return {**result, "status": "cancelled", "reason": NOTHING}
    sitting = course.systems(spec.base, job.adapter, recipe, recipe.eval_max_new_tokens)
    exam = evaluate_trained(
        spec, sitting, job, report, stop, result["scores"], max_rows=recipe.eval_max_rows
    )
    return {**result, **exam, "seconds": round(time.monotonic() - began, 1)}


def taught(
    course: Course, spec: TrainSpec, job: JobDir, report: Report, stop: Stop, **told: Any
) -> Result:
    """Learn, and keep the best checkpoint's adapter; that is None where nothing was learned.

    Args:
        told: what the kept model says of itself that the spec does not.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Cancelled, Orphaned: the process is to leave.
    """
    setup = prepared(course, spec, job, report, stop)
    trainer = learn(course, spec, setup, job, report, stop)
    if not trainer.leads:
        return {"adapter": None}  # who leads keeps the model, and examines it
    choice = {**setup.choice.as_dict(), "long_texts": setup.long_texts.as_dict()}
    result = {**trainer.facts(), **choice}
    best = trainer.best_checkpoint()
    if best is None:
        return result
    report.phase("saving", "Saving the trained model")
    made = replace(trained_model(course.family, spec, setup), **told)
    save_adapter(job.adapter, best, setup.kept, made, partial(add_kept, spec, setup))
    del trainer
    give_back_memory()  # the model is loaded afresh, as every later use will load it
    return {**result, "adapter": str(job.adapter), "best_step": step_of(best)}


def prepared(course: Course, spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> Setup:
    """The examples of a training, in the words of a model that can write and call as they do.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Cancelled, Orphaned: the process is to leave.
    """
    report.phase("preparing", "Reading the examples")
    check_method(course, spec)
    setup = course.prepare(spec, job, report, stop)
    check_can_write(spec, setup.kept)
    check_can_call(spec, setup.kept)
    for sentence in setup.long_texts.sentences:
        report.log(sentence)
    stop.check()
    return setup


def learn(
    course: Course, spec: TrainSpec, setup: Setup, job: JobDir, report: Report, stop: Stop
) -> JobTrainer:
    """Run the training loop, from the last whole checkpoint if there is one."""
    checkpoint = checkpoint_to_go_on_from(spec, job, report)
    trainer = loaded(course, spec, setup, job, report, stop, resumed=checkpoint is not None)
    learn_measured(spec, trainer, checkpoint, report, stop)
    return trainer


def measure(course: Course, spec: MeasureSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """What a training of this spec takes: a few of its steps, and a few questions of its exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used, or need too much memory.
        Cancelled, Orphaned: the process is to leave.
    """
    report.phase("preparing", "Reading the examples")
    check_method(course, spec)
    setup = course.prepare(spec, job, report, stop)
    trainer = loaded(course, spec, setup, job, report, stop)
    facts = told_of(trainer, measure_steps(trainer, report, stop), job)
    made = trained_model(course.family, spec, setup)
    save_adapter(
        job.adapter, untrained(trainer, job), setup.kept, made, partial(add_kept, spec, setup)
    )
    del trainer
    give_back_memory()
    sitting = course.systems(spec.base, job.adapter, spec.recipe, FEW_TOKENS)
    return examined(spec, sitting, job, facts, report, stop)


def check_method(course: Course, spec: TrainSpec) -> None:
    """Refuse to train all weights of a model that writes.

    Raises:
        WorkbenchError: the recipe asks for that.
    """
    if spec.recipe.method != "lora":
        raise WorkbenchError(
            f"A model that {course.family.does} is trained with LoRA here: set 'What is trained' "
            "to lora."
        )


def loaded(
    course: Course,
    spec: TrainSpec,
    setup: Setup,
    job: JobDir,
    report: Report,
    stop: Stop,
    *,
    resumed: bool = False,
) -> JobTrainer:
    """The model with its trainer, before the first step."""
    recipe = spec.recipe
    report.phase("preparing", "Loading the model")
    set_seed(recipe.seed)
    model = course.load(base_folder(spec.base), recipe.quantization, recipe.double_quant)
    report_packing(report, model, recipe.quantization)
    model = add_lora(model, recipe, course.peft_task, kept_start(spec, job, report))
    fuse(model)
    give_back_memory()  # what loading needed for a moment
    return course.trainer(
        report,
        stop,
        recipe,
        job.checkpoints,
        model,
        setup.tokenizer,
        setup.train,
        setup.validation,
        resumed=resumed,
    )


def check_there_are_some(examples: Any) -> None:
    """Refuse to learn from nothing.

    Raises:
        WorkbenchError: there are no examples.
    """
    if not examples:
        raise WorkbenchError(
            "There are no examples to learn from: save the data again with a larger training part."
        )


def add_kept(spec: TrainSpec, setup: Setup, folder: Path) -> None:
    """What a model that writes keeps of its examples."""
    write_known(folder, spec.task, spec.system, spec.data)
    if setup.choice.leaning is not None:
        setup.choice.leaning.write(folder)


def trained_model(family: Family, spec: TrainSpec, setup: Setup) -> TrainedModel:
    """What is kept of a model beside its weights."""
    tools = learned_tools(spec)
    return TrainedModel(
        task=spec.task,
        family=family.name,
        method=spec.recipe.method,
        base=spec.base,
        quantization=spec.recipe.quantization,
        system=spec.system,
        labels=setup.labels,
        fields=tuple(as_dicts(learned_fields(spec))),
        tools=tuple(tool.as_dict() for tool in tools.tools()),
        calls_tools=bool(tools.calls),
        out_of_scope=spec.out_of_scope or "",
        pair=spec.pair or (),
        max_length=spec.recipe.max_length,
        long_texts=way_of(spec.recipe.long_texts, spec.task),
        chat_template=setup.template,
        data=spec.data,
        chain=spec.chain or (),
        learned=learned_by(spec.start),
        versions=versions(),
    )
