"""Which row is asked in which turn."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.data.splits.assign import alike_key, question_key
from workbench.data.splits.turns import (
    MOST_BY_TURNS,
    NEVER,
    Turns,
    draw_turns,
    turns_from,
    turns_in,
    turns_of,
    with_turns,
)

COLOURS = ("red", "green", "blue", "white")


def keys_of(questions: list[str]) -> list[str]:
    return [question_key(text) for text in questions]


def drawn(rows: int = 40, **values: object) -> Turns:
    questions = [f"question number {chr(97 + i % 26)}{i}" for i in range(rows)]
    categories = [COLOURS[i % 4] for i in range(rows)]
    found = draw_turns(range(1, rows + 1), keys_of(questions), categories, seed=1, **values)
    assert found is not None
    return found


def test_every_row_is_asked_once_and_categories_are_shared_out_alike() -> None:
    turns = drawn()
    assert (turns.count, len(turns.of), turns.forward) == (5, 40, False)
    assert set(Counter((turn, (row - 1) % 4) for row, turn in turns.of.items()).values()) == {2}
    assert turns == drawn()
    assert turns != draw_turns(
        range(1, 41), keys_of([f"other {i}" for i in range(40)]), None, seed=1
    )


def test_what_belongs_together_is_asked_in_one_turn() -> None:
    customers = [f"customer {i // 4}" for i in range(40)]
    turns = drawn(groups=customers)
    by_customer = {(customers[row - 1], turn) for row, turn in turns.of.items()}
    assert len(by_customer) == 10
    questions = [
        f"where is order {i}{'!' * (i % 3)}" if i < 2 else f"w{'x' * i}" for i in range(30)
    ]
    alike = [alike_key(text) for text in questions]
    close = draw_turns(range(30), keys_of(questions), None, seed=3, alike=alike)
    assert close is not None
    assert close.of[0] == close.of[1]


def test_a_category_of_one_block_is_always_learned() -> None:
    keys = keys_of([f"text {i}" for i in range(20)])
    turns = draw_turns(range(20), keys, ["lonely", *["a", "b"] * 9, "b"], seed=1)
    assert turns is not None
    assert 0 not in turns.of
    assert len(turns.of) == 19
    assert all(turns.learns(0, turn) for turn in range(turns.count))


def test_two_rows_of_a_category_are_never_asked_together() -> None:
    labels = [f"category {i // 2}" for i in range(60)]
    turns = draw_turns(range(60), keys_of([f"text {i}" for i in range(60)]), labels, seed=1)
    assert turns is not None
    assert all(turns.of[i] != turns.of[i + 1] for i in range(0, 60, 2))
    assert {*Counter(turns.of.values()).values()} == {12}


def test_in_order_of_time_only_what_came_before_is_learned() -> None:
    moments = [float(100 - i) for i in range(40)]
    turns = drawn(moments=moments)
    assert (turns.count, turns.forward, len(turns.of)) == (5, True, 20)
    for turn in range(turns.count):
        asked = [moments[row - 1] for row, own in turns.of.items() if own == turn]
        learned = [moments[row - 1] for row in range(1, 41) if turns.learns(row, turn)]
        assert max(learned) < min(asked)
    undated = drawn(moments=[None, *moments[1:]])
    assert 1 not in undated.of
    assert undated.learns(1, 0)


@pytest.mark.parametrize("rows", [MOST_BY_TURNS, 1])
def test_many_rows_and_one_have_none(rows: int) -> None:
    assert draw_turns(range(rows), keys_of([f"text {i}" for i in range(rows)]), seed=1) is None


def test_rows_that_hang_together_too_much_have_none() -> None:
    keys = keys_of([f"text {i}" for i in range(20)])
    assert draw_turns(range(20), keys, seed=1, groups=["one"] * 15 + ["two"] * 5) is None


def test_rows_keep_their_turns_after_a_change() -> None:
    before = drawn()
    questions = [f"question number {chr(97 + i % 26)}{i}" for i in range(40)]
    questions[7] = questions[30]
    kept = draw_turns(
        range(1, 43), keys_of([*questions, "new one", "another"]),
        [COLOURS[i % 4] for i in range(42)], seed=1, earlier=before,
    )  # fmt: skip
    assert kept is not None
    moved = [row for row in before.of if kept.of[row] != before.of[row]]
    assert set(moved) <= {8, 31}
    assert kept.of[8] == kept.of[31]
    assert {41, 42} <= set(kept.of)
    ahead = drawn(moments=[float(i) for i in range(40)])
    later = draw_turns(range(2, 42), keys_of([*questions[1:], "new one"]), seed=1, earlier=ahead)
    assert later is not None
    assert later.forward
    assert later.of.get(41, NEVER) == NEVER
    assert later.of == {row: turn for row, turn in ahead.of.items() if row not in (8, 31)} | {
        row: later.of[row] for row in (8, 31) if row in later.of
    }


def test_they_stand_beside_the_columns_of_the_file(tmp_path: Path) -> None:
    turns, path = drawn(), tmp_path / "data.parquet"
    table = pa.table({"row_id": range(1, 41)})
    told = with_turns(table, turns)
    pq.write_table(told.filter(pa.array([i > 3 for i in range(40)])), path)
    assert turns_of(path) == turns == turns_from(turns.as_dict())
    assert told.column_names == ["row_id"]
    assert turns_in(with_turns(told, None).schema) is None
    pq.write_table(table, path)
    assert turns_of(path) is None
    assert turns.facts() == {"turns": 5, "rows": 40, "forward": False}
