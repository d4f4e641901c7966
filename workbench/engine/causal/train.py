"""Teaches a model that writes text: from a job's spec to an adapter and its scores."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from transformers import set_seed

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.engine.causal.batches import longest_example
from workbench.engine.causal.encode import FEATURES, Cuts, Examples, Wording, encoded
from workbench.engine.causal.model import save_causal
from workbench.engine.causal.systems import systems
from workbench.engine.causal.trainer import CausalTrainer
from workbench.engine.encoding.cache import Facts, files_of
from workbench.engine.encoding.encoded_rows import Columns
from workbench.engine.encoding.version import encoded_splits
from workbench.engine.evaluation.jobs import evaluate_trained
from workbench.engine.models.fused_lora import fuse
from workbench.engine.models.load import add_lora, base_folder, load_base, load_tokenizer
from workbench.engine.models.packed_layers import report_packing
from workbench.engine.rows import Row, labels_of
from workbench.engine.runtime.device import give_back_memory
from workbench.engine.runtime.versions import versions
from workbench.engine.training.loop import checkpoint_to_go_on_from
from workbench.jobs.process.checkpoints import step_of
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop
from workbench.models.families import CAUSAL
from workbench.models.templates import template_of
from workbench.models.trained import TrainedModel


@dataclass(frozen=True)
class TrainingSetup:
    """All that a training needs to know of its examples."""

    wording: Wording
    tokenizer: Any
    train: Examples
    validation: Examples


def train(spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Train an adapter, keep the best checkpoint and let it sit the exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Orphaned: the worker died; a checkpoint was saved.
    """
    began = time.monotonic()
    setup = prepare(spec, job, report, stop)
    trainer = learn(spec, setup, job, report, stop)
    result = trainer.facts()
    best = trainer.best_checkpoint()
    if best is None:
        return {**result, "status": "cancelled", "reason": "Stopped before anything was learned."}
    report.phase("saving", "Saving the trained model")
    save_causal(job.adapter, best, setup.tokenizer, _trained(spec, setup.wording))
    result |= {"adapter": str(job.adapter), "best_step": step_of(best)}
    del trainer
    give_back_memory()  # the model is loaded afresh, as every later use will load it
    recipe = spec.recipe
    sitting = systems(spec.base, job.adapter, recipe, recipe.eval_max_new_tokens)
    exam = evaluate_trained(
        spec, sitting, job, report, stop, result["scores"], max_rows=recipe.eval_max_rows
    )
    return {**result, **exam, "seconds": round(time.monotonic() - began, 1)}


def prepare(spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> TrainingSetup:
    """Read the examples and put them in the model's words."""
    report.phase("preparing", "Reading the examples")
    if spec.recipe.method != "lora":
        raise WorkbenchError(
            "A model that writes text is trained with LoRA here: set 'What is trained' to lora."
        )
    folder = base_folder(spec.base)
    template = template_of(folder, spec.base.name)
    sorts = task_named(spec.task).answers_are_categories
    labels = labels_of(spec.data) if sorts else []
    wording = Wording(spec.task, template, spec.system, labels)
    tokenizer = load_tokenizer(folder, template)
    longest = longest_example(folder, spec.recipe.max_length)
    train, validation = examples_of(spec, job, wording, tokenizer, longest, report, stop)
    if not train:
        raise WorkbenchError(
            "There are no examples to learn from: save the data again with a larger training part."
        )
    _report_cuts(report, train, longest)
    stop.check()
    return TrainingSetup(wording, tokenizer, train, validation)


def examples_of(
    spec: TrainSpec,
    job: JobDir,
    wording: Wording,
    tokenizer: Any,
    longest: int,
    report: Report,
    stop: Stop,
) -> list[Examples]:
    """What is learned from, and the practice questions, in at most `longest` tokens each."""
    template = wording.template
    shape = {
        "system": wording.system,
        "labels": list(wording.labels),
        "template": [template.source, dict(template.tokens)],
        "day": str(date.today()) if "strftime_now" in template.source else "",
        "tokenizer": files_of(base_folder(spec.base)),
        "longest": longest,
    }

    def encode(batches: Iterable[list[Row]], facts: Facts) -> Iterator[Columns]:
        cuts = Cuts()
        yield from encoded(batches, wording, tokenizer, longest, cuts)
        facts |= vars(cuts)

    splits = encoded_splits(spec, job, shape, FEATURES, encode, report, stop)
    return [Examples(split.rows, Cuts(**split.facts)) for split in splits]


def _report_cuts(report: Report, examples: Examples, longest: int) -> None:
    report.log(f"{len(examples)} examples to learn from, {examples.lengths.sum()} tokens.")
    if examples.cuts.questions or examples.cuts.answers:
        report.log(
            f"Longer than {longest} tokens: {examples.cuts.questions} questions lost "
            f"their middle and {examples.cuts.answers} answers their end. A larger 'Longest "
            "example' keeps them whole and needs more memory."
        )


def learn(
    spec: TrainSpec, setup: TrainingSetup, job: JobDir, report: Report, stop: Stop
) -> CausalTrainer:
    """Run the training loop, from the last whole checkpoint if there is one."""
    recipe = spec.recipe
    report.phase("preparing", "Loading the model")
    set_seed(recipe.seed)
    model = load_base(base_folder(spec.base), recipe.quantization, recipe.double_quant)
    report_packing(report, model, recipe.quantization)
    model = add_lora(model, recipe)
    fuse(model)
    give_back_memory()  # what loading needed for a moment
    checkpoint = checkpoint_to_go_on_from(spec, job, report)
    trainer = CausalTrainer(
        report,
        stop,
        recipe,
        job.checkpoints,
        model,
        setup.tokenizer,
        setup.train,
        setup.validation,
        resumed=checkpoint is not None,
    )
    report.phase("training", f"Learning from {len(setup.train)} examples")
    if spec.conclude:
        stop.cancel()
    trainer.learn(checkpoint)
    return trainer


def _trained(spec: TrainSpec, wording: Wording) -> TrainedModel:
    return TrainedModel(
        task=wording.task,
        family=CAUSAL.name,
        method=spec.recipe.method,
        base=spec.base,
        quantization=spec.recipe.quantization,
        system=wording.system,
        labels=tuple(wording.labels),
        max_length=spec.recipe.max_length,
        chat_template=wording.template.source,
        data=spec.data,
        versions=versions(),
    )
