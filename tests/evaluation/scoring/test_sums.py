import numpy as np
import pytest
from sklearn.metrics import f1_score

from workbench.evaluation.scoring.sums import chrf_sums, macro_f1_sums, mean_sums


def _labels(seed: int, n: int = 60) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(seed)
    expected = rng.choice(list("abcd"), n, p=[0.5, 0.3, 0.15, 0.05])
    answers = np.where(rng.random(n) < 0.7, expected, rng.choice(list("abcde"), n))
    return expected.tolist(), answers.tolist()


def test_macro_f1_is_that_of_scikit_learn_for_any_rows() -> None:
    for seed in range(5):
        expected, answers = _labels(seed)
        sums = macro_f1_sums(expected, answers, ["never"])
        assert sums.score == pytest.approx(f1_score(expected, answers, average="macro"))
        drawn = np.random.default_rng(seed).integers(0, 60, 25)
        some = float(sums.of(sums.rows[drawn].sum(0)))
        parts = [expected[i] for i in drawn], [answers[i] for i in drawn]
        assert some == pytest.approx(f1_score(*parts, average="macro", zero_division=0))


def test_a_mean_is_a_mean() -> None:
    assert mean_sums([1.0, 0.0, 0.5]).score == 0.5


def test_chrf_of_the_same_texts_is_whole() -> None:
    assert chrf_sums(["abc def"] * 2, ["abc def"] * 2).score == pytest.approx(100)
