"""Ridge regression: scikit-learn's, with the penalty that leaves the smallest errors when left out."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge, RidgeCV

from workbench.engine.encoder.numbers.conformal import half_width
from workbench.engine.encoder.numbers.ridge import ALPHAS, fit, fit_head

rng = np.random.default_rng(3)
INPUTS = rng.normal(size=(60, 12))
INPUTS -= INPUTS.mean(0)
TARGETS = INPUTS @ rng.normal(size=12) + rng.normal(0, 0.5, 60) + 3


def test_weights_and_penalty_are_those_of_scikit_learn() -> None:
    found = fit(INPUTS, TARGETS)
    known = RidgeCV(ALPHAS, scoring="neg_mean_absolute_error", store_cv_results=False)
    known.fit(INPUTS, TARGETS)
    assert found.alpha == pytest.approx(known.alpha_)
    assert found.weights == pytest.approx(known.coef_)
    assert found.offset == pytest.approx(known.intercept_, abs=0.2)


def test_errors_of_rows_that_are_left_out_are_those_of_learning_without_them() -> None:
    found = fit(INPUTS, TARGETS, (2.0,))
    one = Ridge(2.0).fit(INPUTS[1:], TARGETS[1:])
    shift = found.offset - TARGETS.mean()
    missed = TARGETS[0] - float(one.predict(INPUTS[:1])[0]) - shift
    assert found.left_out[0] == pytest.approx(missed)
    assert np.median(found.left_out) == pytest.approx(0.0, abs=1e-9)


def test_a_head_gives_what_the_regression_says() -> None:
    embeddings = torch.tensor(rng.normal(size=(60, 12)), dtype=torch.float32)
    head, _ = fit_head(embeddings, TARGETS)
    centred = (embeddings - embeddings.mean(0)).double().numpy()
    spread = np.sqrt((centred**2).sum(1).mean())
    found = fit(centred / spread, TARGETS)
    assert head(embeddings)[:, 0].detach().numpy() == pytest.approx(
        centred / spread @ found.weights + found.offset, rel=1e-3, abs=1e-3
    )


def test_the_width_is_the_quantile_that_holds_for_a_new_row() -> None:
    errors = np.arange(1.0, 20.0)
    assert half_width(errors) == 18.0
    assert half_width(np.arange(1.0, 10.0)) == 9.0
    assert half_width(np.arange(1.0, 9.0)) is None


def test_the_width_holds_nine_of_ten_new_rows() -> None:
    draw = np.random.default_rng(2)
    held = []
    for _ in range(400):
        width = half_width(np.abs(draw.standard_t(3, 60)))
        assert width is not None
        held.append((np.abs(draw.standard_t(3, 20)) <= width).mean())
    assert 0.89 < np.mean(held) < 0.92
