"""How well each of several categories a text is found, on a page: counts, shares with intervals."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from workbench.evaluation.scoring.by_task.categories import Category
from workbench.evaluation.scoring.by_task.category_sets import counts
from workbench.evaluation.scoring.intervals import SPREAD
from workbench.ui.numbers import percent

_TURN = "turn"
_OFTEN = 0.5


def show(answers: pd.DataFrame) -> None:
    """Each category, the weakest first: how often found, missed and given wrongly."""
    if "tuned" not in answers or answers.empty:
        st.write(
            "This exam keeps no answers of single rows, so there are no categories to look at."
        )
        return
    found = counts(*(answers[name].astype(str).tolist() for name in ("expected", "tuned")))
    spread = SPREAD if _TURN in answers else 1.0
    frame = table(found.categories(spread), len(answers))
    st.dataframe(
        frame,
        hide_index=True,
        key="set-categories",
        height=min(38 + 35 * len(frame), 420),
        column_config={
            "category": st.column_config.TextColumn("Category", width="medium", pinned=True),
            "f1": st.column_config.ProgressColumn(
                "Both together", format="%.1f %%", min_value=0, max_value=100,
                help="The harmonic mean of the two shares (F1): low as soon as one of them is.",
            ),
            "f1_interval": st.column_config.TextColumn("95 % interval"),
            "right": st.column_config.NumberColumn(
                "Found", format="%d", help="Yours, and given (true positives)."
            ),
            "missed": st.column_config.NumberColumn(
                "Missed", format="%d", help="Yours, but not given (false negatives)."
            ),
            "too_many": st.column_config.NumberColumn(
                "Too many", format="%d", help="Given, but not yours (false positives)."
            ),
            "neither": st.column_config.NumberColumn(
                "Rightly not", format="%d", help="Neither yours nor given (true negatives)."
            ),
            "recall": st.column_config.NumberColumn(
                "Found of yours", format="%.1f %%", help="Recall."
            ),
            "recall_interval": st.column_config.TextColumn("95 % interval of that"),
            "precision": st.column_config.NumberColumn(
                "Right when given", format="%.1f %%", help="Precision."
            ),
            "precision_interval": st.column_config.TextColumn("95 % interval of this"),
        },
        alt="Table of the categories, the weakest first",
    )  # fmt: skip
    st.caption(
        "A text may have several categories, so they are not mixed up with each other: each is found, "
        "missed, or given without being yours. More examples in which a weak one holds help most."
    )


def table(found: Sequence[Category], rows: int) -> pd.DataFrame:
    """A line for each category, shares in percent, the weakest first.

    Args:
        rows: questions of the exam.
    """
    ranked = sorted(found, key=lambda own: (own.f1 if own.f1 == own.f1 else 1.0, own.name))
    return pd.DataFrame(
        [
            {
                "category": own.name,
                "f1": 100 * own.f1,
                "f1_interval": _between(own.f1_interval),
                "right": own.right,
                "missed": own.wanted - own.right,
                "too_many": own.given - own.right,
                "neither": rows - own.wanted - own.given + own.right,
                "recall": 100 * own.recall,
                "recall_interval": _between(own.recall_interval),
                "precision": 100 * own.precision,
                "precision_interval": _between(own.precision_interval),
            }
            for own in ranked
        ]
    )


def _between(ends: tuple[float, float]) -> str:
    low, high = (round(end, 12) for end in ends)  # what is all but 1 is not to be told as 99.9 %
    return "–" if low != low else f"{percent(low)} to {percent(high)}"
