"""Extraction: the fields that stand in a text are written as JSON."""

import json
from collections.abc import Sequence
from typing import Any

from workbench.core.canonical import fields_json
from workbench.core.tasks.completion import prompt_completion
from workbench.core.tasks.task import Row, Task, same_text, text_at


def _question(row: Row) -> str:
    return str(row["text"])


def _answer(row: Row) -> str | None:
    return text_at(row, "response")


def _worded(text: str, labels: Sequence[str]) -> str:
    return f"Pull the fields out of this text. Answer with JSON only.\n\n{text}"


def _record(row: Row, instruction: str) -> dict[str, Any]:
    return prompt_completion(row["text"], row["response"], instruction)


def _same_fields(expected: str, answer: str) -> bool:
    """Equal as JSON: neither blanks nor the order of the fields count."""
    if same_text(expected, answer):
        return True
    try:
        return bool(json.loads(expected) == json.loads(answer))
    except (ValueError, RecursionError):
        return False


EXTRACTION = Task(
    name="extraction",
    title="Pull out fields",
    explanation="Each example is a text and the fields to find in it, as JSON.",
    required=("text", "response"),
    optional=("system",),
    learned="response",
    role_titles={"text": "Text to read", "response": "Fields to find, as JSON (response)"},
    metric="exact_match",
    scores=("exact_match", "chrf"),
    question=_question,
    answer=_answer,
    is_right=_same_fields,
    worded=_worded,
    record=_record,
    cleaners={"response": fields_json},
    answers_are_json=True,
    max_new_tokens=256,
    told_first="Find the fields in the text. Copy them exactly as they stand there.",
)
