"""Real steps on the longest examples before a training: what it takes, and whether it fits.

First a quarter and half of the longest batch: what a whole one needs follows from these two, and is
refused before the machine begins to swap. Then three whole steps. They are corrections by nothing
(their learning rate is 0), and chance is put back, so that what follows is as without them.
"""

import contextlib
import random
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from workbench.core.errors import NotEnoughMemory
from workbench.core.words import size
from workbench.engine.runtime import device
from workbench.engine.training.loop import JobTrainer
from workbench.engine.training.measured import MeasuredSteps
from workbench.jobs.process.memory import held_memory, peaks
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop

PHASE = "measuring"
TRIED = (0.25, 0.5)
"""Shares of the longest batch that are tried before a whole one."""
STEPS = 3
COSTLY = 0.03
"""Of a run's work: more is not spent on measuring it."""
SPARE = 0.95
"""Of what is free, a training may take so much more."""


def measure_first(trainer: JobTrainer, report: Report, stop: Stop) -> MeasuredSteps | None:
    """Measure a training that is about to begin, where that costs little; None where it does not.

    Raises:
        NotEnoughMemory: it would need more than there is.
    """
    if _share_of_run(trainer) > COSTLY:
        return None
    return measure_steps(trainer, report, stop)


def measure_steps(trainer: JobTrainer, report: Report, stop: Stop) -> MeasuredSteps:
    """Do a few steps on the longest examples.

    Raises:
        NotEnoughMemory: a whole step would need more memory than is free.
        Cancelled, Orphaned: the process is to leave.
    """
    report.phase(PHASE, "Measuring what the training takes")
    batch = _longest(trainer)
    with _untouched(trainer):
        device.give_back_memory()
        _try_parts(trainer, batch, stop)
        took = [_step(trainer, batch, stop) for _ in range(STEPS)]
        measured = MeasuredSteps(
            training_mb=peaks.by_phase()[PHASE] / 1e6,
            step_s=min(took) * trainer.args.gradient_accumulation_steps,
            tokens_in_step=(
                trainer.processes * trainer.args.gradient_accumulation_steps * _seen(batch)
            ),
        )
    device.give_back_memory()
    return measured


def learn_measured(
    spec: TrainSpec, trainer: JobTrainer, checkpoint: Path | None, report: Report, stop: Stop
) -> None:
    """Run the training loop, measured before where that costs little.

    Raises:
        NotEnoughMemory: it would need more than there is.
        Cancelled, Orphaned: the process is to leave.
    """
    trainer.meet(checkpoint)
    if checkpoint is None and not spec.conclude:
        measured = trainer.agreed(lambda: measure_first(trainer, report, stop))
        trainer.reporter.measured = measured
        if measured is not None:
            report.measured(measured.as_dict())
    report.phase("training", f"Learning from {trainer.learned_from}")
    if spec.conclude:
        stop.cancel()
    trainer.learn(checkpoint)


def _share_of_run(trainer: JobTrainer) -> float:
    """What measuring costs, in tokens of those of the whole run."""
    lengths, args = trainer.lengths, trainer.args
    size_ = trainer.rows_at_once
    longest = np.sort(lengths)[-size_:].max() * min(size_, len(lengths))
    passes = args.num_train_epochs
    if args.max_steps > 0:
        passes = args.max_steps * trainer.rows_in_step / max(1, len(lengths))
    own = passes * lengths.sum() / trainer.processes
    return float((sum(TRIED) + STEPS) * longest / max(1.0, own))


def _longest(trainer: JobTrainer) -> dict[str, Any]:
    """The batch of the longest examples, where the model is."""
    data: Any = trainer.train_dataset
    numbers = np.argsort(-trainer.lengths, kind="stable")
    numbers = numbers[: trainer.rows_at_once]
    batch: dict[str, Any] = trainer.data_collator([data[int(number)] for number in numbers])
    return {name: value.to(device.device()) for name, value in batch.items()}


def _seen(batch: Mapping[str, Tensor]) -> int:
    learned = batch.get("decoder_input_ids")
    own = int(batch["attention_mask"].sum())
    return own + (0 if learned is None else int((batch["labels"] >= 0).sum()))


def _try_parts(trainer: JobTrainer, batch: Mapping[str, Tensor], stop: Stop) -> None:
    """Refuse what would not fit, told from parts of it.

    Raises:
        NotEnoughMemory: a whole batch would need more than is free.
    """
    most = []
    for share in TRIED:
        _backward(trainer, _part(batch, share), stop)
        most.append(float(peaks.by_phase()[PHASE]))
    slope = max(0.0, most[1] - most[0]) / (TRIED[1] - TRIED[0])
    model: Any = trainer.model
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    needed = most[1] + slope * (1 - TRIED[1]) + 8.0 * trained  # and the optimiser's two moments
    there = held_memory() + device.free_memory() * SPARE
    if needed > there:
        raise NotEnoughMemory(
            f"The training was not begun: measured on its longest examples it needs about "
            f"{size(needed)} of memory, and {size(there)} are there. Use the smaller settings that "
            "are offered, or choose a smaller model.",
            needed_mb=needed / 1e6,
            there_mb=there / 1e6,
        )


def _part(batch: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """So much of a batch: some of its rows, or, of very few rows, the beginning of each."""
    rows = len(batch["input_ids"])
    if rows * TRIED[0] >= 1:
        return {name: value[: round(rows * share)] for name, value in batch.items()}
    part = {
        name: value[:, : max(2, round(value.shape[1] * share))] if value.ndim > 1 else value
        for name, value in batch.items()
    }
    labels = part.get("labels")
    if labels is not None and labels.shape == part["input_ids"].shape and (labels < 0).all():
        part["labels"] = part["input_ids"]  # the answers stood behind it
    return part


def _step(trainer: JobTrainer, batch: Mapping[str, Tensor], stop: Stop) -> float:
    """Seconds of one batch there and back with its correction."""
    began = time.monotonic()
    _backward(trainer, dict(batch), stop)
    is_new = trainer.optimizer is None
    optimiser: Any = trainer.create_optimizer() if is_new else trainer.optimizer
    for group in optimiser.param_groups:
        group["lr"] = 0.0
    optimiser.step()
    optimiser.zero_grad()
    return time.monotonic() - began


def _backward(trainer: JobTrainer, batch: dict[str, Any], stop: Stop) -> None:
    stop.check()
    model: Any = trainer.model
    trainer.training_step(model, batch)
    stop.check()


@contextlib.contextmanager
def _untouched(trainer: JobTrainer) -> Iterator[None]:
    """Afterwards the trainer stands where it stood: no gradients, no optimiser, the same chance."""
    model: Any = trainer.model
    was_training = model.training
    kept = random.getstate(), np.random.get_state(), torch.get_rng_state()
    on_gpu = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    if trainer.args.activation_checkpointing:
        model.activation_checkpointing_enable(
            activation_checkpointing_kwargs=trainer.args.activation_checkpointing_kwargs
        )
    try:
        yield
    finally:
        model.zero_grad(set_to_none=True)
        model.train(was_training)
        trainer.optimizer = None
        random.setstate(kept[0])
        np.random.set_state(kept[1])
        torch.set_rng_state(kept[2])
        if on_gpu:
            torch.cuda.set_rng_state_all(on_gpu)
