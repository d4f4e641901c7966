"""Which column of numbers a text may be given, and when that is what a table is for."""

import pyarrow as pa
import pytest

from workbench.data.columns.guessing import guess_all_roles, guess_task
from workbench.data.readers.table import Table


def table_of(columns: dict[str, list[str]]) -> Table:
    data = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    return Table("t.csv", data, pa.array(range(2, data.num_rows + 2), pa.int64()), "csv")


TEXTS = [f"The {n}. guest wrote a line or two about the stay." for n in range(60)]


@pytest.mark.parametrize(
    ("columns", "task"),
    [
        ({"price": [f"{n * 3 + 1},50" for n in range(60)]}, "regression"),
        ({"stars": [str(n % 5 + 1) for n in range(60)]}, "classification"),
        ({"label": [str(n % 30) for n in range(60)]}, "classification"),
        ({"": [str(n) for n in range(60)]}, "language-modelling"),
        ({"days": [str(n % 30) for n in range(60)]}, "regression"),
        ({"whatever": [str(n * 7 % 50) for n in range(60)]}, "regression"),
        (
            {"sentiment": ["good", "bad"] * 30, "score": [str(n) for n in range(60)]},
            "classification",
        ),
        ({"city": ["Rome", "Oslo"] * 30, "price": [str(n) for n in range(60)]}, "classification"),
        (
            {"city": ["Rome", "Oslo"] * 30, "stars": [str(n % 5) for n in range(60)]},
            "classification",
        ),
        ({"stars": ["0", "1"] * 30}, "classification"),
        ({"id": [str(n) for n in range(60)]}, "language-modelling"),
        ({"zip": [str(10000 + n) for n in range(60)], "year": ["2024"] * 60}, "language-modelling"),
    ],
)
def test_a_table_of_texts_and_numbers_is_known(columns: dict[str, list[str]], task: str) -> None:
    assert guess_task(table_of({"review": TEXTS, **columns})).task == task


def test_the_telling_name_is_taken() -> None:
    columns = {"review": TEXTS, "visits": [str(n % 40) for n in range(60)]}
    table = table_of({**columns, "price": [str(n * 2) for n in range(60)]})
    assert guess_all_roles(table, "regression") == {"text": "review", "label": "price"}


def test_of_a_score_it_is_said_that_distances_may_count() -> None:
    few = table_of({"review": TEXTS, "stars": [str(n % 5 + 1) for n in range(60)]})
    assert "choose 'Estimate a number'" in guess_task(few).reason
    kinds = table_of({"review": TEXTS, "kind": [str(n % 5 + 1) for n in range(60)]})
    assert "Estimate a number" not in guess_task(kinds).reason
