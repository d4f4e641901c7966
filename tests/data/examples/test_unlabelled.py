"""Rows without a category: kept beside few examples, and gone where they should not be learned."""

import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.data.columns.test_mapping import made
from workbench.core.tasks import CLASSIFICATION, COMPLETION
from workbench.data.edits.apply import apply_edit
from workbench.data.edits.edit import Edit
from workbench.data.examples import unlabelled
from workbench.data.examples.plan import Plan
from workbench.data.examples.prepare import prepare
from workbench.data.examples.unlabelled import draw_texts, texts_in, texts_of

PLAN = Plan("classification", {"text": "t", "label": "c"})
TEXTS = [f"question number {i}" for i in range(30)]
OTHERS = ["what is this", "who are you", " What is this ", "question number 3"]


def table() -> Any:
    return made(t=[*TEXTS, *OTHERS], c=["a", "b", "c"] * 10 + ["", None, "", ""])


def test_they_are_kept_with_the_examples_once_each(tmp_path: Path) -> None:
    prepared = prepare(PLAN, table())
    assert len(prepared) == 30
    assert sorted(texts_in(prepared.data.schema)) == ["what is this", "who are you"]
    assert prepared.report["unlabelled"] == 2
    path = tmp_path / "data.parquet"
    path.write_bytes(prepared.parquet().getbuffer())
    assert texts_of(path) == texts_in(prepared.data.schema)
    assert pq.read_table(path).num_rows == 30


def test_beside_many_examples_and_of_other_tasks_none_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    roles = {"text": "t", "label": "c"}
    assert draw_texts(table(), CLASSIFICATION, roles, ["x"] * 3, 1)
    assert draw_texts(table(), COMPLETION, roles, ["x"] * 3, 1) == []
    monkeypatch.setattr(unlabelled, "FEW", 2)
    assert draw_texts(table(), CLASSIFICATION, roles, ["x"] * 3, 1) == []


def test_of_very_many_some_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"unsorted {number}" for number in random.Random(1).sample(range(1000), 400)]
    many = made(t=texts, c=[""] * 400)
    monkeypatch.setattr(unlabelled, "MOST", 50)
    found = draw_texts(many, CLASSIFICATION, PLAN.roles, [], 1)
    assert len(found) == 50
    assert found == draw_texts(many, CLASSIFICATION, PLAN.roles, [], 1)
    assert found != texts[:50]
    monkeypatch.setattr(unlabelled, "MOST_CHARS", 100)
    assert sum(map(len, draw_texts(many, CLASSIFICATION, PLAN.roles, [], 1))) <= 100


def test_what_is_sorted_by_hand_is_one_no_more_and_changed_texts_let_go_of_all() -> None:
    prepared = prepare(PLAN, table())
    rows = prepared.data["row_id"].to_pylist()
    new = {"row_id": "99", "split": "train", "text": "Who are you", "label": "a"}
    for edit, left in (
        (Edit(frozenset({rows[0]})), ["what is this", "who are you"]),
        (Edit(change={(rows[0], "label"): "b"}), ["what is this", "who are you"]),
        (Edit(add=(new,)), ["what is this"]),
        (Edit(change={(rows[0], "text"): "[NAME]"}), []),
    ):
        after = apply_edit(prepared.data, prepared.plan, prepared.report, edit)
        assert sorted(texts_in(after.data.schema)) == left
        assert after.report["unlabelled"] == len(left)
