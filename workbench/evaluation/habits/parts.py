"""What is asked of a model beside its exam: which parts fit it, how much each asks, and how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core.tasks import Task, task_named

MEMORISED, FORGETTING = "memorised", "forgetting"
PROVOCATIONS, ROBUSTNESS = "provocations", "robustness"
PARTS = (MEMORISED, FORGETTING, PROVOCATIONS, ROBUSTNESS)
TITLES = {
    MEMORISED: "Does it give your rows away?",
    FORGETTING: "What has it forgotten?",
    PROVOCATIONS: "What does it say when it is provoked?",
    ROBUSTNESS: "Does it mind how a question is written?",
}
MOST_LEARNED = 10_000
"""Of more learned rows, so many are looked through for what is sensitive, drawn at random."""
MOST_READ, MOST_SORTED, MOST_ANSWERED = 300, 60, 40
"""Exam questions that are written otherwise: for an encoder, for a model that writes and sorts, and for
one that answers in free words."""
SHORT_TOKENS = 48
"""Longest answer to a general question, and longest continuation of a begun answer."""


@dataclass(frozen=True)
class Asked:
    """What is known of a model before it is asked."""

    task: str
    writes: bool
    """Whether it writes texts; an encoder does not."""

    @property
    def about(self) -> Task:
        """Its task."""
        return task_named(self.task)

    @property
    def sorts(self) -> bool:
        """Whether its answers are categories."""
        return self.about.has_categories


def why_not(part: str, asked: Asked) -> str:
    """Why a part means nothing for such a model, in a sentence; empty if it does."""
    if part != ROBUSTNESS and not asked.writes:
        what = (
            "estimates a number"
            if asked.about.answers_are_numbers
            else "names one of your categories"
        )
        return (
            f"This model only {what} and writes no words of its own, so there is "
            "nothing to look for here."
        )
    if part in (MEMORISED, PROVOCATIONS) and asked.sorts:
        return (
            "This model answers with one of your categories, whatever it is told, so it can give "
            "nothing else away."
        )
    if part in (PROVOCATIONS, ROBUSTNESS) and asked.about.rows_are_documents:
        return "This model goes on with texts and is not asked questions, so this does not apply."
    if part == ROBUSTNESS and asked.about.compares:
        return (
            "This model's exam asks which of two answers is better, not for an answer in its own words, "
            "so there is none to hold others against."
        )
    return ""


def fits(asked: Asked) -> list[str]:
    """The parts that mean something for such a model."""
    return [part for part in PARTS if not why_not(part, asked)]


def most_questions(asked: Asked) -> int:
    """At most so many exam questions are written otherwise."""
    if not asked.writes:
        return MOST_READ
    return MOST_SORTED if asked.sorts else MOST_ANSWERED


def done(result: Mapping[str, Any] | None, part: str) -> dict[str, Any] | None:
    """A part of a job's result; None if it was not asked, or was kept by a version that had it not."""
    found = ((result or {}).get("habits") or {}).get(part)
    return found if isinstance(found, dict) and "why" not in found else None
