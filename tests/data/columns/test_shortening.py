"""A column that is much shorter than another speaks for summaries, whatever both are called."""

import pyarrow as pa
import pytest

from tests.helpers.shared_data import real
from workbench.data.columns.shortening import reason
from workbench.data.readers import Table, read_table

LONG = "Case {n}: the council met on Monday and spoke for hours about the bridge and its road. " * 4
SHORT = "The council spoke about bridge {n}."


def table_of(rows: list[tuple[str, str]], titles: tuple[str, str]) -> Table:
    cells = zip(titles, zip(*rows, strict=True), strict=True)
    data = pa.table({title: pa.array(own, pa.large_string()) for title, own in cells})
    return Table("t.csv", data, pa.array(range(2, data.num_rows + 2), pa.int64()), "csv")


@pytest.mark.parametrize("titles", [("minutes", "gist"), ("Protokoll", "Kurzfassung")])
def test_a_much_shorter_column_is_told_with_how_much(titles: tuple[str, str]) -> None:
    rows = [(LONG.format(n=n), SHORT.format(n=n)) for n in range(30)]
    said = reason(table_of(rows, titles))
    assert said == f"'{titles[1]}' is about 10 times shorter than '{titles[0]}'"


def test_texts_of_like_length_say_nothing() -> None:
    rows = [(SHORT.format(n=n) * 2, SHORT.format(n=n + 50)) for n in range(30)]
    assert not reason(table_of(rows, ("question", "answer")))


def test_categories_are_no_summaries() -> None:
    rows = [(LONG.format(n=n), f"{'road' if n % 2 else 'bridge'}") for n in range(30)]
    assert not reason(table_of(rows, ("text", "label")))


def test_a_real_table_of_questions_and_their_summaries_is_told() -> None:
    assert "'Summary' is about" in reason(read_table(real("meqsum/MeQSum.xlsx")))
