"""Ridge regression on frozen embeddings: where an encoder begins that learns numbers, and what it has to
beat."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from workbench.engine.encoder.probe import SIZE, Head

Floats = npt.NDArray[np.float64]
ALPHAS = tuple(10.0 ** (power / 2) for power in range(-6, 9))
"""Penalties that are tried, on embeddings that are centred and of length 1 on average."""
_FEW = 1e-12


@dataclass(frozen=True)
class Ridge:
    """A linear model of centred inputs."""

    weights: Floats
    """(hidden,)."""
    offset: float
    left_out: Floats
    """Of each row how far its number lies above what the others say of it (leave-one-out)."""
    alpha: float


def fit(inputs: Floats, targets: Floats, alphas: tuple[float, ...] = ALPHAS) -> Ridge:
    """Ridge regression with the penalty that leaves the smallest absolute errors when each row is left
    out once (in closed form, as in scikit-learn's RidgeCV); then as high as the median of these asks
    for, since absolute errors count.

    Args:
        inputs: (rows, hidden), centred.
        targets: (rows,).
    """
    rows, mean = len(targets), float(targets.mean())
    values, vectors = np.linalg.eigh(inputs.T @ inputs)
    values, rotated = np.maximum(values, 0.0), inputs @ vectors
    known = rotated.T @ (targets - mean)
    best: Ridge | None = None
    for alpha in alphas:
        shrunk = 1 / (values + alpha)
        leverage = 1 / rows + (rotated**2 @ shrunk)
        errors = targets - mean - rotated @ (shrunk * known)
        left_out = errors / np.maximum(_FEW, 1 - leverage)
        if best is None or np.abs(left_out).mean() < np.abs(best.left_out).mean():
            best = Ridge(vectors @ (shrunk * known), mean, left_out, alpha)
    assert best is not None
    middle = float(np.median(best.left_out))
    return Ridge(best.weights, best.offset + middle, best.left_out - middle, best.alpha)


def fit_head(embeddings: torch.Tensor, targets: Floats) -> tuple[Head, Floats]:
    """The head that ridge regression finds, and how far off each row is when it is left out.

    Args:
        embeddings: (texts, hidden).
        targets: (texts,), in the units of the head's scores.
    """
    centre = embeddings.mean(0)
    spread = float((embeddings - centre).square().sum(1).mean().sqrt()) or 1.0
    found = fit(((embeddings - centre) / spread).double().numpy(), targets)
    head = Head(embeddings.shape[1], 1)
    head.load_state_dict(
        {
            "centre": centre,
            "scale": torch.tensor(SIZE / spread),
            "linear.weight": torch.tensor(found.weights / SIZE, dtype=torch.float32)[None],
            "linear.bias": torch.tensor([found.offset], dtype=torch.float32),
        }
    )
    return head, found.left_out
