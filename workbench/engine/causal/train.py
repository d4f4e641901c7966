"""Teaches a model that writes text: from a job's spec to an adapter and its scores."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import set_seed

from workbench.core.chat_template import template_of
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe, from_dict
from workbench.engine.causal.batches import longest_example
from workbench.engine.causal.encode import Examples, Wording, encode
from workbench.engine.causal.exam import sit_exam
from workbench.engine.causal.model import load_bundle, save_bundle
from workbench.engine.causal.trainer import Learning
from workbench.engine.evaluation.exam import Exam, write_exam
from workbench.engine.models.fused_lora import fuse
from workbench.engine.models.load import add_lora, base_folder, load_base, load_tokenizer
from workbench.engine.rows import labels_of, read_rows
from workbench.engine.runtime.device import give_back_memory
from workbench.engine.training.loop import checkpoint_to_go_on_from
from workbench.jobs.process.checkpoints import step_of
from workbench.jobs.process.shell import Cancelled, Process

Result = dict[str, Any]


@dataclass
class Lesson:
    """All that a training needs."""

    process: Process
    recipe: Recipe
    wording: Wording
    tokenizer: Any
    train: Examples
    validation: Examples

    @property
    def base(self) -> dict[str, Any]:
        return self.process.spec["base"]

    @property
    def data(self) -> Path:
        return Path(self.process.spec["data"])


def train(process: Process) -> Result:
    """Train an adapter, keep the best checkpoint and let it sit the exam.

    Raises:
        WorkbenchError: the data or the settings cannot be used.
        Orphaned: the worker died; a checkpoint was saved.
    """
    began = time.monotonic()
    lesson = prepare(process)
    learning = learn(lesson)
    result = learning.facts()
    best = learning.best_checkpoint()
    if best is None:
        return {**result, "status": "cancelled", "reason": "Stopped before anything was learned."}
    process.phase("saving", "Saving the trained model")
    save_bundle(
        process.job.adapter,
        best,
        lesson.tokenizer,
        lesson.wording,
        lesson.base,
        lesson.recipe,
        str(lesson.data),
    )
    result |= {"adapter": str(process.job.adapter), "best_step": step_of(best)}
    del learning
    give_back_memory()  # the model is loaded afresh, as every later use will load it
    result |= _examined(lesson, result)
    return {**result, "seconds": round(time.monotonic() - began, 1)}


def prepare(process: Process) -> Lesson:
    """Read the examples and put them in the model's words."""
    process.phase("preparing", "Reading the examples")
    spec, recipe = process.spec, from_dict(process.spec["recipe"])
    if recipe.method != "lora":
        raise WorkbenchError(
            "A model that writes text is trained with LoRA here: set 'What is trained' to lora."
        )
    folder = base_folder(spec["base"])
    template = template_of(folder)
    labels = labels_of(Path(spec["data"])) if spec["task"] == "classification" else []
    wording = Wording(spec["task"], template, spec.get("system", ""), labels)
    tokenizer = load_tokenizer(folder, template)
    longest = longest_example(folder, recipe.max_length)
    sets = [
        encode(read_rows(Path(spec["data"]), split), wording, tokenizer, longest)
        for split in ("train", "validation")
    ]
    if not sets[0]:
        raise WorkbenchError(
            "There are no examples to learn from: save the data again with a larger training part."
        )
    _report_cuts(process, sets[0], longest)
    process.check()
    return Lesson(process, recipe, wording, tokenizer, *sets)


def _report_cuts(process: Process, examples: Examples, longest: int) -> None:
    process.log(f"{len(examples)} examples to learn from, {sum(examples.lengths)} tokens.")
    if examples.cut_questions or examples.cut_answers:
        process.log(
            f"Longer than {longest} tokens: {examples.cut_questions} questions lost "
            f"their middle and {examples.cut_answers} answers their end. A larger 'Longest "
            "example' keeps them whole and needs more memory."
        )


def learn(lesson: Lesson) -> Learning:
    """Run the training loop, from the last whole checkpoint if there is one."""
    process, recipe = lesson.process, lesson.recipe
    process.phase("preparing", "Loading the model")
    set_seed(recipe.seed)
    model = load_base(base_folder(lesson.base), recipe.quantization, recipe.double_quant)
    model = add_lora(model, recipe)
    fuse(model)
    give_back_memory()  # what loading needed for a moment
    checkpoint = checkpoint_to_go_on_from(process)
    learning = Learning(
        process,
        recipe,
        model,
        lesson.tokenizer,
        lesson.train,
        lesson.validation,
        resumed=checkpoint is not None,
    )
    process.phase("training", f"Learning from {len(lesson.train)} examples")
    process.conclude()
    learning.learn(checkpoint)
    return learning


def _examined(lesson: Lesson, result: Result) -> Result:
    """Scores on the test rows; a cancel keeps the model and gives no scores."""
    process, recipe = lesson.process, lesson.recipe
    stopped = {"status": "cancelled", "reason": "Stopped; the best model so far is kept."}
    if process.stop.is_set():
        return stopped
    rows = read_rows(lesson.data, "test")
    if not rows:
        return {"rows": 0}
    try:
        bundle = load_bundle(lesson.base, process.job.adapter)
        exam = sit_exam(
            bundle,
            rows,
            process,
            max_rows=recipe.eval_max_rows,
            max_new_tokens=recipe.eval_max_new_tokens,
            seed=recipe.seed,
        )
    except Cancelled:
        return stopped
    return exam_result(process, exam, lesson.data, result["scores"])


def exam_result(process: Process, exam: Exam, data: Path, scores: Result) -> Result:
    """The exam as a training's result has it."""
    written = write_exam(process, exam, data)
    return {**written, "scores": {**scores, "test": written["scores"]}}
