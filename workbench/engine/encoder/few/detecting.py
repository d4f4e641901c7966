"""Texts that belong to none of few categories, told by the rows held out in turns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from workbench.engine.encoder.few.candidates import PROBE, Candidate
from workbench.engine.encoder.few.took import Took
from workbench.engine.encoder.few.turns import Turns
from workbench.engine.encoder.out_of_scope.belonging import Memory, remembered, sureness
from workbench.engine.encoder.out_of_scope.detector import Detector, Origin
from workbench.engine.encoder.out_of_scope.fitting import TOO_FEW, fitted
from workbench.engine.encoder.out_of_scope.threshold import least_near, threshold_of
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
    memory = Memory(embedded[kept], torch.from_numpy(labels[kept]))
    found = fitted(memory, held.sureness, held.nearness, held.right, report)
    least = least_near(held.before, held.right)
    if found is None or least is None:
        return found
    rows = turns.lessons.rows[remembered(labels[turns.lessons.rows])]
    before = Memory(turns.frozen.means[rows], torch.from_numpy(labels[rows]))
    return replace(found, origin=Origin(before, least))


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
    threshold = threshold_of(by.sureness, by.nearness, by.right)
    if threshold is None:
        return None
    own = _held_out(turns, [turns.took[number]], ending, temperature)
    least = least_near(by.before, by.right)
    far = own.before < (-1.0 if least is None else least)
    return threshold.refused(own.sureness, own.nearness) | far


@dataclass(frozen=True)
class _HeldOut:
    """How rows were answered that were not learned from, each (rows,)."""

    sureness: torch.Tensor
    nearness: torch.Tensor
    before: torch.Tensor
    """The nearness as the probe of the encoder before tuning has it."""
    right: torch.Tensor
    """Sorted right, and not among the texts that belong nowhere."""


def _held_out(
    turns: Turns, took: Sequence[Took], ending: Candidate, temperature: float
) -> _HeldOut:
    labels = turns.lessons.texts.labels
    logits = torch.cat([one.logits[ending] for one in took]) / temperature
    wanted = torch.from_numpy(np.concatenate([labels[one.held] for one in took]))
    near = torch.cat([one.near[ending] for one in took])
    before = torch.cat([one.near[PROBE] for one in took])
    right = (logits.argmax(1) == wanted) & (wanted != turns.outside)
    return _HeldOut(sureness(logits), near, before, right)
