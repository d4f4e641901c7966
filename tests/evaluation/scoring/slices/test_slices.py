"""Slices: scores of groups, and which of them are no chance."""

import numpy as np
import pytest
from scipy import stats

from workbench.evaluation.scoring.intervals import by_turns_interval, wilson_interval
from workbench.evaluation.scoring.slices.grouping import Group, groups_of
from workbench.evaluation.scoring.slices.slices import Slice, find_slices


def _groups(**columns: list[str]) -> list[Group]:
    made = [groups_of(name, list(cells)) for name, cells in columns.items()]
    return [group for groups in made if isinstance(groups, list) for group in groups]


def _one(found: list[Slice], value: str) -> Slice:
    (one,) = [one for one in found if one.value == value]
    return one


def _regions(weak: int, others: int = 140) -> tuple[list[Group], np.ndarray]:
    """North gets so many of 40 right, South so many of 160."""
    right = [1.0] * weak + [0.0] * (40 - weak) + [1.0] * others + [0.0] * (160 - others)
    return _groups(region=["North"] * 40 + ["South"] * 160), np.array(right)


def test_the_numbers_are_those_of_wilson_newcombe_and_fisher() -> None:
    groups, right = _regions(20)
    north = _one(find_slices(groups, right, is_share=True), "North")
    assert (north.rows, north.score, north.difference) == (40, 0.5, pytest.approx(0.5 - 140 / 160))
    assert (north.low, north.high) == pytest.approx(wilson_interval(20, 40))
    (l1, u1), (l2, u2) = wilson_interval(20, 40), wilson_interval(140, 160)
    low = -0.375 - np.sqrt((0.5 - l1) ** 2 + (u2 - 0.875) ** 2)
    high = -0.375 + np.sqrt((u1 - 0.5) ** 2 + (0.875 - l2) ** 2)
    assert (north.difference_low, north.difference_high) == pytest.approx((low, high))
    assert north.p == pytest.approx(stats.fisher_exact([[20, 20], [140, 20]]).pvalue)
    assert north.is_weak


@pytest.mark.parametrize("weak", [40, 36, 30, 0])
def test_p_is_fishers_for_every_table(weak: int) -> None:
    groups, right = _regions(weak)
    north = _one(find_slices(groups, right, is_share=True), "North")
    expected = stats.fisher_exact([[weak, 40 - weak], [140, 20]]).pvalue
    assert north.p == pytest.approx(expected)


def test_the_weak_group_comes_first_and_its_opposite_is_no_weakness() -> None:
    groups, right = _regions(20)
    found = find_slices(groups, right, is_share=True)
    assert [(one.value, one.is_weak, one.certain) for one in found] == [
        ("North", True, True),
        ("South", False, True),
    ]


def test_a_small_group_is_never_certain_and_comes_last() -> None:
    groups = _groups(region=["North"] * 9 + ["South"] * 91, kind=["a", "b"] * 50)
    found = find_slices(groups, np.array([0.0] * 9 + [1.0] * 91), is_share=True)
    north = found[-1]
    assert (north.value, north.is_small, north.certain, north.p) == ("North", True, False, None)


def test_what_one_test_would_flag_is_chance_among_many() -> None:
    rng = np.random.default_rng(3)
    weak, right = _regions(29)
    alone = _one(find_slices(weak, right, is_share=True), "North")
    assert alone.p is not None
    assert alone.p < 0.05
    many = {f"column {i}": rng.choice(list("abcdefgh"), 200).tolist() for i in range(30)}
    among = _one(find_slices([*weak, *_groups(**many)], right, is_share=True), "North")
    assert among.p == alone.p
    assert not among.certain


def test_of_tables_without_a_weak_group_few_are_flagged() -> None:
    rng, flagged = np.random.default_rng(11), 0
    for _ in range(40):
        columns = {f"c{i}": rng.choice(list("abcde"), 200).tolist() for i in range(6)}
        right = (rng.random(200) < 0.85).astype(float)
        flagged += any(one.certain for one in find_slices(_groups(**columns), right, is_share=True))
    assert flagged <= 2


def test_rows_that_were_asked_by_turns_tell_less() -> None:
    groups, right = _regions(28)
    apart = _one(find_slices(groups, right, is_share=True), "North")
    turns = _one(find_slices(groups, right, is_share=True, by_turns=True), "North")
    assert (turns.low, turns.high) == pytest.approx(by_turns_interval(28, 40))
    assert apart.p is not None
    assert turns.p is not None
    assert turns.p > apart.p
    assert turns.difference_low < apart.difference_low
    assert (apart.certain, turns.certain) == (True, False)


def test_likenesses_are_compared_by_their_means() -> None:
    rng = np.random.default_rng(5)
    groups = _groups(region=["North"] * 50 + ["South"] * 150)
    likeness = np.concatenate([rng.normal(40, 10, 50), rng.normal(55, 10, 150)])
    north = find_slices(groups, likeness, is_share=False)[0]
    assert (north.value, north.is_weak) == ("North", True)
    assert north.score == pytest.approx(likeness[:50].mean())
    by_t = stats.t.interval(0.95, 49, likeness[:50].mean(), stats.sem(likeness[:50]))
    assert (north.low, north.high) == pytest.approx(by_t)
    assert north.difference_low < north.difference < north.difference_high < 0


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_where_all_rows_score_the_same_nothing_is_certain(right: float) -> None:
    groups, _ = _regions(0)
    found = find_slices(groups, np.full(200, right), is_share=True)
    assert [one.certain for one in found] == [False, False]
    assert find_slices([], np.ones(5), is_share=True) == []


def test_the_same_rows_always_give_the_same_answer() -> None:
    groups, right = _regions(30)
    first = find_slices(groups, right, is_share=True)
    assert first == find_slices(groups, right, is_share=True)
