"""Folds, and the choice among the ways to end."""

import numpy as np
import torch

from workbench.engine.encoder.calibration import Scored
from workbench.engine.encoder.few.candidates import (
    PROBE,
    Candidate,
    best_of,
    candidates,
    judged,
)
from workbench.engine.encoder.few.texts import FOLDS, folds_of

TUNED = Candidate(0.5, False)


def test_every_category_is_spread_over_the_folds_and_never_held_out_whole() -> None:
    labels = np.array([0] * 12 + [1] * 7 + [2] * 2 + [3])
    folds = folds_of(labels, seed=1)
    assert folds[-1] == -1
    for category, most in ((0, 3), (1, 2), (2, 1)):
        counts = np.bincount(folds[labels == category], minlength=FOLDS)
        assert counts.max() - counts.min() <= 1
        assert counts.max() == most
    sizes = np.bincount(folds[folds >= 0], minlength=FOLDS)
    assert sizes.max() - sizes.min() <= 1
    assert (folds_of(labels, seed=1) == folds).all()
    assert (folds_of(labels, seed=2) != folds).any()


def test_names_are_a_way_only_where_they_help() -> None:
    assert [one.names for one in candidates(False)] == [False] * 4
    assert [(one.alpha, one.names) for one in candidates(True)] == [
        (0.0, False), (0.0, True), (0.5, True), (0.75, True), (1.0, True),
    ]  # fmt: skip


def test_all_turns_count_together() -> None:
    right, wrong = torch.tensor([[9.0, 0.0]]), torch.tensor([[0.0, 9.0]])
    answers = [{PROBE: right, TUNED: right}, {PROBE: wrong, TUNED: right}]
    found = judged(answers, [np.array([0]), np.array([0])])
    assert found[PROBE].scores["accuracy"] == 0.5
    assert found[TUNED].scores["accuracy"] == 1.0
    assert best_of(found) == TUNED


def test_who_is_surer_but_right_less_often_is_not_chosen() -> None:
    found = {
        PROBE: Scored(1.0, {"loss": 0.5, "accuracy": 0.8}),
        TUNED: Scored(1.0, {"loss": 0.3, "accuracy": 0.79}),
    }
    assert best_of(found) == PROBE
    found[TUNED] = Scored(1.0, {"loss": 0.3, "accuracy": 0.8})
    assert best_of(found) == TUNED
