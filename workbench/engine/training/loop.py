"""The training loop: transformers' Trainer with our data order, loss, checks and checkpoints."""

import contextlib
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import Sampler
from transformers import EarlyStoppingCallback, PrinterCallback, TrainingArguments

from workbench.core.recipe import Recipe
from workbench.engine.runtime import device
from workbench.engine.runtime.versions import versions
from workbench.engine.training.batches import LengthBatches
from workbench.engine.training.measured import lengths_told
from workbench.engine.training.parallel.shared_trainer import SharedTrainer
from workbench.engine.training.reporter import Reporter
from workbench.jobs.process.checkpoints import drop_torn, last_whole, seal, step_of, take_over
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Cancelled, Stop

CURVE_POINTS = 500
TRIM_STEPS = 2
"""Every step would cost a tenth of the time, to fill the pages anew."""


class JobTrainer(SharedTrainer):
    """transformers' Trainer that reports, stops when asked to and seals its checkpoints."""

    def __init__(
        self,
        report: Report,
        stop: Stop,
        recipe: Recipe,
        settings: TrainingArguments,
        model: Any,
        train: Any,
        validation: Any,
        collator: Any,
    ) -> None:
        self._report, self._stop, self._recipe = report, stop, recipe
        self._lengths: np.ndarray = train.lengths
        self._checkpoints = Path(settings.output_dir or ".")
        self._seconds = 0.0
        self.share(settings)
        self.reporter = Reporter(report, self.leaves)
        super().__init__(
            model=model,
            args=settings,
            train_dataset=train,
            eval_dataset=validation if len(validation) else None,
            data_collator=collator,
            callbacks=self._callbacks(bool(len(validation))),
        )
        self.remove_callback(PrinterCallback)

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each example that is learned from (examples,)."""
        return self._lengths

    @property
    def learned_from(self) -> str:
        """What is learned from, in words."""
        return f"{len(self._lengths)} examples"

    @property
    def first_step(self) -> int:
        """The step from which this process went on."""
        return int(self._initial_global_step)

    def _callbacks(self, checks: bool) -> list[Any]:
        patience = self._recipe.early_stopping_patience
        early = [EarlyStoppingCallback(patience)] if patience and checks else []
        return [self.reporter, *early]

    @property
    def stopped_early(self) -> bool:
        """Whether it ended before its last step without being asked to."""
        return self.state.global_step < self.state.max_steps and not self._stop.is_wanted

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        size = self.args.per_device_train_batch_size
        return LengthBatches(self._lengths, size, self.args.seed)

    def learn(self, checkpoint: Path | None) -> None:
        """Run the loop, from a checkpoint if there is one.

        Raises:
            Orphaned: the worker died; a checkpoint was saved.
        """
        began = time.monotonic()
        if self.together:
            self.together.begin(self.args.seed)
        with contextlib.suppress(Cancelled):  # in the midst of a check; what was best stays so
            self.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        self._seconds = time.monotonic() - began
        if self._stop.is_orphaned:
            self._stop.check()  # the next attempt does the steps since the last checkpoint

    def best_checkpoint(self) -> Path | None:
        """That with the lowest validation loss; without checks, the last of a whole run."""
        if self.state.best_model_checkpoint:
            return Path(self.state.best_model_checkpoint)
        if self._stop.is_cancelled:
            return None
        return last_whole(self._checkpoints)

    def facts(self) -> dict[str, Any]:
        """What a training's result says about its loop."""
        state, recipe = self.state, self._recipe
        batch = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
        done = (state.global_step - self.first_step) * batch
        loss = {"loss": state.best_metric} if state.best_metric is not None else {}
        measured = self.reporter.measured
        return {
            "measured": measured.as_dict() if measured else None,
            "tokens": lengths_told(self._lengths, self.train_dataset, self.data_collator),
            "steps": state.global_step,
            "best_step": state.best_global_step,
            "epochs": round(state.epoch or 0.0, 3),
            "stopped_early": self.stopped_early,
            "examples_per_second": round(done / max(self._seconds, 1e-9), 3),
            "tokens_per_second": round(self.reporter.tokens_per_second, 1),
            "versions": versions(),
            "adapter": None,
            "scores": {"validation": loss},
        }

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        if not self.leads:
            return
        super()._save_checkpoint(model, trial)
        folder = self._checkpoints / f"checkpoint-{self.state.global_step}"
        seal(folder)


def checkpoint_to_go_on_from(spec: TrainSpec, job: JobDir, report: Report) -> Path | None:
    """The last whole checkpoint of an earlier attempt, or of the run that this one continues.

    Torn ones are deleted.
    """
    folder, former = job.checkpoints, spec.continue_from
    drop_torn(folder)
    if former and last_whole(folder) is None:
        take_over(former, folder)
    goes_on = spec.attempt > 1 or bool(former)
    checkpoint = last_whole(folder) if goes_on else None
    if checkpoint:
        report.log(f"Going on from the checkpoint of step {step_of(checkpoint)}.")
    return checkpoint


def arguments(recipe: Recipe, folder: Path, rows: int, checks: bool) -> TrainingArguments:
    """The recipe in the words of `TrainingArguments`."""
    per_pass = steps_per_pass(recipe, rows)
    total = steps_of(recipe, rows)
    every = max(1, min(total, round(per_pass / recipe.evals_per_epoch)))
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=recipe.num_train_epochs,
        max_steps=recipe.max_steps if recipe.max_steps > 0 else -1,
        per_device_train_batch_size=recipe.per_device_train_batch_size,
        per_device_eval_batch_size=recipe.per_device_train_batch_size,
        gradient_accumulation_steps=recipe.gradient_accumulation_steps,
        gradient_checkpointing=recipe.gradient_checkpointing,
        gradient_checkpointing_kwargs={"use_reentrant": False},
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.lr_scheduler_type,
        warmup_steps=math.ceil(total * recipe.warmup_ratio),
        weight_decay=recipe.weight_decay,
        max_grad_norm=recipe.max_grad_norm,
        optim=recipe.optim,
        seed=recipe.seed,
        fp16=device.dtype() == torch.float16,
        use_cpu=device.device().type == "cpu",
        logging_steps=max(1, math.ceil(total / CURVE_POINTS)),
        logging_nan_inf_filter=False,
        eval_strategy="steps" if checks else "no",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=2,
        restore_callback_states_from_checkpoint=True,
        metric_for_best_model="loss" if checks else None,
        greater_is_better=False if checks else None,
        disable_tqdm=True,
        report_to="none",
        dataloader_pin_memory=False,
        remove_unused_columns=False,
    )


def steps_of(recipe: Recipe, rows: int) -> int:
    """Corrections in the whole run."""
    if recipe.max_steps > 0:
        return recipe.max_steps
    return math.ceil(steps_per_pass(recipe, rows) * recipe.num_train_epochs)


def steps_per_pass(recipe: Recipe, rows: int) -> int:
    """Corrections in one pass over the data."""
    batches = math.ceil(rows / recipe.per_device_train_batch_size)
    return math.ceil(batches / recipe.gradient_accumulation_steps)
