"""Fairness between groups: gaps with intervals, and who is given which category."""

import numpy as np
import pytest

from workbench.evaluation.scoring.slices.fairness import find_gap, selection_rates
from workbench.evaluation.scoring.slices.grouping import Group, groups_of
from workbench.evaluation.scoring.slices.slices import difference_interval


def _groups(cells: list[str]) -> list[Group]:
    found = groups_of("region", list(cells))
    assert isinstance(found, list)
    return found


def test_the_gap_is_between_the_best_and_the_worst_served() -> None:
    groups = _groups(["North"] * 50 + ["South"] * 50 + ["East"] * 50 + ["Tiny"] * 5)
    right = np.array([1.0] * 25 + [0.0] * 25 + [1.0] * 45 + [0.0] * 5 + [1.0] * 40 + [0.0] * 15)
    gap = find_gap(groups, right, is_share=True)
    assert gap is not None
    assert (gap.best, gap.worst, gap.groups) == ("South", "North", 3)
    assert gap.gap == pytest.approx(0.4)
    assert gap.certain
    alone = difference_interval(right[50:100], right[:50], is_share=True)
    assert gap.low < alone[0] < gap.gap < alone[1] < gap.high, "wider, for the pair was picked"


def test_a_gap_that_chance_makes_is_not_certain() -> None:
    rng, certain = np.random.default_rng(2), 0
    for _ in range(200):
        groups = _groups(rng.choice(list("abcdef"), 180).tolist())
        gap = find_gap(groups, (rng.random(180) < 0.8).astype(float), is_share=True)
        certain += gap is not None and gap.certain
    assert certain <= 10


def test_turns_make_the_gap_less_sure() -> None:
    groups = _groups(["North"] * 50 + ["South"] * 50)
    right = np.array([1.0] * 30 + [0.0] * 20 + [1.0] * 45 + [0.0] * 5)
    apart = find_gap(groups, right, is_share=True)
    turns = find_gap(groups, right, is_share=True, by_turns=True)
    assert apart is not None
    assert turns is not None
    assert turns.low < apart.low


def test_too_few_rows_tell_nothing() -> None:
    assert find_gap(_groups(["a"] * 30 + ["b"] * 9), np.ones(39), is_share=True) is None


def test_rates_say_who_is_given_what_and_what_belongs_there() -> None:
    groups = _groups(["North"] * 10 + ["South"] * 10)
    expected = ["yes"] * 5 + ["no"] * 5 + ["yes"] * 5 + ["no"] * 5
    answered = ["yes"] * 2 + ["no"] * 8 + ["yes"] * 8 + ["no"] * 2
    table = selection_rates(groups, expected, answered).set_index(["group", "category"])
    north, south = table.loc[("North", "yes")], table.loc[("South", "yes")]
    assert (north["given"], north["wanted"], north["found"]) == (0.2, 0.5, 0.4)
    assert (south["given"], south["wanted"], south["found"]) == (0.8, 0.5, 1.0)


def test_of_many_categories_those_are_kept_in_which_groups_differ() -> None:
    groups = _groups(["North"] * 60 + ["South"] * 60)
    names = [f"c{i % 20}" for i in range(120)]
    answered = [*names[:60], *("c7" for _ in range(60))]
    table = selection_rates(groups, names, answered)
    assert table["category"].nunique() == 12
    assert "c7" in set(table["category"])
