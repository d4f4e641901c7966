"""Completion: what comes in is answered in free words."""

from typing import Any

from workbench.core import feedback
from workbench.core.chats.content import without_thoughts
from workbench.core.chats.seen import Seen
from workbench.core.chats.unreadable import Unreadable
from workbench.core.tasks.task import Row, Task, text_at
from workbench.core.tools.compare import same_answer


def _question(row: Row) -> str:
    return str(row["prompt"])


def _answer(row: Row) -> str | None:
    return text_at(row, "response")


def _record(row: Row, instruction: str) -> dict[str, Any]:
    return prompt_completion(row["prompt"], row["response"], instruction)


def prompt_completion(prompt: str, completion: str, instruction: str) -> dict[str, Any]:
    """A question and its answer in the prompt-completion format of TRL."""
    first = {"system": instruction} if instruction else {}
    return {**first, "prompt": prompt, "completion": completion}


def _told(cell: str, seen: Seen) -> str:
    """The answer; its reasoning only where that is to be learned."""
    answer = without_thoughts(cell, seen)
    if not answer:
        raise Unreadable("answer that is nothing but reasoning")
    return answer


COMPLETION = Task(
    name="completion",
    title="Answer questions or write replies",
    explanation="Each example is what comes in and the answer you would give.",
    required=("prompt", "response"),
    optional=("system", feedback.ROLE),
    learned="response",
    role_titles={
        "prompt": "What comes in (prompt)",
        "response": "What you would answer (response)",
    },
    metric="chrf",
    scores=("exact_match", "chrf", "rouge_l"),
    question=_question,
    answer=_answer,
    record=_record,
    cleaners={feedback.ROLE: feedback.check},
    tellers={"response": _told},
    is_right=same_answer,
    answers_are_free_text=True,
    can_lean_on_examples=True,
    asks_about_texts=True,
)
