"""Multinomial logistic regression with an L2 penalty, for thousands of rows in a second or two.

The objective is scikit-learn's (the mean log loss plus the squared weights over 2·C·rows, offsets
free), and so is the solver, L-BFGS. Two things make it about ten times as fast on 20,000 embeddings
in 50 categories: the gradient is computed by torch, and the features are whitened first by Böhning's
bound of the Hessian (Böhning 1992, "Multinomial logistic regression algorithm"), damped by its mean
eigenvalue, after which a third of the steps is enough and the result lies nearer to the optimum.
"""

import numpy as np
import numpy.typing as npt
import torch

ITERATIONS = 1000
TOLERANCE = 3e-5
"""The largest slope that is left."""
Floats = npt.NDArray[np.float64]


def fit(features: torch.Tensor, labels: torch.Tensor, strength: float) -> tuple[Floats, Floats]:
    """Weights (categories, features) and offsets (categories,).

    Args:
        features: (rows, features), of about length 1.
        labels: (rows,) from 0 to the highest; all occur.
        strength: C, the inverse of the regularisation.
    """
    # Imported here: a trainer that needs none of it starts sooner.
    from scipy.optimize import minimize

    rows, wide = len(features), features.shape[1] + 1
    each, several = torch.arange(rows), int(labels.max()) + 1
    with_one = torch.cat([features, torch.ones(rows, 1)], 1)
    # Of two categories scikit-learn has one row of weights, the second against the first.
    penalty = torch.full((wide,), (2 if several == 2 else 1) / (strength * rows))
    penalty[-1] = 0.0
    back = _whitening(with_one, penalty)
    white, curb = with_one @ back, (back.T * penalty) @ back

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = torch.from_numpy(flat.reshape(wide, several)).float()
        scores = white @ weights
        totals = scores.logsumexp(1)
        curbed = curb @ weights
        wrong = (totals - scores[each, labels]).double().mean()
        value = wrong + 0.5 * (weights * curbed).sum().double()
        shares = (scores - totals[:, None]).exp_()
        shares[each, labels] -= 1
        slope = white.T @ shares / rows + curbed
        return float(value), slope.double().numpy().ravel()

    options = {"maxiter": ITERATIONS, "gtol": TOLERANCE, "maxls": 50}
    options["ftol"] = 64 * np.finfo(np.float64).eps
    found = minimize(loss, np.zeros(wide * several), jac=True, method="L-BFGS-B", options=options)
    weights = back.double().numpy() @ found.x.reshape(wide, several)
    return weights[:-1].T, weights[-1]


def _whitening(features: torch.Tensor, penalty: torch.Tensor) -> torch.Tensor:
    """(features, features): what takes weights of the whitened features back to the given ones."""
    exact = features.double()
    bound = 0.5 * (exact.T @ exact) / len(features) + torch.diag(penalty.double())
    damped = bound + torch.eye(len(bound)) * bound.diagonal().mean()
    lower: torch.Tensor = torch.linalg.cholesky(torch.linalg.inv(damped))
    return lower.float()
