"""Training of an encoder-decoder: the loop of models that write, on pairs of texts."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from workbench.core.recipe import Recipe
from workbench.engine.causal.loss import IGNORED, BatchLoss
from workbench.engine.causal.trainer import CausalTrainer
from workbench.engine.seq2seq.batches import batches_by_length, collate
from workbench.engine.seq2seq.encode import Example, Examples, PairTokenizer
from workbench.engine.seq2seq.loss import PairLoss
from workbench.jobs.process.report import Report
from workbench.jobs.process.stop import Stop


class Seq2seqTrainer(CausalTrainer):
    """Trains the adapter of an encoder-decoder on the answers of its examples."""

    _validation: Any

    def __init__(
        self,
        report: Report,
        stop: Stop,
        recipe: Recipe,
        checkpoints: Path,
        model: Any,
        tokenizer: PairTokenizer,
        train: Examples,
        validation: Examples,
        *,
        resumed: bool = False,
    ) -> None:
        self._framing = tokenizer.framing
        super().__init__(
            report,
            stop,
            recipe,
            checkpoints,
            model,
            tokenizer.own,
            train,  # type: ignore[arg-type]
            validation,  # type: ignore[arg-type]
            resumed=resumed,
        )

    def _loss_of(self, model: Any) -> BatchLoss:
        return PairLoss(model)

    def _collated(self, examples: Sequence[Example]) -> dict[str, Any]:
        return collate(examples, self._framing)

    def _practice(self, size: int) -> Iterator[dict[str, Any]]:
        return batches_by_length(self._validation, size, self._framing)

    def _learned_in(self, batch: dict[str, torch.Tensor]) -> int:
        return int((batch["labels"] != IGNORED).sum())

    def _seen_in(self, batch: dict[str, torch.Tensor]) -> int:
        return super()._seen_in(batch) + self._learned_in(batch)
