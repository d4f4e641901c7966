"""Scored versions of a model, to be released."""

from pathlib import Path

import pandas as pd

from storage.database import Store
from tests.helpers.exams import (
    Trained,
    accuracies,
    add_exam,
    add_trained,
    exam_of_categories,
)


def version(
    store: Store, folder: Path, right: int, project_id: int | None = None, name: str = "Run 1"
) -> Trained:
    """A scored run of a project."""
    place = folder / name
    place.mkdir()
    trained = add_trained(store, place, project_id=project_id, name=name)
    table = exam_of_categories(right, 40, 50)
    add_exam(store, trained.run_id, table, accuracies(table))
    return trained


def three(store: Store, folder: Path) -> tuple[int, list[int]]:
    """A project of three versions, each a little better; their ids."""
    first = version(store, folder, 80)
    others = [version(store, folder, 80 + 5 * i, first.project_id, f"Run {i + 1}") for i in (1, 2)]
    return first.project_id, [first.run_id, *(one.run_id for one in others)]


def by_turns(table: pd.DataFrame, turns: int = 5) -> pd.DataFrame:
    """An exam's answers as if they came by turns."""
    return table.assign(turn=[i % turns for i in range(len(table))])
