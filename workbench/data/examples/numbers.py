"""Numbers of examples: whether there is something to estimate, and what a version keeps of them."""

import statistics
from collections.abc import Sequence
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.tasks.number_answers import is_score, value_of

KEY = "numbers"
"""In a version's report."""


def check_different(texts: Sequence[str | None], name: str) -> None:
    """Refuse numbers that are all the same.

    Raises:
        WorkbenchError: they are.
    """
    if len({value_of(text) for text in texts}) < 2:
        raise WorkbenchError(
            f"All rows of {name} have the same number, {texts[0]}: add rows with others, or choose "
            "another column for the numbers."
        )


def facts(texts: Sequence[str | None]) -> dict[str, Any]:
    """What there is to know of the numbers: low, high, median, mean, distinct, is_score."""
    values = [value_of(text) for text in texts]
    return {
        "low": min(values),
        "high": max(values),
        "median": statistics.median(values),
        "mean": statistics.fmean(values),
        "distinct": len({*values}),
        "is_score": is_score(values),
    }
