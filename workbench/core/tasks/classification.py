"""Classification: a text gets one of a few categories."""

import sys
from collections.abc import Sequence
from typing import Any

from workbench.core.canonical import Unreadable
from workbench.core.cells import FORMULA_ERROR
from workbench.core.tasks.task import Row, Task, text_at

MAX_NAMED_LABELS = 40
"""Up to this many categories are listed in the question itself."""


def _question(row: Row) -> str:
    return str(row["text"])


def _answer(row: Row) -> str | None:
    return text_at(row, "label")


def _worded(text: str, labels: Sequence[str]) -> str:
    known = f"Categories: {', '.join(labels)}\n" if 0 < len(labels) <= MAX_NAMED_LABELS else ""
    return (
        f"Which category does this text belong to? Answer with the category only.\n{known}\n{text}"
    )


def _record(row: Row, instruction: str) -> dict[str, Any]:
    return {"text": row["text"], "label": row["label"]}


def _category(cell: str) -> str:
    if FORMULA_ERROR.fullmatch(cell):
        raise Unreadable("a formula's error (#N/A) in place of the category")
    return sys.intern(" ".join(cell.split()))


CLASSIFICATION = Task(
    name="classification",
    title="Sort into categories",
    explanation="Each example is a text and the category it belongs to.",
    required=("text", "label"),
    optional=(),
    learned="label",
    role_titles={"text": "Text to sort", "label": "Category"},
    metric="accuracy",
    scores=("accuracy", "macro_f1"),
    question=_question,
    answer=_answer,
    worded=_worded,
    record=_record,
    cleaners={"label": _category},
    answers_are_categories=True,
    told_first="Decide which category fits the text best.",
)
