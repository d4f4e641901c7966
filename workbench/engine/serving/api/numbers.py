"""A number as /v1/classify tells it: the estimate, and between which two the true one lies."""

from typing import Any

from workbench.core.tasks.number_answers import value_of
from workbench.jobs.process.number_range import Estimate, NumberRange


def number_told(
    place: int, own: Estimate, known: NumberRange | None, read: str = "", note: str = ""
) -> dict[str, Any]:
    """A text's number.

    Args:
        known: what the model has learned of its numbers; None of what is no model.
        read: how much of a long text was read; empty of one that was read at once.
        note: what the caller must know.
    """
    told = {
        "index": place,
        "label": known.written(own.value) if known else f"{own.value:g}",
        "value": own.value,
        "low": own.low,
        "high": own.high,
        "rounded": own.rounded,
        "outside": own.outside,
        "probability": None,
        "labels": [],
        "none_of_these": None,
        "please_check": None,
    }
    told |= {"read": read} if read else {}
    return {**told, "note": note} if note else told


def estimated_as(place: int, text: str) -> dict[str, Any]:
    """The number of what is no model, which cannot say how far off it may be."""
    return {**number_told(place, Estimate(value_of(text), None, None), None), "label": text}
