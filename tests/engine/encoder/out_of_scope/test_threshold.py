"""The threshold keeps right answers, and is not made up where rows are few."""

import torch

from workbench.engine.encoder.out_of_scope.threshold import (
    ENOUGH,
    FAR_LOSS,
    LOSS,
    least_near,
    threshold_of,
)


def drawn(rows: int, seed: int, shift: float = 0.0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.manual_seed(seed)
    sure = -torch.rand(rows, generator=generator) + shift
    return sure, torch.rand(rows, generator=generator) + shift


def test_at_most_the_promised_share_of_further_rows_is_lost() -> None:
    lost = []
    for seed in range(200):
        held, further = drawn(ENOUGH, seed), drawn(200, 10_000 + seed)
        threshold = threshold_of(*held, torch.ones(ENOUGH, dtype=torch.bool))
        assert threshold is not None
        lost.append(threshold.refused(*further).double().mean())
    mean = float(torch.stack(lost).mean())
    assert 0.7 * LOSS < mean < 1.15 * LOSS


def test_rows_that_are_neither_sure_nor_near_are_refused() -> None:
    threshold = threshold_of(*drawn(400, 1), torch.ones(400, dtype=torch.bool))
    assert threshold is not None
    assert threshold.refused(*drawn(50, 2, shift=-2.0)).all()


def test_rows_that_are_sorted_wrong_do_not_count() -> None:
    sure, near = drawn(200, 3)
    right = torch.arange(200) < 100
    worse = torch.where(right, sure, sure - 5)
    assert threshold_of(worse, near, right) == threshold_of(sure[:100], near[:100], right[:100])


def test_too_few_rows_set_no_threshold() -> None:
    sure, near = drawn(200, 4)
    right = torch.arange(200) < ENOUGH - 1
    assert threshold_of(sure, near, right) is None
    right[ENOUGH - 1] = True
    assert threshold_of(sure, near, right) is not None


def test_scores_that_are_all_alike_refuse_none_of_their_kind() -> None:
    same = torch.full((100,), -0.5)
    threshold = threshold_of(same, same, torch.ones(100, dtype=torch.bool))
    assert threshold is not None
    assert not threshold.refused(same, same).any()


def test_the_least_nearness_loses_a_hundredth_and_is_not_made_up() -> None:
    right = torch.ones(999, dtype=torch.bool)
    right[900:] = False
    near = torch.linspace(0.1, 1.0, 999)
    least = least_near(near, right)
    assert least is not None
    assert int((near[:900] < least).sum()) == int(FAR_LOSS * 901) - 1
    assert least_near(near[:98], right[:98]) is None
