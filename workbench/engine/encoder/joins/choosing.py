"""Which way to join windows suits a task: told by rows that a quick head has not learned from."""

import numpy as np
import numpy.typing as npt
import torch

from workbench.core.long_texts.joins import JOINS, LARGEST, MEAN, SOFTLY
from workbench.core.words import count
from workbench.engine.encoder.few.texts import FOLDS, folds_of
from workbench.engine.encoder.goal import Goal
from workbench.engine.encoder.joins.seen import Seen
from workbench.engine.encoder.probe import Head
from workbench.jobs.process.report import Report

ENOUGH = 20
"""Long texts that it takes to choose by; of fewer the mean is taken."""
FOCUSED = 2
"""Windows of a long text that a step learns from in any case; the others are drawn."""
SAID = {
    MEAN: "by the mean of all its windows",
    LARGEST: "for each category by the window that speaks most for it",
    SOFTLY: "for each category by its windows together, those that speak for it counting more",
}

Ints = npt.NDArray[np.int64]


def choose(seen: Seen, numbers: Ints, goal: Goal, seed: int, report: Report) -> str:
    """The way of the lowest loss on held-out rows, which is told where there is a choice.

    Args:
        seen: by the encoder before tuning.
        numbers: of each text's category, or set of them (texts,).
    """
    if not goal.windows_speak:
        return MEAN
    if not goal.by_category:
        return MEAN
    own = seen.kept
    losses = held_out(seen.of(own), numbers[own], goal, seed)
    if not losses:
        return MEAN
    best = min(JOINS, key=losses.__getitem__)
    tried = "; ".join(f"{SAID[join]} {losses[join]:.3f}" for join in JOINS)
    report.log(
        f"A long text is judged {SAID[best]}: that went best on {count(seen.long)} long texts, each held "
        f"out in its turn (loss {tried})."
    )
    return best


def held_out(seen: Seen, numbers: Ints, goal: Goal, seed: int) -> dict[str, float]:
    """The loss of each way on rows that the head has not learned from; empty where too few texts are
    long to tell.

    Args:
        seen, numbers: as for `choose`.
    """
    if seen.long < ENOUGH:
        return {}
    folds = folds_of(numbers, seed)
    found: dict[str, list[torch.Tensor]] = {join: [] for join in JOINS}
    asked = [np.flatnonzero(folds == fold) for fold in range(FOLDS)]
    for own in filter(len, asked):
        learned = np.setdiff1d(np.arange(len(seen)), own)
        head = goal.fit(seen.means[learned], numbers[learned])
        for join in JOINS:
            found[join].append(seen.of(own).logits(head, join))
    wanted = numbers[np.concatenate(asked)]
    if len(wanted) < ENOUGH:
        return {}
    return {join: goal.scored(torch.cat(own), wanted).loss for join, own in found.items()}


def focus_of(seen: Seen, numbers: Ints, head: Head, goal: Goal) -> Ints:
    """The windows that speak most for what each text is, -1 where there are no more
    (texts, `FOCUSED`).

    Args:
        seen, numbers: as for `choose`.
    """
    told = goal.speaks(head(seen.windows).detach(), torch.as_tensor(numbers)[seen.owner])
    order = np.lexsort((-told.numpy(), seen.owner.numpy()))
    sizes = torch.bincount(seen.owner, minlength=len(seen)).numpy()
    starts = np.cumsum(sizes) - sizes
    rank = np.arange(len(order)) - starts[seen.owner.numpy()[order]]
    found = np.full((len(seen), FOCUSED), -1)
    best = rank < FOCUSED
    own = seen.owner.numpy()[order[best]]
    found[own, rank[best]] = order[best] - starts[own]
    return found
