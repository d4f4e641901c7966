"""Training of a causal model: transformers' Trainer with our batches and our loss."""

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from workbench.core.recipe import Recipe
from workbench.core.words import plural
from workbench.engine.causal.batches import batches_by_length, collate
from workbench.engine.causal.documents.packable import can_pack
from workbench.engine.causal.documents.packing import APART, Blocks, collate_blocks
from workbench.engine.causal.encode import Examples
from workbench.engine.causal.loss import IGNORED, AnswerLoss, BatchLoss, mean_loss, to_device
from workbench.engine.causal.pairs.pairs import Pairs
from workbench.engine.runtime import device as machine
from workbench.engine.training.loop import TRIM_STEPS, JobTrainer, arguments
from workbench.jobs.process.report import Report
from workbench.jobs.process.stop import Stop


class CausalTrainer(JobTrainer):
    """Trains the adapter of a causal model on the learned tokens of its examples."""

    # Our loss is divided by all learned tokens of the step already, over accumulated batches
    # too: every token weighs the same.
    loss_is_scaled_for_ga = True

    def __init__(
        self,
        report: Report,
        stop: Stop,
        recipe: Recipe,
        checkpoints: Path,
        model: Any,
        tokenizer: Any,
        train: Examples | Blocks | Pairs,
        validation: Examples | Pairs,
        *,
        resumed: bool = False,
    ) -> None:
        self._packs, self._pieces = False, len(train)
        if isinstance(train, Blocks):
            recipe, self._pieces, self._packs = train.recipe, len(train.examples), can_pack(model)
            report.log(train.sentence if self._packs else APART)
        self._pad_id, self._model, self._validation = tokenizer.pad_token_id, model, validation
        self._loss = self._loss_of(model)
        settings = arguments(recipe, checkpoints, len(train), bool(len(validation)))
        settings.eval_on_start = bool(len(validation)) and not resumed
        super().__init__(
            report,
            stop,
            recipe,
            settings,
            model,
            train,
            validation,
            self._collated,
        )

    def _loss_of(self, model: Any) -> BatchLoss:
        return AnswerLoss(model)

    def _collated(self, examples: Any) -> dict[str, Any]:
        if isinstance(examples[0], tuple):
            return collate_blocks(examples, self._pad_id, packs=self._packs)
        return collate(examples, self._pad_id)

    @property
    def learned_from(self) -> str:
        """What is learned from, in words."""
        return plural(self._pieces, "piece of text") if self._is_packed else super().learned_from

    @property
    def _is_packed(self) -> bool:
        return isinstance(self.train_dataset, Blocks)

    def facts(self) -> dict[str, Any]:
        """See `JobTrainer.facts`; the speed is that of pieces of texts, not of blocks."""
        told = super().facts()
        if self._is_packed:
            each = self._pieces / max(1, len(self._lengths))
            told["examples_per_second"] = round(told["examples_per_second"] * each, 3)
        return told

    def _practice(self, size: int) -> Iterator[dict[str, Any]]:
        """The practice questions in batches of at most `size`."""
        assert isinstance(self._validation, Examples)  # pairs have a loop of their own
        return batches_by_length(self._validation, size, self._pad_id)

    def _learned_in(self, batch: dict[str, torch.Tensor]) -> int:
        """Tokens of a batch that are learned."""
        return int((batch["labels"][:, 1:] != IGNORED).sum())

    def _seen_in(self, batch: dict[str, torch.Tensor]) -> int:
        """Tokens of a batch that the model reads."""
        return int(batch["attention_mask"].sum())

    def _get_num_items_in_batch(
        self, batch_samples: list[dict[str, torch.Tensor]], device: torch.device
    ) -> int:
        own = sum(self._items_in(batch) for batch in batch_samples if batch)
        return int(self.together.peers.sums([own])[0]) if self.together else own

    def _items_in(self, batch: dict[str, torch.Tensor]) -> int:
        """What the losses of a batch are: of learned tokens, or of pairs."""
        return self._learned_in(batch)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor:
        """Share of this batch in the mean loss of the step: per learned token, or pair.

        Raises:
            WorkbenchError: it is no longer a number.
        """
        self.reporter.count(self._seen_in(inputs))
        total, count = self._summed(inputs)
        if not torch.isfinite(total) and not self.together:  # all of them say so with the step
            raise self._unstable()
        return total / (num_items_in_batch or max(1, count))

    def _summed(self, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, int]:
        """Sum of a batch's losses, and how many they are."""
        return self._loss(batch)

    def training_step(self, *args: Any, **values: Any) -> torch.Tensor:
        """One batch, there and back; now and then the heap's holes go back to the system."""
        loss = super().training_step(*args, **values)
        if self.state.global_step % TRIM_STEPS == 0:
            machine.trim_heap()
        return loss

    def _practice_loss(self) -> float:
        """Mean loss per learned token of the practice questions."""
        practice = self._practice(self.args.per_device_eval_batch_size)
        if self.together:
            return self._mean_of_all(practice)
        return mean_loss(self._loss, practice, self._stop.check)

    @torch.no_grad()
    def _mean_of_all(self, practice: Iterator[dict[str, Any]]) -> float:
        """The same where several processes answer a share each."""
        assert self.together is not None
        return self.together.mean(practice, lambda batch: self._summed(to_device(batch)))

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Mean loss over the practice questions, as this training counts it.

        Raises:
            WorkbenchError: it is no longer a number.
        """
        began = time.monotonic()
        self._model.eval()
        loss = self._practice_loss()
        if not math.isfinite(loss):
            raise self._unstable()
        self.reporter.checked(time.monotonic() - began)
        self.log({"eval_loss": loss})
        metrics = {"eval_loss": loss}
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics
