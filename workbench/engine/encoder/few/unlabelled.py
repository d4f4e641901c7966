"""Rows without a category: sorted by what few labelled ones taught, they teach in turn.

Self-training (Yarowsky 1995; Lee 2013, "Pseudo-Label"): the head sorts them, those that it is surest
of count as examples of the category that it gave, and it is fitted again. Whether that helps is judged
on held-out rows, as everything else is.
"""

from collections.abc import Sequence

import numpy as np
import torch

from workbench.core.words import plural
from workbench.data.examples.unlabelled import texts_of
from workbench.engine.encoder.neighbours import neighbours_of
from workbench.engine.encoder.probe import Head, fit_probe
from workbench.engine.encoder.reader.reader import Reader
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import TrainSpec

SUREST = 0.8
"""Share of the rows that count: on BANKING77 with ten examples a category fewer helped less."""
MOST_TOKENS = 30_000
"""Of all rows together: they are read with every encoder that is tried."""


def unlabelled_ids(spec: TrainSpec, reader: Reader, report: Report) -> list[np.ndarray]:
    """Token ids of the rows without a category that are kept with the examples."""
    found: list[np.ndarray] = []
    tokens = 0
    for own in reader.ids(texts_of(spec.data)):
        tokens += len(own)
        if tokens > MOST_TOKENS:
            break
        found.append(np.array(own, np.int32))
    if found:
        report.log(
            f"{plural(len(found), 'row')} without a category will be tried as examples, too."
        )
    return found


def fit_with(
    embedded: torch.Tensor,
    labels: Sequence[int] | np.ndarray,
    others: torch.Tensor,
    *,
    neighbours: bool = False,
) -> Head:
    """The head of labelled texts and of those of the others that it is surest of.

    Args:
        embedded, labels: as for `fit_probe`.
        others: embeddings of texts without a category (others, hidden).
        neighbours: whether the labelled texts also say what is near them.
    """
    head = _fitted(embedded, labels, others)
    if neighbours:
        head.neighbours = neighbours_of(embedded, torch.as_tensor(labels))
    return head


def _fitted(
    embedded: torch.Tensor, labels: Sequence[int] | np.ndarray, others: torch.Tensor
) -> Head:
    head = fit_probe(embedded, labels)
    if not len(others):
        return head
    best = head(others).detach().softmax(1).max(1)
    chosen = best.values.argsort(descending=True)[: max(1, int(SUREST * len(others)))]
    told = np.concatenate([np.asarray(labels), best.indices[chosen].numpy()])
    return fit_probe(torch.cat([embedded, others[chosen]]), told)
