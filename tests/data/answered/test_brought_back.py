"""Corrections found again in a file that people have worked in."""

import random
from collections.abc import Mapping, Sequence

import pyarrow as pa

from workbench.data.answered.brought_back import AnswerChange, changed_answers
from workbench.data.readers import CSV, Table


def table(columns: Mapping[str, Sequence[str | None]], first: int = 2) -> Table:
    rows = len(next(iter(columns.values())))
    data = pa.table({name: pa.array(cells, pa.large_string()) for name, cells in columns.items()})
    return Table("t.csv", data, pa.array(range(first, first + rows), pa.int64()), CSV)


def written() -> dict[str, list[str | None]]:
    return {
        "id": [f"{n}" for n in range(8)],
        "text": [f"Where is order {n}?" for n in range(8)],
        "answer": ["shipping" if n % 2 else "refund" for n in range(8)],
        "sure": [f"{n}%" for n in range(8)],
    }


TITLES = ("answer",)


def test_what_nobody_touched_is_no_change() -> None:
    found = changed_answers(table(written()), table(written()), TITLES)
    assert (found.changes, found.lost, found.new) == ((), (), ())
    assert found.pairs == {n: n for n in range(2, 10)}


def test_changes_are_found_after_sorting_and_inserting_and_deleting() -> None:
    edited = written()
    edited["answer"][3] = "complaint"
    edited["answer"][6] = None
    order = [7, 6, 3, 1, 0, 5, 2]  # 4 is gone
    mixed = {name: [cells[at] for at in order] for name, cells in edited.items()}
    for cells in mixed.values():
        cells.insert(2, "new")
    found = changed_answers(table(written()), table(mixed), TITLES)
    assert found.changes == (
        AnswerChange(5, 5, "answer", "shipping", "complaint"),
        AnswerChange(8, 3, "answer", "refund", None),
    )
    assert (found.lost, found.new) == ((6,), (4,))


def test_columns_may_be_moved_renamed_and_deleted() -> None:
    edited = written()
    edited["answer"][3] = "complaint"
    moved = {
        "Right category": edited["answer"],
        "note": [None] * 8,
        "TEXT ": edited["text"],
    }
    found = changed_answers(table(written()), table(moved), TITLES)
    assert found.columns == {"answer": "Right category"}
    assert found.changes == (AnswerChange(5, 5, "answer", "shipping", "complaint"),)


def test_a_column_of_answers_that_is_gone_is_not_made_up() -> None:
    edited = written()
    del edited["answer"]
    found = changed_answers(table(written()), table(edited), TITLES)
    assert found.columns == {}
    assert found.changes == ()


def test_rows_that_say_the_same_are_told_apart_by_answers_and_order() -> None:
    before = {"text": ["same"] * 4 + ["other"], "answer": ["a", "b", "c", "d", "e"]}
    after = {"text": ["other"] + ["same"] * 4, "answer": ["e", "d", "x", "c", "a"]}
    found = changed_answers(table(before), table(after), TITLES)
    assert found.changes == (AnswerChange(3, 4, "answer", "b", "x"),)


def test_a_mended_question_is_found_by_what_else_stands_in_its_row() -> None:
    edited = written()
    edited["text"][3] = "Where is my order number 3?"
    edited["answer"][3] = "complaint"
    found = changed_answers(table(written()), table(edited), TITLES)
    assert found.changes == (AnswerChange(5, 5, "answer", "shipping", "complaint"),)


def test_blanks_that_a_program_changes_are_no_corrections() -> None:
    before = {"text": ["a\r\nb", "c"], "answer": ["one\ntwo ", None]}
    after = {"text": ["a\nb", "c"], "answer": ["one\r\ntwo", " "]}
    assert changed_answers(table(before), table(after), TITLES).changes == ()


def test_columns_that_a_program_wrote_anew_do_not_hide_the_rows() -> None:
    before = {
        "number": [f"00{n}" for n in range(6)],
        "text": ["same"] * 3 + ["other"] * 3,
        "day": [f"2024-05-0{n + 1}" for n in range(6)],
        "answer": ["a", "b", "c", "d", "e", "f"],
    }
    after = {
        "number": [f"{n}" for n in (3, 4, 5, 0, 1, 2)],
        "text": ["other"] * 3 + ["same"] * 3,
        "day": [f"0{n + 1}.05.2024" for n in (3, 4, 5, 0, 1, 2)],
        "answer": ["d", "x", "f", "a", "b", "c"],
    }
    found = changed_answers(table(before), table(after), TITLES)
    assert found.changes == (AnswerChange(6, 3, "answer", "e", "x"),)
    assert (found.lost, found.new) == ((), ())


def test_large_tables_with_many_copies_are_quick() -> None:
    draw = random.Random(7)
    rows = 40_000
    before: dict[str, list[str | None]] = {
        "text": [f"text {n % 900}" for n in range(rows)],
        "answer": [draw.choice("abc") for _ in range(rows)],
    }
    order = list(range(rows))
    draw.shuffle(order)
    after = {name: [cells[at] for at in order] for name, cells in before.items()}
    after["answer"][77] = "changed"
    found = changed_answers(table(before), table(after), TITLES)
    assert [change.after for change in found.changes] == ["changed"]
    assert found.changes[0].before == before["answer"][order[77]]
