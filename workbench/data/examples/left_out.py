"""Dropped rows: which ones an import left out and why, as its report has them and in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.core.words import join_rows, plural

SHOWN_ROWS = 20
"""So many row numbers are kept of those that were left out for one reason."""
LeftOut = Mapping[str, Mapping[str, Any]]
"""Reason → the `count` of its rows, and `rows`, the numbers of the first of them."""


def left_out(dropped: Mapping[str, Sequence[int]]) -> dict[str, dict[str, Any]]:
    """Rows that were left out, as a report has them."""
    return {
        reason: {"count": len(rows), "rows": [*rows[:SHOWN_ROWS]]}
        for reason, rows in dropped.items()
    }


def total(dropped: LeftOut) -> int:
    """How many rows were left out in all."""
    return sum(reason["count"] for reason in dropped.values())


def sentence(dropped: LeftOut) -> str:
    """ "15 rows were left out: 12 × empty 'reply' (rows 4, 9 …), …."; "" when none was."""
    rows = total(dropped)
    if not rows:
        return ""
    why = reasons(dropped, total_told=True)
    return f"{plural(rows, 'row')} {'was' if rows == 1 else 'were'} left out: {why}."


def reasons(dropped: LeftOut, *, total_told: bool = False) -> str:
    """ "12 × empty 'reply' (rows 4, 9 …), 3 × exact duplicate (row 7)".

    Args:
        total_told: whether it is said already how many rows there are in all; of a single reason
            the number is not said again then: "empty 'reply' (rows 4, 9 …)".
    """
    if total_told and len(dropped) == 1:
        ((reason, about),) = dropped.items()
        return f"{reason} ({join_rows(about['rows'])})"
    return ", ".join(
        f"{about['count']:,} × {reason} ({join_rows(about['rows'])})"
        for reason, about in dropped.items()
    )
