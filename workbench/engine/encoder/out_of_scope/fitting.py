"""Fits a detector to a trained classifier, by rows that it has not learned from."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.out_of_scope.belonging import Memory, nearness, remember, remembered
from workbench.engine.encoder.out_of_scope.detector import (
    ALL,
    EVIDENCE,
    Detector,
    Origin,
    Watched,
)
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


@dataclass(frozen=True)
class ReadBefore:
    """What the encoder read before tuning."""

    learned: torch.Tensor
    """Embeddings of the texts it was taught, as far as they are `remembered` (texts, hidden)."""
    held: torch.Tensor
    """And of those held out."""


def by_practice(
    model: Classifier,
    learned: Texts,
    held: Texts,
    pad_id: int,
    report: Report,
    stop: Stop,
    outside: int = NOWHERE,
    before: ReadBefore | None = None,
) -> Detector | None:
    """The detector by practice questions; None, and told, where there are too few or no time.

    Args:
        model: as it will be used, its logits calibrated.
        learned: what it was taught.
        held: what it was not.
        outside: the number of the category of texts that belong to none of the others.
        before: None where the encoder is not tuned.

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
    memory = remember(read(model.encoder, ids, pad_id, _leave(stop)), labels)
    found = read(Watched(model, memory), held.rows, pad_id, _leave(stop))
    logits, evidence = found[:, :-EVIDENCE], found[:, -EVIDENCE:]
    chosen, wanted = logits.argmax(1), torch.from_numpy(held.labels)
    origin = None
    if before is not None:
        origin = remember(before.learned, labels)
        near = nearness(before.held, chosen, origin)
        evidence = torch.cat([evidence, near[:, None]], 1)
    counted, right = wanted != outside, chosen == wanted
    return fitted(memory, evidence[counted], right[counted], report, origin)


def fitted(
    memory: Memory,
    evidence: torch.Tensor,
    right: torch.Tensor,
    report: Report,
    before: Memory | None = None,
    asks_all: bool = False,
) -> Detector | None:
    """The detector by held-out rows; None, and told, where too few of them are sorted right.

    Args:
        evidence: sureness and kinship of each row, and its nearness before tuning where that is asked
            (rows, numbers).
        right: whether each row's likeliest category is its own, bool (rows,).
        before: what was learned, as the encoder read it before tuning.
        asks_all: whether the encoder as it was is to read every text, not only those of which it is
            likely to change what is told.
    """
    threshold = threshold_of(evidence[:, :EVIDENCE], right)
    if threshold is None:
        report.log(TOO_FEW)
        return None
    if before is None or (whole := threshold_of(evidence, right)) is None:
        return Detector(memory, threshold)
    lowest = ALL if asks_all else float(evidence[right, EVIDENCE].min())
    return Detector(memory, threshold, Origin(before, whole, lowest))


def _leave(stop: Stop) -> Callable[[int], None]:
    def leave(_: int) -> None:
        if stop.is_orphaned:  # who cancels it waits for this, which is short
            stop.check()

    return leave
