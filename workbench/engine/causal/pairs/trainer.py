"""Training on pairs of answers: our loop with the published losses.

How likely the answers were before is computed once, before the first step, and kept in the job's folder:
no second model is ever in memory, neither a reference nor a copy of the adapter, and a training that
started from another one's adapter is held to what that one says.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from workbench.core.recipe import DPO, Recipe
from workbench.core.whole import whole_file
from workbench.core.words import plural
from workbench.engine.causal.encode import Examples
from workbench.engine.causal.loss import to_device
from workbench.engine.causal.pairs.likelihood import AnswerLikelihood
from workbench.engine.causal.pairs.losses import dpo, orpo
from workbench.engine.causal.pairs.pairs import REFERENCE, Pairs, collate_pairs
from workbench.engine.causal.trainer import CausalTrainer
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.stop import Stop

KEPT = "reference.npz"
PHASE = "preparing"


class PairTrainer(CausalTrainer):
    """Trains an adapter so that better answers become likelier than worse ones."""

    def __init__(
        self,
        report: Report,
        stop: Stop,
        recipe: Recipe,
        checkpoints: Path,
        model: Any,
        tokenizer: Any,
        train: Pairs,
        validation: Examples,
        *,
        resumed: bool = False,
    ) -> None:
        self._likelihood, self._practised = AnswerLikelihood(model), Pairs(validation)
        super().__init__(
            report,
            stop,
            recipe,
            checkpoints,
            model,
            tokenizer,
            train,
            self._practised,
            resumed=resumed,
        )
        if recipe.loss == DPO:
            self._refer(checkpoints.parent / KEPT, (train, self._practised))

    @property
    def learned_from(self) -> str:
        """What is learned from, in words."""
        return plural(len(self._lengths), "pair of answers", "pairs of answers")

    def _collated(self, examples: Any) -> dict[str, Any]:
        return collate_pairs(examples, self._pad_id)

    def _batches(self, pairs: Pairs, size: int) -> Iterator[tuple[list[int], dict[str, Any]]]:
        for numbers in pairs.by_length(size):
            yield numbers, to_device(self._collated(pairs.__getitems__(numbers)))

    def _refer(self, kept: Path, parts: tuple[Pairs, ...]) -> None:
        """Give the pairs how likely their answers are now, or were when that was first asked."""
        if not kept.is_file():
            found = self._measured(parts)
            with whole_file(kept) as part, part.open("wb") as file:
                np.savez(file, *found)
        with np.load(kept) as values:
            for name, pairs in zip(values.files, parts, strict=True):
                pairs.reference = values[name]

    @torch.no_grad()
    def _measured(self, parts: tuple[Pairs, ...]) -> list[np.ndarray]:
        self._report.phase(PHASE, "Reading the answers as the model finds them before")
        total, done = sum(map(len, parts)), 0
        tell = Meter(self._report, self._stop.check, total).counted(total)
        self._model.eval()
        found = [np.zeros((len(pairs), 2), np.float32) for pairs in parts]
        for own, pairs in zip(found, parts, strict=True):
            for numbers, batch in self._batches(pairs, self.args.per_device_eval_batch_size):
                tell(done)
                logps, _ = self._likelihood(batch)
                own[numbers] = logps.float().reshape(-1, 2).cpu().numpy()
                done += len(numbers)
        self._model.train()
        return found

    def _items_in(self, batch: dict[str, torch.Tensor]) -> int:
        return len(batch["input_ids"]) // 2

    def _losses(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        logps, tokens = self._likelihood(batch)
        if self._recipe.loss == DPO:
            return dpo(logps, batch[REFERENCE], self._recipe.beta)
        return orpo(logps, tokens, self._recipe.beta)

    def _summed(self, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, int]:
        """Sum of the losses of a batch's pairs, and how many they are."""
        losses = self._losses(batch)
        return losses.sum(), len(losses)

    @torch.no_grad()
    def _practice_loss(self) -> float:
        """Mean loss per practice pair."""
        batches = self._batches(self._practised, self.args.per_device_eval_batch_size)
        if self.together:
            return self._mean_of_all(batch for _, batch in batches)
        total = 0.0
        for _, batch in batches:
            self._stop.check()
            total += self._losses(batch).sum().item()
        return total / max(1, len(self._practised))
