"""Numbers as texts: read in every country's form, by the whole column; compared by distance."""

import math

import pytest

from workbench.core.chats.unreadable import Unreadable
from workbench.core.metrics import METRICS
from workbench.core.tasks import REGRESSION, TASKS, task_named
from workbench.core.tasks.number_answers import (
    canonical,
    form_of,
    is_score,
    reader_of,
    same_number,
    tolerance,
    value_of,
    written,
)
from workbench.core.units import few_figures, figures


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.234,50 €", "2.500 €", "950 €"], ["1234.5", "2500", "950"]),
        (["$1,234.50", "(3.00)", "-3", "USD 12"], ["1234.5", "-3", "-3", "12"]),
        (["1,0", "2,7", "10"], ["1", "2.7", "10"]),
        (["1.200", "950", "30"], ["1200", "950", "30"]),
        (["1.234", "0.5", "12.25"], ["1.234", "0.5", "12.25"]),
        (["1,200", "950"], ["1200", "950"]),
        (["45 %", "3,5 %"], ["45", "3.5"]),
        (["1e-05", "1E3", "5"], ["0.00001", "1000", "5"]),
        (["12 days", "1 day", "7 days"], ["12", "1", "7"]),
        (["1'234.50", "2 000,75"], ["1234.5", "2000.75"]),
        (["12345.678", "1.234.567"], ["12345.678", "1234567"]),
    ],
)
def test_a_column_is_read_in_its_own_form(cells: list[str], numbers: list[str]) -> None:
    read, _ = reader_of(cells)
    assert [read(cell) for cell in cells] == numbers


def test_what_is_kept_stays_as_it_is() -> None:
    for text in ("1.234", "-0.5", "1234567", "0"):
        assert canonical(text) == text


@pytest.mark.parametrize("cell", ["n/a", "four", "#N/A", "3 or 4", "12/5", "1e400", "--", "9" * 30])
def test_what_is_no_number_is_refused(cell: str) -> None:
    with pytest.raises(Unreadable):
        canonical(cell)


def test_of_several_units_the_usual_one_is_read() -> None:
    form = form_of(["3 days", "1 day", "2 weeks"])
    assert form.read("3 days") == "3"
    with pytest.raises(Unreadable, match="number in 'week' where most are in 'day'"):
        form.read("2 weeks")


def test_a_reading_that_only_the_column_decides_is_told() -> None:
    assert form_of(["1", "2.5"]).notes == []
    (told,) = form_of(["1.234", "2,5"]).notes
    assert "a comma before their decimals" in told
    assert "as other cells of the column show" in told
    (guessed,) = form_of(["1.234", "950"]).notes
    assert "no cell tells for sure" in guessed


def test_a_score_is_counted_in_steps_and_other_numbers_by_their_spread() -> None:
    assert is_score([1, 5, 3])
    assert not is_score([1.5, 2])
    assert not is_score([1, 500])
    assert tolerance([1, 2, 3, 4, 5]) == 1.0
    assert tolerance([100, 200, 1500, 90]) == 100.0
    assert tolerance([0.1, 0.2, 0.3, 0.45]) == 0.05
    assert tolerance([7.5, 7.5]) == 0.0
    assert tolerance([1.0, math.nan, 3.0]) == 1.0


def test_an_answer_is_a_wanted_number_with_the_decimals_of_that() -> None:
    assert same_number("4", "3.87")
    assert not same_number("4.0", "3.87")
    assert same_number("12.5", "12.49")
    assert not same_number("4", "")
    assert written(3.999, 2) == "4"
    assert math.isnan(value_of("inf"))


def test_it_is_a_task_of_its_own_in_which_distance_counts() -> None:
    assert task_named("regression") is REGRESSION
    assert [task.name for task in TASKS.values() if task.answers_are_numbers] == ["regression"]
    assert REGRESSION.is_read_off
    assert not REGRESSION.has_categories
    row = {"text": "Good.", "label": "4.5"}
    assert REGRESSION.record(row, "") == {"text": "Good.", "label": 4.5}
    metric = METRICS[REGRESSION.metric]
    assert metric.is_better(0.5, 0.7)
    assert metric.gain(0.5, 0.7) == pytest.approx(0.2)
    assert metric.sign == -1.0


def test_numbers_are_written_with_the_figures_that_count() -> None:
    assert [figures(value) for value in (12345.6, 4.1299, 0.01234, 0, -3.2)] == [
        "12,346", "4.13", "0.0123", "0", "-3.20",
    ]  # fmt: skip
    assert [few_figures(value) for value in (10.0, 0.07, 2000.0)] == ["10", "0.07", "2,000"]
