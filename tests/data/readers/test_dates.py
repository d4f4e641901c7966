"""Dates in many handwritings."""

import datetime as dt

import pytest

from workbench.data.readers.dates import day, seconds


def _at(*parts: int) -> float:
    return dt.datetime(*parts, tzinfo=dt.UTC).timestamp()  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05",
        "2024/3/5",
        " 2024-03-05 ",
        "05.03.2024",
        "5.3.24",
        "5. 3. 2024",
        "05. März 2024",
        "Dienstag, 5. März 2024",
        "5 March 2024",
        "Mar 5, 2024",
        "March 5th 2024",
        "5-Mar-24",
        "5 mars 2024",
        "5 de marzo de 2024",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert seconds([text]) == [_at(2024, 3, 5)]


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05T14:07:09Z",
        "2024-03-05 14:07:09.123456",
        "20240305T140709Z",
        "2024-03-05T16:07:09+02:00",
        "05.03.2024 14:07:09 Uhr",
        "05.03.2024, 14:07:09",
        "Tue, 05 Mar 2024 15:07:09 +0100 (CET)",
        "Mar 5, 2024, 2:07:09 PM",
    ],
)
def test_a_time_counts_with_its_zone(text: str) -> None:
    assert seconds([text]) == [_at(2024, 3, 5, 14, 7, 9)]


@pytest.mark.parametrize("text", ["1709647629", "1709647629000", "20240305", "45356.5"])
def test_plain_numbers_are_times_only_where_that_may_be_meant(text: str) -> None:
    assert seconds([text]) == [None]
    assert day(seconds([text], numbers=True)[0] or 0) == "5 March 2024"


def test_a_part_above_twelve_decides_what_is_the_month() -> None:
    assert seconds(["3/5/2024", "3/25/2024"]) == [_at(2024, 3, 5), _at(2024, 3, 25)]
    assert seconds(["3/5/2024", "25/3/2024"]) == [_at(2024, 5, 3), _at(2024, 3, 25)]
    assert seconds(["3/5/2024"]) == [_at(2024, 3, 5)]
    assert seconds(["3.5.2024"]) == [_at(2024, 5, 3)]


def test_rows_that_come_sorted_decide_what_is_the_month() -> None:
    days = [f"{d:02}/{m:02}/2024" for m in (1, 2, 3) for d in (2, 5, 11)]
    found = [value or 0 for value in seconds(days)]
    assert found == sorted(found)
    assert found[-1] == _at(2024, 3, 11)


@pytest.mark.parametrize(
    "text", ["", "   ", "tomorrow", "31.02.2024", "7", "4711", "1.2.3", "10:15", "٣/٥/٢٠٢٤ ق"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert seconds([text, None]) == [None, None]


def test_a_month_of_a_year_is_its_first_day() -> None:
    cells = ["März 2024", "Mrz. 2024", "marzo de 2024", "03/2024", "03.2024", "March-2024"]

    assert seconds(cells) == [_at(2024, 3, 1)] * 6


def test_a_number_behind_a_month_is_a_year_where_it_cannot_be_a_day() -> None:
    months = ["Nov 23", "Dez 23", "Jan 24", "Mrz-24"]

    assert seconds(months) == [_at(2023, 11, 1), _at(2023, 12, 1), _at(2024, 1, 1), _at(2024, 3, 1)]
    assert seconds(["Mar 18", "Mar 19", "Apr 20"]) == [None, None, None]
    assert seconds(["Mar 24", "2024-03-05"]) == [None, _at(2024, 3, 5)]
