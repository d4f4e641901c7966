"""What numbers and dates mean, however they are written."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from workbench.core.fields.values import dates, numbers, same_date, same_number


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("9.00", 9),
        ("RM9.00", 9),
        ("$ 1,234.50", Decimal("1234.5")),
        ("1.234,50 €", Decimal("1234.5")),
        ("1'234", 1234),
        ("-5,59", Decimal("-5.59")),
        ("(12)", -12),
        (9, 9),
        (9.0, 9),
        ("15 %", 15),
        ("٣", 3),
    ],
)
def test_a_number_is_its_value(value: Any, wanted: Any) -> None:
    assert numbers(value) == {Decimal(wanted)}


def test_two_currencies_are_two_numbers() -> None:
    assert same_number("9.00", "RM 9")
    assert same_number("$1,234.5", "1.234,50 USD")
    assert not same_number("$9", "€9")
    assert not same_number("9", "9.5")
    assert same_date("25/12/2018", "Dec 25, 2018")
    assert not same_date("25/12/2018", "26/12/2018")


def test_three_digits_behind_a_mark_can_be_both() -> None:
    assert numbers("1.000") == {Decimal(1), Decimal(1000)}


@pytest.mark.parametrize(
    "value", ["nine", "12/05/2018", "A12", "TD01167104", "5 kg", None, True, "1.2.3", "", "-"]
)
def test_what_is_no_number_has_none(value: Any) -> None:
    assert not numbers(value)


@pytest.mark.parametrize(
    "value",
    ["2018-12-25", "25/12/2018", "25.12.18", "25 DEC 2018", "December 25, 2018", "20181225",
     "25-12-2018 8:13:39 PM", "25 décembre 2018", "Tue, 25 Dec 2018"],
)  # fmt: skip
def test_a_date_is_its_day(value: str) -> None:
    assert dt.date(2018, 12, 25) in dates(value)


def test_days_and_months_may_be_either() -> None:
    assert dates("03/05/2020") == {dt.date(2020, 5, 3), dt.date(2020, 3, 5)}


@pytest.mark.parametrize("value", ["32/13/2018", "yesterday", "9.00", None, "", "2018"])
def test_what_is_no_date_has_none(value: Any) -> None:
    assert not dates(value)
