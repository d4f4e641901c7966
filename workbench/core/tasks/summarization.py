"""Summarization: a long text is said in short, or in other words."""

from collections.abc import Sequence
from typing import Any

from workbench.core.tasks.completion import prompt_completion
from workbench.core.tasks.task import Row, Task, text_at


def _question(row: Row) -> str:
    return str(row["text"])


def _answer(row: Row) -> str | None:
    return text_at(row, "response")


def _worded(text: str, labels: Sequence[str]) -> str:
    return f"Summarize this text.\n\n{text}"


def _record(row: Row, instruction: str) -> dict[str, Any]:
    return prompt_completion(row["text"], row["response"], instruction)


SUMMARIZATION = Task(
    name="summarization",
    title="Summarise or rewrite",
    explanation="Each example is a text and how you would say it: in short, or in other words.",
    required=("text", "response"),
    optional=("system",),
    learned="response",
    role_titles={"text": "Text that comes in", "response": "Your short or new text (response)"},
    metric="rouge_l",
    scores=("rouge_l", "chrf"),
    question=_question,
    answer=_answer,
    worded=_worded,
    record=_record,
    answers_are_free_text=True,
    shortens=True,
    question_title="Text",
    answer_title="Your short text",
    told_first="Say what matters in the text, briefly, in the style of the examples.",
)
