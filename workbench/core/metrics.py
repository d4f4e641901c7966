"""The one number of an evaluation, in words."""

from collections.abc import Mapping
from typing import Any

from workbench.core.words import percent

MAIN_SCORES = {
    "classification": "accuracy",
    "extraction": "exact_match",
    "completion": "chrf",
    "chat": "chrf",
    "language-modelling": "loss",
}
"""The score that a task is judged by."""


def main_score(task: str, scores: Mapping[str, Any]) -> float | None:
    """The score that counts for the task, from {accuracy, chrf, ...}; None if it is missing."""
    value = scores.get(MAIN_SCORES.get(task, ""))
    return None if value is None else float(value)


def headline(task: str, scores: Mapping[str, Any]) -> str:
    """A line like "93.7 % of exam questions right"; empty when there is no score."""
    value = main_score(task, scores)
    if value is None:
        return ""
    return {
        "accuracy": f"{percent(value)} of exam questions right",
        "exact_match": f"{percent(value)} of exam questions exactly right",
        "chrf": f"{value:.0f} of 100 for likeness to your answers",
        "loss": f"{value:.2f} wrong on unseen texts",
    }[MAIN_SCORES[task]]


def is_better(task: str, value: float, than: float | None) -> bool:
    """Whether a main score beats another; a loss is better when it is smaller."""
    if than is None:
        return True
    return value < than if MAIN_SCORES[task] == "loss" else value > than
