"""Language modelling: a document is learned as it is, so that a model goes on as it does."""

from typing import Any

from workbench.core.tasks.task import Row, Task

SHOWN_WORDS = 60
"""Words of a document that are shown, and continued, in an exam."""


def _halves(row: Row) -> tuple[str, str]:
    words = str(row["text"]).split(" ")
    half = max(1, min(SHOWN_WORDS, len(words) // 2))
    return " ".join(words[:half]), " ".join(words[half : half + SHOWN_WORDS])


def _question(row: Row) -> str:
    """The beginning of the document."""
    return _halves(row)[0]


def _answer(row: Row) -> str:
    """How it goes on from there."""
    return _halves(row)[1]


def _record(row: Row, instruction: str) -> dict[str, Any]:
    return {"text": row["text"]}


LANGUAGE_MODELLING = Task(
    name="language-modelling",
    title="Learn our language",
    explanation="Each example is a document; the model learns how your texts sound.",
    required=("text",),
    optional=(),
    learned="text",
    role_titles={"text": "Text of the document"},
    metric="loss",
    scores=(),
    question=_question,
    answer=_answer,
    is_right=None,
    record=_record,
    rows_are_documents=True,
    exam_noun="text",
    question_title="Start of the text",
    answer_title="How it goes on",
)
