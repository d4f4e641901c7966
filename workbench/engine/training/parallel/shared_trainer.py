"""transformers' Trainer where it is one of several processes; one alone learns as it always did."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch.utils.data import DataLoader
from transformers import Trainer, TrainingArguments

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.engine.runtime import device
from workbench.engine.training.batches import LengthBatches
from workbench.engine.training.parallel.together import Together
from workbench.engine.training.reporter import Reporter
from workbench.jobs.process.checkpoints import step_of
from workbench.jobs.process.failures import UNSTABLE
from workbench.jobs.process.remote.rank import rank_told
from workbench.jobs.process.report import Report
from workbench.jobs.process.stop import Stop

Value = TypeVar("Value")


class SharedTrainer(Trainer):
    """A Trainer that learns its share of each step."""

    _report: Report
    _stop: Stop
    _recipe: Recipe
    _lengths: np.ndarray
    reporter: Reporter
    together: Together | None
    """What is different where several processes learn together; None for one alone."""

    def share(self, settings: TrainingArguments) -> None:
        """Take part, if the process was told that it is one of several."""
        self.together = None
        if (rank := rank_told()) is not None:
            recipe = self._recipe
            order = LengthBatches(self._lengths, recipe.per_device_train_batch_size, settings.seed)
            self.together = Together(rank, recipe, order, self._stop)
            settings.gradient_accumulation_steps = self.together.shares.batches

    def leaves(self) -> bool:
        """Whether the process is to stop after this step."""
        return self.together.leaves if self.together else self._stop.is_wanted

    @property
    def leads(self) -> bool:
        """Whether this process keeps what is learned, and says how it goes."""
        return self.together is None or self.together.leads

    @property
    def processes(self) -> int:
        """How many learn together."""
        return self.together.count if self.together else 1

    @property
    def rows_at_once(self) -> int:
        """Examples of the largest batch that this process learns."""
        size: int = self.args.per_device_train_batch_size
        return self.together.shares.rows if self.together else size

    @property
    def rows_in_step(self) -> int:
        """Examples that a correction is made from, by all processes."""
        recipe = self._recipe
        return recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps

    def get_train_dataloader(self) -> DataLoader[Any]:
        """The examples in batches; where several learn together, this process's share of each."""
        if self.together is None:
            return super().get_train_dataloader()
        loader = self.together.loader(self.train_dataset, self.data_collator)
        prepared: DataLoader[Any] = self.accelerator.prepare(loader)
        return prepared

    def meet(self, checkpoint: Path | None) -> None:
        """Wait for those who learn together with this process.

        Raises:
            WorkbenchError: they have not prepared the same training.
            Cancelled, Orphaned: the process is to leave.
        """
        if self.together is None:
            return
        self._report.phase("preparing", f"Waiting for all {self.processes} machines")
        data: Any = self.train_dataset
        longest = self.data_collator([data[int(self._lengths.argmax())]])
        words = {n: value.tolist() for n, value in longest.items() if not value.is_floating_point()}
        step = step_of(checkpoint) if checkpoint else 0
        computes = str(device.device().type), str(device.dtype())
        self.together.meet((self._recipe, self._lengths.tolist(), words, step, computes))
        self._report.log(f"{self.processes} machines learn together, each its share of every step.")

    def agreed(self, do: Callable[[], Value]) -> Value:
        """Do something that each process does by itself; where one cannot, none goes on."""
        return self.together.agreed(do) if self.together else do()

    def _prepare_for_training(self, *told: Any) -> Any:
        prepared = super()._prepare_for_training(*told)  # type: ignore[no-untyped-call]
        if self.together:
            self.together.peers.take_over(self._learned_weights())
        return prepared

    def _learned_weights(self) -> list[torch.Tensor]:
        model: Any = self.model
        return [weight for weight in model.parameters() if weight.requires_grad]

    def training_step(self, model: Any, inputs: Any, *told: Any, **more: Any) -> torch.Tensor:
        """Gradients of a batch and its share in the loss; with the last one of a step, those of all
        processes.

        Raises:
            WorkbenchError: the loss is no longer a number.
        """
        if self.together is None or not self.together.is_learning:
            return super().training_step(model, inputs, *told, **more)
        if inputs:
            self.together.count_loss(super().training_step(model, inputs, *told, **more))
        loss = 0.0
        if self.accelerator.sync_gradients:
            own = self.reporter.step_tokens
            loss, tokens = self.together.step(self._learned_weights(), own)
            self.reporter.count(tokens - own)
        if not math.isfinite(loss):
            raise self._unstable()
        return torch.tensor(loss, device=self.args.device)

    def _load_rng_state(self, checkpoint: str | None) -> None:
        super()._load_rng_state(checkpoint)
        if self.together:
            self.together.seed(self.args.seed, self.state.global_step)

    def _unstable(self) -> WorkbenchError:
        return WorkbenchError(
            f"{UNSTABLE} at step {self.state.global_step + 1}: its error is no "
            f"longer a number. Lower the learning rate (now {self._recipe.learning_rate:g}) and "
            "start it again."
        )
