"""The head that says of each category whether it holds: as scikit-learn finds it, and how it is scored."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from workbench.engine.encoder.probe import SIZE, STRENGTH
from workbench.engine.encoder.sets.any_of import AnyOf, fit_any, set_loss, texts_of
from workbench.engine.encoder.sets.binary_logistic import fit

SETS = ["a", "a; b", "c", "none of them"]


def _embedded(rows: int = 120, hidden: int = 12) -> tuple[torch.Tensor, np.ndarray]:
    found = torch.randn(rows, hidden, generator=torch.Generator().manual_seed(1))
    holds = np.stack([found[:, n].numpy() > 0.4 * n for n in range(3)], axis=1)
    return found, holds


def test_each_category_is_learned_as_scikit_learn_does() -> None:
    features, wanted = _embedded()
    features = features / features.norm(dim=1, keepdim=True)
    weights, offsets = fit(features, torch.as_tensor(wanted), STRENGTH)
    for label in range(3):
        theirs = LogisticRegression(C=STRENGTH, tol=1e-10, max_iter=5000)
        theirs.fit(features.double().numpy(), wanted[:, label])
        assert weights[label] == pytest.approx(theirs.coef_[0], abs=2e-3)
        assert offsets[label] == pytest.approx(theirs.intercept_[0], abs=2e-3)


def test_the_head_gives_those_scores_for_plain_embeddings() -> None:
    features, wanted = _embedded()
    head = fit_any(features, wanted)
    assert float(head.scale * (features - head.centre).square().sum(1).mean().sqrt()) == (
        pytest.approx(SIZE, rel=1e-4)
    )
    right = (head(features).detach().numpy() > 0) == wanted
    assert right.mean() > 0.95


def test_a_category_that_never_or_always_holds_is_learned_as_that() -> None:
    features, wanted = _embedded()
    wanted[:, 0], wanted[:, 1] = False, True
    scores = fit_any(features, wanted)(features).detach().numpy()
    assert np.isfinite(scores).all()
    assert (scores[:, 0] < 0).all()
    assert (scores[:, 1] > 0).all()


def test_numbers_stand_for_sets_of_known_categories() -> None:
    goal = AnyOf(SETS, ["a", "b"])  # of "c" no training row tells
    numbers = np.array([1, 2, 3])
    assert goal.wanted(numbers).tolist() == [[True, True], [False, False], [False, False]]
    scores = torch.tensor([[9.0, 9.0], [-9.0, -9.0], [9.0, -9.0]])
    found = goal.scored(scores, numbers).scores
    assert found["exact_sets"] == pytest.approx(1 / 3)
    assert found["micro_f1"] == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))
    loss = float(goal.loss(scores, torch.as_tensor(numbers), 0.0))
    assert loss == pytest.approx(9.0, abs=0.01)
    assert texts_of(np.array([[True, True], [False, False]]), ["a", "b"]) == [
        "a; b",
        "none of them",
    ]


def test_the_loss_of_an_exam_is_that_of_its_probabilities() -> None:
    shares = np.array([[0.5, 0.25], [0.5, 0.5]])
    assert set_loss(shares, ["a", "b"], ["a", "b"]) == pytest.approx(
        -np.log([0.5 * 0.75, 0.5 * 0.5]).mean()
    )
    assert set_loss(shares[:0], [], ["a", "b"]) is None
