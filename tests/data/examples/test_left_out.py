from workbench.data.examples.left_out import left_out, reasons, sentence, total


def test_left_out_rows_are_summed_up() -> None:
    dropped = left_out({"empty 'reply'": [4, 9, 11, 12, 15, 18], "exact duplicate": [7]})
    assert total(dropped) == 7
    assert sentence(dropped) == (
        "7 rows were left out: 6 × empty 'reply' (rows 4, 9, 11, 12, 15 …), "
        "1 × exact duplicate (row 7)."
    )
    assert sentence({}) == ""


def test_of_many_rows_the_first_numbers_are_kept() -> None:
    dropped = left_out({"too many cells": range(1, 101)})
    assert dropped["too many cells"] == {"count": 100, "rows": list(range(1, 21))}
    assert sentence(dropped) == "100 rows were left out: too many cells (rows 1, 2, 3, 4, 5 …)."
    assert reasons(dropped) == "100 × too many cells (rows 1, 2, 3, 4, 5 …)"
    assert sentence(left_out({"empty 'a'": [9]})) == "1 row was left out: empty 'a' (row 9)."
