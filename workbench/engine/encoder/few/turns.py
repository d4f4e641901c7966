"""Turns: the training tried with a part of the rows held out, so that it can be judged.

What it gives is what the training from all rows is chosen by; the encoder is afterwards what it was.
"""

import gc
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from workbench.core.long_texts.joins import MEAN
from workbench.core.recipe import Recipe
from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.few.candidates import Candidate
from workbench.engine.encoder.few.contrastive import ContrastiveTrainer
from workbench.engine.encoder.few.texts import Lessons
from workbench.engine.encoder.few.took import Logits, Took, took_from
from workbench.engine.encoder.few.unlabelled import fit_with
from workbench.engine.encoder.joins.reading import see
from workbench.engine.encoder.joins.seen import Seen
from workbench.engine.encoder.out_of_scope.belonging import kinship, nearness, remember
from workbench.engine.encoder.out_of_scope.fitting import NOWHERE
from workbench.engine.encoder.reader.batches import read
from workbench.engine.encoder.weight_averaging import WeightAverage
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.stop import Stop

TUNING = 0.85
"""Share of a turn's time that tuning takes."""


@dataclass(frozen=True)
class Turns:
    """What is the same in all turns of a training."""

    model: Classifier
    """As it is before tuning."""
    lessons: Lessons
    frozen: Seen
    """What it sees in all lessons."""
    candidates: Sequence[Candidate]
    recipe: Recipe
    pad_id: int
    folder: Path
    """Where finished turns are kept for another attempt."""
    outside: int = NOWHERE
    """The number of the category of texts that belong to none of the others."""
    others: Sequence[np.ndarray] = ()
    """Token ids of rows without a category."""
    join: str = MEAN
    """How one answer comes of a long text's windows."""
    took: dict[int, Took] = field(default_factory=dict)
    """Those that were taken, by number."""

    @property
    def names(self) -> bool:
        """Whether the categories' names are learned from."""
        return any(one.names for one in self.candidates)

    def taken(self, held: np.ndarray, number: int, meter: Meter, stop: Stop) -> Logits:
        """What each candidate answers to the rows of the numbers `held`, having learned from the others.

        Raises:
            Cancelled, Orphaned: the process is to leave; nothing is kept of a part.
        """
        path = self.folder / f"turn-{number}.safetensors"
        took = took_from(path, self.candidates, held)
        if took is None:
            took = self._answers(held, meter, stop)
            took.save(path)
        self.took[number] = took
        return took.logits

    def _answers(self, held: np.ndarray, meter: Meter, stop: Stop) -> Took:
        found: Logits = {}
        kin: Logits = {}
        self._answered(0.0, self.frozen, held, found, kin)
        start = WeightAverage(self.model)
        with start.blended(self.model, 1.0):
            known = self.lessons.all if self.names else self.lessons.rows
            learned = np.setdiff1d(known, held)
            trainer = self._tuned(learned, meter.part(0.0, TUNING), stop)
            alphas = sorted({one.alpha for one in self.candidates if one.alpha})
            for place, alpha in enumerate(alphas):
                way = [TUNING + (1 - TUNING) * (place + n) / len(alphas) for n in (0, 1)]
                part = meter.part(way[0], way[1]).counted(len(self.lessons.texts))
                with trainer.start.blended(self.model, alpha):
                    encoder = self.model.encoder
                    seen = see(encoder, self.lessons.texts.rows, self.pad_id, part)
                    self._answered(alpha, seen, held, found, kin)
        del trainer
        gc.collect()  # its optimiser's moments, which its own circles hold
        return Took(held, found, kin)

    def _answered(
        self, alpha: float, seen: Seen, held: np.ndarray, found: Logits, kin: Logits
    ) -> None:
        """What the candidates of an encoder answer, which the model's is just now.

        Args:
            seen: all lessons by it.
        """
        own = [one for one in self.candidates if one.alpha == alpha]
        others = self.read_others() if any(one.unlabelled for one in own) else seen.means[:0]
        for one in own:
            found[one] = self._by_head(seen, held, one, others)
            kin[one] = self._kin(seen.means, held, one, found[one])

    def read_others(self) -> torch.Tensor:
        """Embeddings of the rows without a category by the model as it is just now."""
        return read(self.model.encoder, self.others, self.pad_id)

    def _tuned(self, learned: np.ndarray, meter: Meter, stop: Stop) -> ContrastiveTrainer:
        with tempfile.TemporaryDirectory() as nowhere:
            trainer = ContrastiveTrainer(
                _Quiet(meter),
                stop,
                self.recipe,
                Path(nowhere),
                self.model,
                self.lessons.some(learned),
                self.pad_id,
            )
            trainer.args.save_strategy = "no"
            trainer.learn(None)
        stop.check()
        return trainer

    def _by_head(
        self, seen: Seen, held: np.ndarray, one: Candidate, others: torch.Tensor
    ) -> torch.Tensor:
        known = self.lessons.all if one.names else self.lessons.rows
        learned = np.setdiff1d(known, held)
        known_labels, places = np.unique(self.lessons.texts.labels[learned], return_inverse=True)
        own = others if one.unlabelled else others[:0]
        head = fit_with(seen.means[learned], places, own, neighbours=one.neighbours)
        found = seen.of(held).logits(head, self.join)
        answers: torch.Tensor = found.min(1, keepdim=True).values.repeat(
            1, self.model.head.linear.out_features
        )
        answers[:, torch.from_numpy(known_labels)] = found
        return answers

    def _kin(
        self, embedded: torch.Tensor, held: np.ndarray, one: Candidate, answers: torch.Tensor
    ) -> torch.Tensor:
        chosen, labels = answers.argmax(1), torch.from_numpy(self.lessons.texts.labels)
        learned = np.setdiff1d(self.lessons.all if one.names else self.lessons.rows, held)
        rows = np.setdiff1d(self.lessons.rows, held)
        frozen = self.frozen.means
        near = nearness(frozen[held], chosen, remember(frozen[rows], labels[rows]))
        kin = kinship(embedded[held], chosen, remember(embedded[learned], labels[learned]))
        return torch.cat([kin, near[:, None]], 1)


class _Quiet(Report):
    """Tells of a turn's training only how far it is."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def progress(self, step: int, total_steps: int, **fields: Any) -> None:
        self._meter(step / max(1, total_steps))

    def metric(self, kind: str, step: int, values: Any) -> None:
        """Its curves are nobody's."""

    def log(self, message: str) -> None:
        """Nor are its sentences."""

    def _tell(self, event: str, **fields: Any) -> None:
        """Nor is anything else."""
