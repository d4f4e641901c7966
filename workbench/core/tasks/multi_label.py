"""Multi-label classification: a text gets every category that holds for it, or none."""

from collections.abc import Sequence
from typing import Any

from workbench.core.tasks.category_sets import NONE, SEPARATOR, canonical, categories_in
from workbench.core.tasks.classification import MAX_NAMED_LABELS
from workbench.core.tasks.task import Row, Task, text_at


def _question(row: Row) -> str:
    return str(row["text"])


def _answer(row: Row) -> str | None:
    return text_at(row, "label")


def _worded(text: str, labels: Sequence[str]) -> str:
    known = f"Categories: {', '.join(labels)}\n" if 0 < len(labels) <= MAX_NAMED_LABELS else ""
    return (
        "Which categories hold for this text? Answer with all of them in alphabetical order, with "
        f"'{SEPARATOR.strip()}' between them, or with '{NONE}'.\n{known}\n{text}"
    )


def _record(row: Row, instruction: str) -> dict[str, Any]:
    return {"text": row["text"], "labels": categories_in(str(row["label"]))}


def _same_set(expected: str, answer: str) -> bool:
    return {*categories_in(expected)} == {*categories_in(answer)}


MULTI_LABEL = Task(
    name="multi_label",
    title="Find all categories that fit",
    explanation="Each example is a text and every category that holds for it: one, several or none "
    "(multi-label).",
    required=("text", "label"),
    optional=(),
    learned="label",
    role_titles={"text": "Text to read", "label": "Its categories"},
    metric="micro_f1",
    scores=("micro_f1", "macro_f1", "exact_sets"),
    question=_question,
    answer=_answer,
    is_right=_same_set,
    worded=_worded,
    record=_record,
    cleaners={"label": canonical},
    answers_are_sets=True,
    max_new_tokens=64,
    answer_title="Your categories",
    told_first="Decide which of the categories hold for the text; it may be several, or none.",
)
