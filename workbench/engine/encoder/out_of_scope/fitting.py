"""Fits a detector to a trained classifier, by rows that it has not learned from."""

from collections.abc import Callable

import torch

from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.out_of_scope.belonging import Memory, remembered
from workbench.engine.encoder.out_of_scope.detector import Detector, Watched
from workbench.engine.encoder.out_of_scope.threshold import ENOUGH, threshold_of
from workbench.engine.encoder.reader.batches import read
from workbench.engine.encoder.trainer import Texts
from workbench.engine.encoding.encoded_rows import IDS
from workbench.jobs.process.report import Report
from workbench.jobs.process.stop import Stop

NOWHERE = -1
"""The number of the category of texts that belong to none of the others, where there is none."""
TOO_FEW = (
    "This model cannot tell texts that belong to none of its categories: that takes at least "
    f"{ENOUGH} examples that it was not taught and sorts right. More examples would do."
)
STOPPED = (
    "This model cannot tell texts that belong to none of its categories, since it was stopped "
    "before it had learned that: train it to its end."
)


def by_practice(
    model: Classifier,
    learned: Texts,
    held: Texts,
    pad_id: int,
    report: Report,
    stop: Stop,
    outside: int = NOWHERE,
) -> Detector | None:
    """The detector by practice questions; None, and told, where there are too few or no time.

    Args:
        model: as it will be used, its logits calibrated.
        learned: what it was taught.
        held: what it was not.
        outside: the number of the category of texts that belong to none of the others.

    Raises:
        Orphaned: the worker died.
    """
    if stop.is_cancelled:
        report.log(STOPPED)
        return None
    if len(held) < ENOUGH:
        report.log(TOO_FEW)
        return None
    report.phase("saving", "Learning which texts belong to none of the categories")
    numbers = remembered(learned.labels)
    ids = learned.rows.lists(IDS, numbers.tolist())
    labels = torch.from_numpy(learned.labels[numbers])
    memory = Memory(read(model.encoder, ids, pad_id, _leave(stop)), labels)
    watched = Watched(model, memory)
    found = read(watched, held.rows, pad_id, _leave(stop))
    wanted = torch.from_numpy(held.labels)
    right = (found[:, :-2].argmax(1) == wanted) & (wanted != outside)
    return fitted(memory, found[:, -2], found[:, -1], right, report)


def fitted(
    memory: Memory,
    sureness: torch.Tensor,
    nearness: torch.Tensor,
    right: torch.Tensor,
    report: Report,
) -> Detector | None:
    """The detector by held-out rows; None, and told, where too few of them are sorted right.

    Args:
        sureness, nearness: (rows,), as `belonging` tells them.
        right: whether each row's likeliest category is its own, bool (rows,).
    """
    threshold = threshold_of(sureness, nearness, right)
    if threshold is None:
        report.log(TOO_FEW)
        return None
    return Detector(memory, threshold)


def _leave(stop: Stop) -> Callable[[int], None]:
    def leave(_: int) -> None:
        if stop.is_orphaned:  # who cancels it waits for this, which is short
            stop.check()

    return leave
