"""What is told of an exam in fields beside its scores: each field, what was cut, what was read in parts."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from workbench.core.tasks.rungs import RUNGS
from workbench.core.words import joined, plural
from workbench.evaluation.scoring.by_task.fields import each_field

CUT, PARTS = "cut", "parts"
_SHOWN = 6


def fields_told(answers: pd.DataFrame, names: Iterable[str]) -> dict[str, Any]:
    """Rung → `fields` (each one's right, near, missing, wrong, too_much, with intervals), `cut` (answers
    in which a field had no room) and `in_parts` (texts that were read in parts); for JSON."""
    found = {}
    for name in (name for name in names if name in answers and len(answers)):
        each = each_field(answers["expected"].tolist(), answers[name].tolist())
        found[name] = {
            "fields": [field.as_dict() for field in each],
            "cut": len(_cut(answers, name)),
            "in_parts": _in_parts(answers, name),
            "is_held_to_form": f"{CUT}_{name}" in answers,
        }
    return found


def remarks(answers: pd.DataFrame, who: str = "tuned") -> list[str]:
    """How the answers came about, in sentences: in which form, what was cut, what was read in parts."""
    held = [kind.title for kind in RUNGS if f"{CUT}_{kind.name}" in answers]
    said = []
    if held:
        said.append(
            "So that they always parse, answers were held to the form of your fields while they were "
            f"written, alike for everyone who writes: {joined(_quoted(held))}."
        )
    if cut := _cut(answers, who):
        names = dict.fromkeys(name for own in cut for name in own)
        said.append(
            f"In {plural(len(cut), 'answer')} there was no room to finish "
            f"{joined(_quoted([*names][:_SHOWN]))}: allow longer answers (Longest answer in "
            "the exam)."
        )
    if parts := _in_parts(answers, who):
        said.append(
            f"{plural(parts, 'text')} {'was' if parts == 1 else 'were'} longer than the model reads "
            "at once: read in parts, and put together field by field."
        )
    return said


def _quoted(names: Iterable[str]) -> list[str]:
    return [f"'{name}'" for name in names]


def _cut(answers: pd.DataFrame, who: str) -> list[list[str]]:
    column = f"{CUT}_{who}"
    if column not in answers:
        return []
    return [list(own) for own in answers[column] if own is not None and len(own)]


def _in_parts(answers: pd.DataFrame, who: str) -> int:
    column = f"{PARTS}_{who}"
    return int((answers[column] > 1).sum()) if column in answers else 0
