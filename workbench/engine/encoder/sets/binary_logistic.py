"""Binary logistic regressions with an L2 penalty, one a category, all at once.

The objective of each is scikit-learn's: the mean log loss plus the squared weights over 2·C·rows,
offset free. The features are whitened by the bound of the Hessian (see `logistic`), which is a quarter
of their second moments here.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

ITERATIONS = 1000
TOLERANCE = 1e-6
Floats = npt.NDArray[np.float64]


def fit(features: torch.Tensor, wanted: torch.Tensor, strength: float) -> tuple[Floats, Floats]:
    """Weights (categories, features) and offsets (categories,).

    Args:
        features: (rows, features), of about length 1.
        wanted: (rows, categories), whether each holds.
        strength: C, the inverse of the regularisation.
    """
    from scipy.optimize import minimize

    rows, wide, several = len(features), features.shape[1] + 1, wanted.shape[1]
    with_one = torch.cat([features, torch.ones(rows, 1)], 1).double()
    penalty = torch.full((wide,), 1 / (strength * rows), dtype=torch.float64)
    penalty[-1] = 0.0
    back = _whitening(with_one, penalty)
    white, curb, truth = with_one @ back, (back.T * penalty) @ back, wanted.double()

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = torch.from_numpy(flat.reshape(wide, several))
        scores, curbed = white @ weights, curb @ weights
        wrong = binary_cross_entropy_with_logits(scores, truth, reduction="sum") / rows
        value = wrong + 0.5 * (weights * curbed).sum()
        slope = white.T @ (scores.sigmoid() - truth) / rows + curbed
        return float(value), slope.numpy().ravel()

    options = {"maxiter": ITERATIONS, "gtol": TOLERANCE, "maxls": 50, "ftol": 1e-12}
    found = minimize(loss, np.zeros(wide * several), jac=True, method="L-BFGS-B", options=options)
    weights = back.numpy() @ found.x.reshape(wide, several)
    return weights[:-1].T, weights[-1]


def _whitening(features: torch.Tensor, penalty: torch.Tensor) -> torch.Tensor:
    bound = 0.25 * (features.T @ features) / len(features) + torch.diag(penalty)
    damped = bound + torch.eye(len(bound), dtype=bound.dtype) * bound.diagonal().mean()
    lower: torch.Tensor = torch.linalg.cholesky(torch.linalg.inv(damped))
    return lower
