"""Several categories of a text as /v1/classify tells them: all that hold first, then those just below."""

from collections.abc import Sequence
from typing import Any

from workbench.models.served import ServedModel


def sets_told(
    number: int,
    label: str,
    sure: float,
    labels: Sequence[str],
    shares: Sequence[float],
    thresholds: Sequence[float],
    entry: ServedModel,
) -> dict[str, Any]:
    """A text's categories.

    Args:
        label: all that hold, as one text.
        sure: how probable it is that they are all, and none too many.
        labels, shares, thresholds: of every category.
    """
    told = [
        {"label": name, "probability": share, "holds": share >= limit, "threshold": limit}
        for name, share, limit in zip(labels, shares, thresholds, strict=True)
    ]
    return {
        "index": number,
        "label": label,
        "probability": sure,
        "labels": sorted(told, key=lambda own: (not own["holds"], -float(own["probability"]))),
        "none_of_these": None,
        "please_check": entry.please_check(sure),
    }
