"""Which column of a further file is read: of the same name, else of the same sort of words."""

import pyarrow as pa

from workbench.data.columns.likeness import guess, most_alike, usual
from workbench.data.readers import CSV, Table

LEARNED = [f"Where is my parcel number {i}? It should have come." for i in range(20)]


def table(**columns: list[str | None]) -> Table:
    data = pa.table({name: pa.array(cells, pa.large_string()) for name, cells in columns.items()})
    return Table("t.csv", data, pa.array(range(2, len(data) + 2), pa.int64()), CSV)


def test_a_column_of_the_same_name_is_it_whatever_its_case() -> None:
    found = table(EMAIL=["x"], other=[LEARNED[0]])
    assert usual("email", found) == "EMAIL"
    assert guess("email", found, LEARNED) == "EMAIL"


def test_a_template_is_it_where_all_its_columns_are_there() -> None:
    source = "{Subject}\n{Body}"
    assert usual(source, table(subject=["a"], body=["b"])) == source
    assert usual(source, table(subject=["a"])) == ""


def test_else_the_column_whose_words_are_most_alike() -> None:
    found = table(
        id=[f"{i}" for i in range(20)],
        product=["Mug, blue", "Mug, red"] * 10,
        note=["My parcel has not come: where is it?", "It should be here, where is my parcel"] * 10,
    )
    assert guess("email", found, LEARNED) == "note"
    assert most_alike(found, LEARNED) == "note"


def test_nothing_is_guessed_where_no_column_is_like_it() -> None:
    found = table(id=[f"{i}" for i in range(20)], code=["XK-7", "QQ-1"] * 10)
    assert guess("email", found, LEARNED) == ""
    assert guess("email", table(empty=[None]), LEARNED) == ""
    assert guess("email", found, []) == ""
