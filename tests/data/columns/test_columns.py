"""What columns look like: amounts and dates as spreadsheets show them are no texts."""

import datetime as dt

import pyarrow as pa
import pytest

from workbench.data.columns.columns import (
    Column,
    is_label,
    is_measured,
    is_prose,
    is_question,
    look_at,
)
from workbench.data.columns.guessing import guess_roles, guess_task
from workbench.data.readers import Table
from workbench.data.readers.table import Meant

_AMOUNTS = [
    "12", "-3.5", "1,234.50 €", "1.234,50 €", "1 234,50", "€ 1.234,5", "$ 1,234.50", "($3.00)",
    "15 %", "15%", "-0.5%", "CHF 2.00", "12.50 EUR", "36:05", "1.23E+04", "2 1/2", "4 kg",
]  # fmt: skip
_TEXTS = ["Room 12", "12 parcels are late", "INV-0012", "Ticket", "a 5", "- €", "5 to 12"]


def _column(cells: list[str]) -> Column:
    return look_at(_table(x=cells))[0]


def _table(**columns: list[str]) -> Table:
    data = pa.table({name: pa.array(cells, pa.large_string()) for name, cells in columns.items()})
    return Table("t.xlsx", data, pa.array(range(2, data.num_rows + 2), pa.int64()), "xlsx")


@pytest.mark.parametrize("text", _AMOUNTS)
def test_an_amount_is_a_number_however_it_is_written(text: str) -> None:
    assert _column([text]).numeric == 1


@pytest.mark.parametrize("text", _TEXTS)
def test_a_text_with_a_number_in_it_is_none(text: str) -> None:
    assert _column([text]).numeric == 0


def test_dates_that_are_written_out_are_neither_texts_nor_categories() -> None:
    days = [dt.date(2023, 1, 1) + dt.timedelta(n * 11) for n in range(60)]
    long = _column([f"{day:%A, %d. %B %Y}" for day in days])
    short = _column([f"{day:%b %y}" for day in days])

    assert is_measured(long)
    assert is_measured(short)
    assert not any(check(c) for c in (long, short) for check in (is_prose, is_question, is_label))


def test_the_category_is_found_beside_months_and_percentages() -> None:
    days = [dt.date(2023, 1, 1) + dt.timedelta(n * 11) for n in range(60)]
    table = _table(
        Monat=[f"{day:%b %y}" for day in days],
        Anteil=[f"{n * 7 % 60} %" for n in range(60)],
        Betrag=[f"{n * 37 % 97},{n % 90 + 10} €" for n in range(60)],
        Anliegen=[f"Where is parcel {n}? It is late." for n in range(60)],
        Art=["Lieferung", "Schaden", "Rechnung", "Sonstiges"] * 15,
    )

    assert guess_task(table).task == "classification"
    assert guess_roles(table, "classification") == {"text": "Anliegen", "label": "Art"}


def test_what_a_shape_means_holds_as_far_as_its_columns_are_there() -> None:
    texts = [f"The {n}. ferry is late." for n in range(6)]
    data = pa.table({"text": texts, "topic": ["a", "b"] * 3})
    meant = Meant("classification", {"text": "text", "label": "intent"}, "so it is")
    table = Table("a.json", data, pa.array(range(6), pa.int64()), "json", meant=meant)
    assert guess_task(table).reason == "so it is"
    assert guess_roles(table, "classification") == {"text": "text", "label": "topic"}
