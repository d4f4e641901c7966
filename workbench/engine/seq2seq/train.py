"""Teaches an encoder-decoder: from a job's spec to an adapter and its scores."""

import time
from dataclasses import dataclass

from transformers import set_seed

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.engine.causal.model import save_causal
from workbench.engine.evaluation.jobs import evaluate_trained
from workbench.engine.models.fused_lora import fuse
from workbench.engine.models.load import add_lora, base_folder
from workbench.engine.models.packed_layers import report_packing
from workbench.engine.rows import labels_of, read_rows
from workbench.engine.runtime.device import give_back_memory
from workbench.engine.runtime.versions import versions
from workbench.engine.seq2seq.encode import Examples, PairTokenizer, Wording, encode
from workbench.engine.seq2seq.model import load_pair_tokenizer, load_rewriter
from workbench.engine.seq2seq.systems import systems
from workbench.engine.seq2seq.trainer import Seq2seqTrainer
from workbench.engine.training.loop import checkpoint_to_go_on_from
from workbench.jobs.process.checkpoints import step_of
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop
from workbench.models.families import SEQ2SEQ
from workbench.models.trained import TrainedModel

PEFT_TASK = "SEQ_2_SEQ_LM"


@dataclass(frozen=True)
class TrainingSetup:
    """All that a training needs to know of its examples."""

    wording: Wording
    tokenizer: PairTokenizer
    train: Examples
    validation: Examples


def train(spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Train an adapter, keep the best checkpoint and let it sit the exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Orphaned: the worker died; a checkpoint was saved.
    """
    began = time.monotonic()
    setup = prepare(spec, report, stop)
    trainer = learn(spec, setup, job, report, stop)
    result = trainer.facts()
    best = trainer.best_checkpoint()
    if best is None:
        return {**result, "status": "cancelled", "reason": "Stopped before anything was learned."}
    report.phase("saving", "Saving the trained model")
    save_causal(job.adapter, best, setup.tokenizer.own, _trained(spec, setup.wording))
    result |= {"adapter": str(job.adapter), "best_step": step_of(best)}
    del trainer
    give_back_memory()  # the model is loaded afresh, as every later use will load it
    recipe = spec.recipe
    sitting = systems(spec.base, job.adapter, recipe, recipe.eval_max_new_tokens)
    exam = evaluate_trained(
        spec, sitting, job, report, stop, result["scores"], max_rows=recipe.eval_max_rows
    )
    return {**result, **exam, "seconds": round(time.monotonic() - began, 1)}


def prepare(spec: TrainSpec, report: Report, stop: Stop) -> TrainingSetup:
    """Read the examples as pairs of texts."""
    report.phase("preparing", "Reading the examples")
    if spec.recipe.method != "lora":
        raise WorkbenchError(
            "A model that rewrites text is trained with LoRA here: set 'What is trained' to lora."
        )
    folder = base_folder(spec.base)
    sorts = task_named(spec.task).answers_are_categories
    wording = Wording(spec.task, spec.system, labels_of(spec.data) if sorts else [])
    tokenizer = load_pair_tokenizer(folder, folder, spec.recipe.max_length)
    sets = [
        encode(read_rows(spec.data, split), wording, tokenizer) for split in ("train", "validation")
    ]
    if not sets[0]:
        raise WorkbenchError(
            "There are no examples to learn from: save the data again with a larger training part."
        )
    _report_cuts(report, sets[0], tokenizer)
    stop.check()
    return TrainingSetup(wording, tokenizer, *sets)


def _report_cuts(report: Report, examples: Examples, tokenizer: PairTokenizer) -> None:
    limits = tokenizer.limits
    report.log(f"{len(examples)} examples to learn from, {examples.lengths.sum()} tokens.")
    if examples.cut_questions or examples.cut_answers:
        report.log(
            f"Too long: {examples.cut_questions} questions (over {limits.source} tokens) lost "
            f"their middle and {examples.cut_answers} answers (over {limits.target}) their end. "
            "A larger 'Longest example' keeps them whole where the model can read so much."
        )


def learn(
    spec: TrainSpec, setup: TrainingSetup, job: JobDir, report: Report, stop: Stop
) -> Seq2seqTrainer:
    """Run the training loop, from the last whole checkpoint if there is one."""
    recipe = spec.recipe
    report.phase("preparing", "Loading the model")
    set_seed(recipe.seed)
    model = load_rewriter(base_folder(spec.base), recipe.quantization, recipe.double_quant)
    report_packing(report, model, recipe.quantization)
    model = add_lora(model, recipe, PEFT_TASK)
    fuse(model)
    give_back_memory()  # what loading needed for a moment
    checkpoint = checkpoint_to_go_on_from(spec, job, report)
    trainer = Seq2seqTrainer(
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
        family=SEQ2SEQ.name,
        method=spec.recipe.method,
        base=spec.base,
        quantization=spec.recipe.quantization,
        system=wording.system,
        labels=tuple(wording.labels),
        max_length=spec.recipe.max_length,
        data=spec.data,
        versions=versions(),
    )
