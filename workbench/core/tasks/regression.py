"""Regression: a text gets a number (a score, a price, days), and how far off it is counts."""

from collections.abc import Sequence
from typing import Any

from workbench.core.tasks import number_answers
from workbench.core.tasks.task import Row, Task, text_at


def _question(row: Row) -> str:
    return str(row["text"])


def _answer(row: Row) -> str | None:
    return text_at(row, "label")


def _worded(text: str, labels: Sequence[str]) -> str:
    return f"Which number belongs to this text? Answer with the number only.\n\n{text}"


def _record(row: Row, instruction: str) -> dict[str, Any]:
    return {"text": row["text"], "label": number_answers.value_of(row["label"])}


REGRESSION = Task(
    name="regression",
    title="Estimate a number",
    explanation="Each example is a text and a number: a score, a price, a number of days. How far off "
    "an answer is counts (regression).",
    required=("text", "label"),
    optional=(),
    learned="label",
    role_titles={"text": "Text to read", "label": "Its number"},
    metric="mae",
    scores=("mae", "within", "r2", "spearman"),
    question=_question,
    answer=_answer,
    is_right=number_answers.same_number,
    worded=_worded,
    record=_record,
    cleaners={"label": number_answers.canonical},
    column_readers={"label": number_answers.reader_of},
    answers_are_numbers=True,
    max_new_tokens=16,
    answer_title="Your number",
    told_first="Estimate the number that belongs to the text.",
)
