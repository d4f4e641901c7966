"""Suggested categories for rows that have none yet, the most uncertain first."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import torch

from workbench.data.examples.unlabelled import Unlabelled
from workbench.engine.encoder.probe import fit_probe

SUGGESTED = 3


def suggest(
    embeddings: torch.Tensor, labels: Sequence[str], own: torch.Tensor, unlabelled: Unlabelled
) -> pa.Table:
    """What a probe that learned from the labelled rows says of the others.

    Args:
        embeddings: (rows, hidden) of the labelled rows.
        own: (unlabelled, hidden).

    Returns:
        Columns row_id, text, labels (the likeliest ones), shares (their probabilities, 0 to 1)
        and margin (of the first over the second), ordered by margin: where the model is least
        sure, an answer teaches it most (margin sampling, Scheffer et al. 2001).
    """
    names, numbers = np.unique(np.asarray(labels), return_inverse=True)
    head = fit_probe(embeddings, numbers.tolist())
    with torch.no_grad():
        shares = head(own).softmax(1).numpy()
    best = np.argsort(-shares, axis=1)[:, :SUGGESTED]
    ranked = np.take_along_axis(shares, best, 1)
    margins = ranked[:, 0] - ranked[:, 1]
    order = np.argsort(margins, kind="stable")
    return pa.table(
        {
            "row_id": pa.array([unlabelled.row_ids[i] for i in order], pa.int64()),
            "text": pa.array([unlabelled.texts[i] for i in order], pa.large_string()),
            "labels": [[str(names[label]) for label in best[i]] for i in order],
            "shares": [[float(share) for share in ranked[i]] for i in order],
            "margin": pa.array([float(margins[i]) for i in order], pa.float64()),
        }
    )
