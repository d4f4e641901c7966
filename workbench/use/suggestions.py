"""Questions to try a model with: some of the exam, with the answers they should get."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.dataset

from storage import files
from storage.database import Store
from storage.tables import DatasetVersion
from workbench.core import parquet
from workbench.core.messages import is_learned
from workbench.core.recipe import TURNS
from workbench.core.tasks import Task, task_named
from workbench.training.trained_run import trained_of

_CONTINUED_WORDS = 25
"""How much of a document is given for the model to go on with."""


@dataclass(frozen=True)
class Example:
    """A question of the exam, which the model never saw while it learned; after an exam by turns,
    one of the rows that it has learned from."""

    row_id: int
    text: str
    expected: str

    def details(self) -> dict[str, Any]:
        """What is kept with the question."""
        return {"row_id": self.row_id, "expected": self.expected}


def examples(store: Store, run_id: int, count: int = 4) -> list[Example]:
    """Exam questions of the run's data, spread over the exam, with the answers they should get."""
    row = trained_of(store, run_id)
    if row is None:
        return []
    rows, task = _exam_rows(row.version), task_named(row.version.task)
    step = max(1, len(rows) // count)
    found = [_example(task, values) for values in rows[::step][:count]]
    return [example for example in found if example and example.text]


def has_learned_all(store: Store, run_id: int) -> bool:
    """Whether a run's model has learned from every row, these questions too."""
    row = trained_of(store, run_id)
    return row is not None and (row.run.result or {}).get("exam") == TURNS


def _exam_rows(version: DatasetVersion) -> list[dict[str, Any]]:
    path = files.object_path(version.content_hash)
    if not parquet.is_whole(path):
        return []
    exam = pyarrow.dataset.field("split") == "test"
    rows: list[dict[str, Any]] = parquet.examples(path, filters=exam).to_pylist()
    return rows


def _example(task: Task, row: Mapping[str, Any]) -> Example | None:
    """The row's first question and its answer, in the words of the table."""
    if task.rows_are_conversations:
        return _first_exchange(row["row_id"], task.messages(row))
    if task.rows_are_documents:
        words = row[task.learned].split(" ")
        head, rest = words[:_CONTINUED_WORDS], words[_CONTINUED_WORDS:]
        return Example(row["row_id"], " ".join(head), " ".join(rest))
    return Example(row["row_id"], task.question(row), task.answer(row) or "")


def _first_exchange(row_id: int, messages: Sequence[Mapping[str, Any]]) -> Example | None:
    for asked, told in itertools.pairwise(messages):
        if asked["role"] == "user" and is_learned(told):
            return Example(row_id, asked["content"], told["content"])
    return None
