"""Texts that belong to none of few categories, told by the rows held out in turns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from workbench.engine.encoder.few.candidates import Candidate
from workbench.engine.encoder.few.took import Took
from workbench.engine.encoder.few.turns import Turns
from workbench.engine.encoder.out_of_scope.belonging import remember, remembered, sureness
from workbench.engine.encoder.out_of_scope.detector import EVIDENCE, Detector
from workbench.engine.encoder.out_of_scope.fitting import TOO_FEW, fitted
from workbench.engine.encoder.out_of_scope.threshold import threshold_of
from workbench.jobs.process.report import Report


def by_turns(
    turns: Turns, ending: Candidate, temperature: float, embedded: torch.Tensor, report: Report
) -> Detector | None:
    """The detector by all turns that were taken; None, and told, where they hold too few rows.

    Args:
        ending: what the model ends as; its logits are divided by the temperature.
        embedded: all lessons by the model (lessons, hidden).
    """
    if not turns.took:
        report.log(TOO_FEW)
        return None
    labels = turns.lessons.texts.labels
    held = _held_out(turns, list(turns.took.values()), ending, temperature)
    learned = turns.lessons.all if ending.names else turns.lessons.rows
    kept = learned[remembered(labels[learned])]
    memory = remember(embedded[kept], torch.from_numpy(labels[kept]))
    before = None
    if ending.alpha:
        rows = turns.lessons.rows[remembered(labels[turns.lessons.rows])]
        before = remember(turns.frozen.means[rows], torch.from_numpy(labels[rows]))
    evidence, right = held.evidence[held.counted], held.right[held.counted]
    return fitted(memory, evidence, right, report, before, asks_all=True)


def refused(
    turns: Turns, number: int, ending: Candidate, temperature: float
) -> torch.Tensor | None:
    """Which of the rows held out in a turn belong to no category, by a threshold of other turns.

    Returns:
        bool (held,), in the order of the turn's rows; None where the others have too few.
    """
    others = [took for other, took in turns.took.items() if other != number]
    if not others:
        return None
    by = _held_out(turns, others, ending, temperature)
    threshold = threshold_of(by.evidence[by.counted], by.right[by.counted])
    if threshold is None:
        return None
    own = _held_out(turns, [turns.took[number]], ending, temperature)
    return threshold.refused(own.evidence)


@dataclass(frozen=True)
class _HeldOut:
    """How rows were answered that were not learned from."""

    evidence: torch.Tensor
    """Sureness, kinship, and of a tuned encoder the nearness before that (rows, numbers)."""
    right: torch.Tensor
    """Whether each is sorted right, bool (rows,)."""
    counted: torch.Tensor
    """Which are not among the texts that the user says belong nowhere, bool (rows,)."""


def _held_out(
    turns: Turns, took: Sequence[Took], ending: Candidate, temperature: float
) -> _HeldOut:
    labels = turns.lessons.texts.labels
    logits = torch.cat([one.logits[ending] for one in took]) / temperature
    wanted = torch.from_numpy(np.concatenate([labels[one.held] for one in took]))
    kin = torch.cat([one.kin[ending] for one in took])
    evidence = torch.cat([sureness(logits)[:, None], kin], 1)
    evidence = evidence if ending.alpha else evidence[:, :EVIDENCE]
    return _HeldOut(evidence, logits.argmax(1) == wanted, wanted != turns.outside)
