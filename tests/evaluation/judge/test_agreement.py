"""How far a judge agrees with people, against scikit-learn, and from when on that is enough."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from workbench.evaluation.judge.agreement import FEWEST, LIMIT, Agreement, agreement


@pytest.mark.parametrize("seed", range(20))
def test_kappa_is_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people = rng.integers(-1, 2, 60)
    judged = np.where(rng.random(60) < 0.6, people, rng.integers(-1, 2, 60))
    found = agreement(judged.tolist(), people.tolist())
    assert found.kappa == pytest.approx(cohen_kappa_score(judged, people))
    assert found.interval is not None
    assert found.interval[0] < found.kappa < found.interval[1]
    assert found.raw == pytest.approx((judged == people).mean())


def test_it_counts_from_enough_pairs_with_enough_agreement_on() -> None:
    people = [1, -1] * 10
    assert agreement(people, people).counts
    few = agreement(people[:-1], people[:-1])
    assert not few.counts
    assert "People have judged 19 of the same questions, and 20 are the fewest" in few.why_not
    assert few.sentence == ""
    half = agreement(people, [1, 1, -1, -1] * 5)
    assert half.kappa == pytest.approx(0)
    assert not half.counts
    assert "beyond what chance would give (Cohen's kappa) that is 0.00" in half.why_not


def test_the_lower_end_decides_and_not_kappa_itself() -> None:
    people = [1, -1] * 10
    judged = [*people[:16], *(-one for one in people[16:])]
    found = agreement(judged, people)
    assert found.kappa == pytest.approx(0.6)
    assert found.interval is not None
    assert found.interval[0] < LIMIT < found.kappa
    assert not found.counts
    many = agreement(judged * 10, people * 10)
    assert many.counts
    assert "(Cohen's kappa 0.60" in many.sentence


def test_one_and_the_same_verdict_throughout_tells_nothing() -> None:
    found = agreement([1] * 30, [1] * 30)
    assert found.kappa is None
    assert not found.counts
    assert "one and the same verdict throughout" in found.why_not
    assert found.as_dict()["agreement"] == 1.0


def test_without_pairs_there_is_none() -> None:
    found = agreement([], [])
    assert (found, found.missing) == (Agreement(0, 0), FEWEST)
    assert found.as_dict()["kappa"] is None
