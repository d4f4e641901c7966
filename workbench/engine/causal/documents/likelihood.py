"""How likely a model finds held-out documents, each read in windows."""

from collections.abc import Sequence
from typing import Any

import torch

from workbench.core.tasks import task_named
from workbench.engine.causal.batches import collate
from workbench.engine.causal.documents.pieces import to_score
from workbench.engine.causal.encode import Example
from workbench.engine.causal.loss import AnswerLoss, to_device
from workbench.engine.causal.marks import guard_of
from workbench.engine.causal.model import CausalModel
from workbench.engine.rows import Row
from workbench.evaluation.scoring.likelihoods import Likelihoods
from workbench.jobs.process.stop import Check

AT_ONCE = 8
"""Windows of a batch."""


@torch.no_grad()
def likelihoods(
    model: CausalModel, loss: AnswerLoss, rows: Sequence[Row], check: Check
) -> Likelihoods:
    """Every byte of each document is scored once, with what stands before it (see `pieces`).

    Args:
        check: called before each batch; may raise to leave.
    """
    texts = [str(row[task_named(model.task).learned]) for row in rows]
    guard = guard_of(model.tokenizer)
    windows = to_score([guard.text(text) for text in texts], model.tokenizer, model.max_length)
    told = [(number, one) for number, own in enumerate(windows) for one in own]
    told.sort(key=lambda one: -len(one[1].ids))
    nats = [0.0] * len(rows)
    for start in range(0, len(told), AT_ONCE):
        check()
        part = told[start : start + AT_ONCE]
        batch = _batch([Example(one.ids, one.learned) for _, one in part], model.tokenizer)
        for (number, _), wrong in zip(part, loss.by_row(batch).tolist(), strict=True):
            nats[number] += wrong
    tokens = [sum(int(one.learned.sum()) for one in own) for own in windows]
    return Likelihoods(nats, tokens, [len(text.encode()) for text in texts])


def _batch(examples: Sequence[Example], tokenizer: Any) -> dict[str, torch.Tensor]:
    return to_device(collate(examples, tokenizer.pad_token_id))
