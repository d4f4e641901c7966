"""The making of examples tells how far it is, and can be broken off."""

import dataclasses
import itertools
from typing import Any

import pytest

from tests.data.columns.test_mapping import made
from workbench.data.edits.apply import apply_edit
from workbench.data.edits.edit import Edit
from workbench.data.examples import examples
from workbench.data.examples.plan import Plan
from workbench.data.examples.prepare import prepare
from workbench.data.splits.split_by import SplitBy
from workbench.data.splits.turns import turns_in, with_turns

PLAN = Plan("classification", {"text": "t", "label": "c"}, near_duplicates=True)


def table() -> Any:
    return made(t=[f"question number {i}" for i in range(90)], c=["a", "b", "c"] * 30)


def test_it_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "_TOLD_ROWS", 10)
    told: list[float] = []

    prepared = prepare(PLAN, table(), progress=told.append)

    assert told == sorted(told)
    assert told[0] == 0.0
    assert 0.9 <= told[-1] <= 1.0
    gaps = [later - earlier for earlier, later in itertools.pairwise(told)]
    assert max(gaps) < 0.25
    assert prepared.data.equals(prepare(PLAN, table()).data)


def test_it_can_be_broken_off_on_the_way() -> None:
    class Enough(Exception):
        pass

    def leave(share: float) -> None:
        if share > 0.5:
            raise Enough

    with pytest.raises(Enough):
        prepare(PLAN, table(), progress=leave)


def test_few_rows_get_turns_that_hold_what_belongs_together() -> None:
    prepared = prepare(PLAN, table())
    turns = turns_in(prepared.data.schema)
    assert turns is not None
    assert prepared.report["turns"] == {"turns": 5, "rows": 90, "forward": False}
    assert set(turns.of) == set(prepared.data["row_id"].to_pylist())
    by_who = dataclasses.replace(PLAN, split_by=SplitBy("group", "who"))
    people = [f"customer {i // 5}" for i in range(90)]
    made_of = made(**table().data.to_pydict(), who=people)
    drawn = turns_in(prepare(by_who, made_of).data.schema)
    assert drawn is not None
    rows = zip(made_of.row_numbers.to_pylist(), people, strict=True)
    assert len({(person, drawn.of[row]) for row, person in rows}) == 18


def test_dates_make_turns_that_look_ahead_and_an_exam_file_makes_none() -> None:
    dated = made(**table().data.to_pydict(), day=[f"2026-01-{1 + i // 3:02}" for i in range(90)])
    prepared = prepare(dataclasses.replace(PLAN, split_by=SplitBy("time", "day")), dated)
    assert prepared.report["turns"]["forward"]
    own = prepare(PLAN, table(), made(t=["what else is there"], c=["a"]))
    assert turns_in(own.data.schema) is None
    assert "turns" not in own.report


def test_many_rows_get_none() -> None:
    rows = 1000
    many = made(t=[f"text {chr(97 + i % 26)} {i}" for i in range(rows)], c=["a", "b"] * 500)
    plan = Plan("classification", {"text": "t", "label": "c"})
    assert turns_in(prepare(plan, many).data.schema) is None


def test_a_change_keeps_the_turns() -> None:
    prepared = prepare(PLAN, table())
    before = turns_in(prepared.data.schema)
    first, *others = prepared.data["row_id"].to_pylist()
    edit = Edit(frozenset({first}), {(others[0], "label"): "c"})
    after = apply_edit(prepared.data, PLAN, prepared.report, edit)
    kept = turns_in(after.data.schema)
    assert before is not None
    assert kept is not None
    assert kept.of == {row: turn for row, turn in before.of.items() if row != first}
    assert after.report["turns"]["rows"] == 89
    old = with_turns(prepared.data, None)
    assert turns_in(apply_edit(old, PLAN, prepared.report, edit).data.schema) is None
