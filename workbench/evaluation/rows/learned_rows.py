"""The rows that a model learned from, and which of them are most like a question of its exam."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from storage.database import Store
from workbench.core.recipe import TURNS
from workbench.core.tasks import Task, task_named
from workbench.core.words import joined, plural
from workbench.data.splits.assign import TRAIN
from workbench.data.splits.turns import Turns, turns_in
from workbench.data.versions import VersionInfo, get_version, read_examples
from workbench.evaluation.evaluations import version_of
from workbench.evaluation.scoring.pieces import MOST_CHARS, Floats, KnownTexts, Mask
from workbench.evaluation.verdict import TURN
from workbench.training.trained_run import trained_run

SHOWN = 5
_MOST_ROWS, _MOST_LETTERS = 50_000, 2_000_000
"""So many rows and characters are compared with in the pages' process; of more, some of all."""
_SAME = 0.999


@dataclass(frozen=True)
class NearRow:
    """A row that was learned from, and how like a question it is."""

    row_id: int
    question: str
    answer: str
    likeness: float
    """0 (nothing in common) to 1 (the same wording)."""


@dataclass(frozen=True)
class LearnedRows:
    """What a model learned from, ready to be compared with."""

    row_ids: npt.NDArray[np.int64]
    questions: list[str]
    answers: list[str]
    texts: KnownTexts
    limit: float
    """Below this likeness nothing is similar (`KnownTexts.usual_limit`)."""
    all_rows: int
    """How many it learned from; more than are compared with where they are very many."""
    turns: Turns | None
    """Of a model that took its exam by turns."""

    def near(self, text: str, row_id: int | None = None) -> list[NearRow]:
        """The most similar rows, the nearest first.

        Args:
            row_id: of a question of an exam by turns: rows that its turn held out are passed over.
        """
        likeness = self.texts.likeness([text])[0]
        if row_id is not None and (mask := self._learned_in_turn_of(row_id)) is not None:
            likeness = np.where(mask, likeness, 0.0)
        order = np.argsort(-likeness, kind="stable")[:SHOWN]
        return [
            NearRow(
                int(self.row_ids[i]),
                self.questions[i],
                self.answers[i],
                min(1.0, float(likeness[i])),
            )
            for i in order
            if likeness[i] > 0
        ]

    def nearest(self, answers: pd.DataFrame) -> Floats:
        """For each row of an exam the likeness of the nearest row that was learned from."""
        by_turns = TURN in answers and self.turns is not None  # a file of the user's has no turns
        ids = answers["row_id"].tolist() if by_turns else []
        everything = np.ones(len(self.row_ids), bool)
        known: dict[int, Mask] = {}
        masks = []
        for row_id in ids:
            turn = self._turn_of(row_id)
            if turn not in known:
                mask = self._learned_in_turn_of(row_id)
                known[turn] = everything if mask is None else mask
            masks.append(known[turn])
        texts = answers["input"].astype(str).tolist()
        return self.texts.nearest(texts, masks if by_turns else None)

    def is_unlike(self, likeness: float) -> bool:
        """Whether nothing similar was learned."""
        return likeness < self.limit or likeness <= 0

    def _turn_of(self, row_id: int) -> int:
        return self.turns.of.get(row_id, -1) if self.turns else -1

    def _learned_in_turn_of(self, row_id: int) -> Mask | None:
        if self.turns is None or (turn := self._turn_of(row_id)) < 0:
            return None
        return np.array([self.turns.learns(int(row), turn) for row in self.row_ids], bool)


def learned_by(store: Store, run_id: int, *, numbers: bool = True) -> LearnedRows | None:
    """The rows that a run learned from; None where they say nothing that could be compared.

    Args:
        numbers: whether digits count where texts are compared.

    Raises:
        WorkbenchError: there is no trained model, or its examples are not on the disk any more.
    """
    version = get_version(store, version_of(store, run_id))
    return _read(version, by_turns=has_learned_all(store, run_id), numbers=numbers)


def ground_of(store: Store, run_id: int) -> str:
    """What those rows are told from: the same text as long as nothing changes."""
    version = get_version(store, version_of(store, run_id))
    return f"{version.path.name} {has_learned_all(store, run_id)}"


def has_learned_all(store: Store, run_id: int) -> bool:
    """Whether a run learned from every row, having taken its exam by turns."""
    with store.read() as session:
        return (trained_run(session, run_id).run.result or {}).get("exam") == TURNS


def _read(version: VersionInfo, *, by_turns: bool, numbers: bool) -> LearnedRows | None:
    options: dict[str, Any] = {} if by_turns else {"filters": [("split", "=", TRAIN)]}
    data = read_examples(version, **options)
    task, total = task_named(version.task), data.num_rows
    step = -(-total // _MOST_ROWS) or 1
    rows = data.take(np.arange(0, total, step)).to_pylist()
    letters = sum(min(MOST_CHARS, len(task.question(row))) for row in rows)
    rows = rows[:: max(1, -(-letters // _MOST_LETTERS))]
    questions = [task.question(row) for row in rows]
    if not any(text.strip() for text in questions):
        return None
    try:
        texts = KnownTexts(questions, numbers=numbers)
    except ValueError:  # nothing but marks that are no letters
        return None
    return LearnedRows(
        np.array([row["row_id"] for row in rows], np.int64),
        questions,
        [_answer(task, row) for row in rows],
        texts,
        texts.usual_limit(),
        total,
        turns_in(data.schema) if by_turns else None,
    )


def _answer(task: Task, row: dict[str, Any]) -> str:
    return "" if task.rows_are_documents else task.answer(row) or ""


def sentence(found: list[NearRow], rows: LearnedRows, task: str, answered: str) -> str:
    """What the nearest rows say of an answer, in words.

    Args:
        answered: what the trained model said.
    """
    if not found or rows.is_unlike(found[0].likeness):
        return (
            "Nothing similar in your data: its wording is further from every row that was learned from "
            "than those are from each other. Such a question is answered by guessing; a few examples of "
            "its kind would help."
        )
    parts = []
    if found[0].likeness >= _SAME:
        parts.append(f"Row {found[0].row_id} of your data asks the same.")
    if task_named(task).has_categories:
        same = sum(row.answer == answered for row in found)
        others = [row.answer for row in found if row.answer != answered]
        said = f"{same} of the {len(found)} nearest rows have the model's answer '{answered}'"
        instead = joined([f"'{name}'" for name in dict.fromkeys(others)])
        parts.append(f"{said}; others have {instead}." if others else f"{said}.")
    if rows.all_rows > len(rows.row_ids):
        parts.append(f"Looked at: {plural(len(rows.row_ids), 'row')} of {rows.all_rows:,}.")
    return " ".join(parts)
