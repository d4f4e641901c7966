"""The threshold keeps right answers, and is not made up where rows are few."""

import pytest
import torch

from workbench.engine.encoder.out_of_scope.threshold import (
    ENOUGH,
    LOSS,
    MOST_OF_RIGHT,
    threshold_of,
)


def drawn(rows: int, seed: int, shift: float = 0.0) -> torch.Tensor:
    return torch.rand(rows, 3, generator=torch.manual_seed(seed)) + shift


def all_of(rows: int) -> torch.Tensor:
    return torch.ones(rows, dtype=torch.bool)


@pytest.mark.parametrize("wrong", [0, 60])
def test_at_most_the_promised_share_of_further_rows_loses_a_right_answer(wrong: int) -> None:
    """Of all questions: where more are wrong, more of the right may go."""
    lost, rows = [], 184
    for seed in range(200):
        threshold = threshold_of(drawn(rows, seed), torch.arange(rows) >= wrong)
        assert threshold is not None
        refused = threshold.refused(drawn(400, 10_000 + seed)).double().mean()
        lost.append(float(refused) * (rows - wrong) / rows)
    assert 0.8 * LOSS < sum(lost) / len(lost) <= 1.03 * LOSS


def test_of_few_right_answers_a_tenth_may_be_lost_at_most() -> None:
    rows, right = 2_000, 199
    threshold = threshold_of(drawn(rows, 1), torch.arange(rows) < right)
    assert threshold is not None
    lost = threshold.refused(drawn(rows, 1)[:right])
    assert int(lost.sum()) == int(MOST_OF_RIGHT * (right + 1)) - 1


def test_rows_that_are_neither_sure_nor_near_are_refused() -> None:
    threshold = threshold_of(drawn(400, 1), all_of(400))
    assert threshold is not None
    assert threshold.refused(drawn(50, 2, shift=-2.0)).all()


def test_each_number_counts_by_its_spread() -> None:
    wide = drawn(400, 1) * torch.tensor([1.0, 10.0, 0.1])
    narrow, other = threshold_of(drawn(400, 1), all_of(400)), threshold_of(wide, all_of(400))
    assert narrow is not None
    assert other is not None
    asked = drawn(300, 2)
    scaled = asked * torch.tensor([1.0, 10.0, 0.1])
    torch.testing.assert_close(narrow.scores(asked), other.scores(scaled), rtol=1e-4, atol=1e-4)


def test_rows_that_are_sorted_wrong_tell_nothing_of_right_ones() -> None:
    evidence, right = drawn(200, 3), torch.arange(200) < 100
    worse = torch.where(right[:, None], evidence, evidence - 5)
    assert threshold_of(worse, right) == threshold_of(evidence, right)


def test_too_few_rows_set_no_threshold() -> None:
    right = torch.arange(200) < ENOUGH - 1
    assert threshold_of(drawn(200, 4), right) is None
    right[ENOUGH - 1] = True
    assert threshold_of(drawn(200, 4), right) is not None


def test_numbers_that_are_all_alike_refuse_none_of_their_kind() -> None:
    same = torch.full((100, 3), -0.5)
    threshold = threshold_of(same, all_of(100))
    assert threshold is not None
    assert not threshold.refused(same).any()
