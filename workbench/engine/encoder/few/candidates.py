"""What a training from few examples can end as, and which of them answers held-out rows best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from workbench.core.progress import Progress
from workbench.engine.encoder.calibration import Scored, score_logits
from workbench.engine.encoder.few.texts import FOLDS, Lessons, folds_of
from workbench.engine.encoder.probe import fit_probe

ALPHAS = (0.5, 0.75, 1.0)
"""Shares of what tuning changed that are tried: of ten examples a category three quarters are best as
a rule, of texts far from what the encoder knew all."""


@dataclass(frozen=True)
class Candidate:
    """A way to end."""

    alpha: float
    """Of what tuning changed; 0 for the encoder as it came."""
    names: bool
    """Whether the head learns from the categories' names, too."""
    unlabelled: bool = False
    """Whether it learns from rows without a category, too."""

    @property
    def neighbours(self) -> bool:
        """Whether the nearest examples have a say beside the head's weights: of a tuned encoder they do."""
        return self.alpha > 0


PROBE = Candidate(0.0, False)


def candidates(names: bool, unlabelled: bool = False) -> list[Candidate]:
    """All of them, the simplest first.

    Args:
        names: whether the categories' names help.
        unlabelled: whether there are rows without a category.
    """
    plain = [
        PROBE,
        *([Candidate(0.0, True)] if names else []),
        *(Candidate(a, names) for a in ALPHAS),
    ]
    more = [replace(one, unlabelled=True) for one in plain if one.names or one.alpha]
    return [*plain, *(more if unlabelled else [])]


def names_help(lessons: Lessons, frozen: torch.Tensor, seed: int, tell: Progress) -> bool:
    """Whether a probe that learns from the names as well is surer of rows that it has not seen.

    Args:
        frozen: embeddings of all lessons by the encoder as it came (lessons, hidden).
        tell: told the share that is done; may raise to leave.
    """
    labels = lessons.texts.labels
    if len(labels) == lessons.examples:
        return False
    folds = folds_of(labels[: lessons.examples], seed)
    names = lessons.all[lessons.examples :]
    losses = {}
    for extra in ((), names):
        found, wanted = [], []
        for fold in range(FOLDS):
            tell((bool(len(extra)) + fold / FOLDS) / 2)
            held = np.flatnonzero(folds == fold)
            learned = np.flatnonzero(folds != fold)
            if len(held):
                own = np.concatenate([learned, np.array(extra, np.int64)])
                found.append(fit_probe(frozen[own], labels[own])(frozen[held]).detach())
                wanted.append(labels[held])
        if not found:
            return False
        scored = score_logits(torch.cat(found), np.concatenate(wanted))
        losses[bool(len(extra))] = scored.loss
    return losses[True] < losses[False]


def judged(
    answers: Sequence[Mapping[Candidate, torch.Tensor]], wanted: Sequence[np.ndarray]
) -> dict[Candidate, Scored]:
    """How well each candidate answered, over all turns together.

    Args:
        answers: of each turn, the logits (held out, labels) of each candidate.
        wanted: of each turn, the categories' numbers (held out,).
    """
    labels = np.concatenate(wanted)
    return {
        one: score_logits(torch.cat([own[one] for own in answers]), labels) for one in answers[0]
    }


def best_of(found: Mapping[Candidate, Scored]) -> Candidate:
    """That of the lowest loss among those that are right no less often than the probe."""
    least = found[PROBE].scores["accuracy"]
    able = [one for one, scored in found.items() if scored.scores["accuracy"] >= least]
    return min(able, key=lambda one: found[one].loss)
