"""Thresholds: a category's own where its rows tell, the common one where they are few."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from workbench.engine.encoder.sets.thresholds import by_turns, choose


def _drawn(rows: int, cut: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0, 1, (rows, 2))
    return shares, np.stack([shares[:, 0] > cut, shares[:, 1] > 0.5], axis=1)


def test_a_category_with_many_rows_gets_the_threshold_of_its_best_f1() -> None:
    shares, wanted = _drawn(2000, 0.2)
    found = choose(shares, wanted)
    assert found[0] == pytest.approx(0.2, abs=0.03)
    assert found[1] == pytest.approx(0.5, abs=0.03)
    assert f1_score(wanted, shares >= found, average="micro") > 0.98


def test_a_category_of_few_rows_is_drawn_to_the_common_threshold() -> None:
    shares, wanted = _drawn(2000, 0.5)
    rare = np.zeros((2000, 1), bool)
    rare[:2] = True
    own = np.where(rare, 0.1, 0.01)
    found = choose(np.hstack([shares, own]), np.hstack([wanted, rare]))
    assert found[2] > 0.35  # by its two rows alone it would be 0.055


def test_nothing_that_holds_leaves_it_at_a_half() -> None:
    assert choose(np.full((5, 2), 0.3), np.zeros((5, 2), bool)) == [0.5, 0.5]


def test_by_turns_no_row_is_asked_of_who_has_learned_it() -> None:
    rows = np.arange(23, dtype=float)[:, None]
    wanted = np.ones((23, 1), bool)

    def probabilities(learned: np.ndarray, _: np.ndarray, asked: np.ndarray) -> np.ndarray:
        assert not set(learned[:, 0]) & set(asked[:, 0])
        assert len(learned) + len(asked) == 23
        return asked

    assert by_turns(rows, wanted, probabilities, seed=1)[:, 0].tolist() == list(range(23))
