"""Groups of exam rows by what a column says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.evaluation.scoring.slices.grouping import (
    EMPTY,
    Group,
    PassedOver,
    groups_of,
    length_groups,
)


def _sizes(found: list[Group] | PassedOver) -> dict[str, int]:
    assert isinstance(found, list), found
    return {group.value: len(group.places) for group in found}


def _reason(found: list[Group] | PassedOver) -> str:
    assert isinstance(found, PassedOver)
    return found.reason


def test_values_are_groups_whatever_their_capitals_and_blanks() -> None:
    cells = ["North"] * 12 + ["south"] * 11 + [" North ", "NORTH", None, "  "]
    assert _sizes(groups_of("region", cells)) == {"North": 14, "south": 11, EMPTY: 2}


def test_a_group_knows_which_rows_it_has() -> None:
    (first, second) = groups_of("channel", ["a", "b", "a", "b"], np.array([5, 6, 8, 9]))  # type: ignore[misc]
    assert (first.value, first.places.tolist()) == ("a", [5, 8])
    assert (second.value, second.places.tolist(), second.is_small) == ("b", [6, 9], True)


def test_rare_values_of_many_are_taken_together() -> None:
    cells = ["phone"] * 40 + ["mail"] * 30 + [f"shop {i % 15}" for i in range(30)]
    assert _sizes(groups_of("from", cells)) == {
        "phone": 40,
        "mail": 30,
        "others (15 values)": 30,
    }


def test_ids_and_free_texts_are_passed_over_with_a_reason() -> None:
    ids = [f"C-{i:04}" for i in range(200)]
    assert _reason(groups_of("customer", ids)) == "too many different values: 200 in 200 rows"
    numbers = [str(100_000 + i) for i in range(200)]
    assert "too many different values" in _reason(groups_of("order_id", numbers))
    twice = [f"C-{i // 4:04}" for i in range(200)]
    assert "values: 50 in" in _reason(groups_of("customer", twice))


@pytest.mark.parametrize(("cells", "why"), [([None] * 9, "empty"), (["x"] * 9, "the same")])
def test_a_column_that_tells_nothing_is_passed_over(cells: list[str | None], why: str) -> None:
    assert why in _reason(groups_of("a", cells))


def test_dates_are_months_in_their_order() -> None:
    cells: list[str | None] = [f"{day:02}.03.2026" for day in range(1, 21)]
    cells += [f"{day:02}.01.2026" for day in range(1, 21)] + [None]
    found = groups_of("received", cells)
    assert list(_sizes(found).items()) == [("January 2026", 20), ("March 2026", 20), (EMPTY, 1)]


def test_dates_of_many_months_are_quarters_or_years() -> None:
    months = [(2025 + i // 12, i % 12 + 1) for i in range(24)]
    few = [f"{year}-{month:02}-05" for year, month in months for _ in range(4)]
    assert _sizes(groups_of("day", few))["January to March 2025"] == 12
    rare = [f"{year}-{month:02}-05" for year in range(2001, 2013) for month in (1, 4, 7, 10)]
    assert _sizes(groups_of("day", rare))["2001"] == 4


def test_numbers_are_bands_of_about_the_same_size() -> None:
    cells = [f"{i},50 €" for i in range(1, 101)]
    assert _sizes(groups_of("price", cells)) == {
        "1.5 to 25.5": 25,
        "26.5 to 50.5": 25,
        "51.5 to 75.5": 25,
        "76.5 to 100": 25,
    }
    thousands = [f"{i},250.00" for i in range(1, 41)]
    assert next(iter(_sizes(groups_of("price", thousands)))) == "1250 to 10,250"


def test_numbers_of_few_values_stand_for_themselves() -> None:
    assert _sizes(groups_of("stars", ["1", "5", "4"] * 10)) == {"1": 10, "4": 10, "5": 10}


def test_lengths_are_bands_of_characters() -> None:
    found = length_groups("Length", ["x" * i for i in range(1, 41)])
    assert _sizes(found) == {
        "1 to 10 characters": 10,
        "11 to 20 characters": 10,
        "21 to 30 characters": 10,
        "31 to 40 characters": 10,
    }
    assert "the same" in _reason(length_groups("Length", ["abc"] * 20))
    one_long = length_groups("Length", ["abc"] * 30 + ["x" * i for i in range(11, 21)])
    assert list(_sizes(one_long)) == ["3 characters", "11 to 20 characters"]


@settings(max_examples=40)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=80))
def test_bands_hold_every_row_once_however_the_lengths_lie(sizes: list[int]) -> None:
    found = length_groups("Length", ["x" * size for size in sizes])
    if isinstance(found, list):
        places = np.concatenate([group.places for group in found])
        assert sorted(places.tolist()) == list(range(len(sizes)))
        assert all(len(group.places) for group in found)
    else:
        assert len(set(sizes)) < 4


@settings(max_examples=30)
@given(st.lists(st.one_of(st.none(), st.text(max_size=3), st.dates().map(str)), max_size=40))
def test_whatever_a_column_says_each_row_is_in_one_group(cells: list[str | None]) -> None:
    found = groups_of("column", cells)
    if isinstance(found, list):
        places = np.concatenate([group.places for group in found])
        assert sorted(places.tolist()) == list(range(len(cells)))
