"""One pair of an exam in full: both answers, who finds which of them likelier, and by how much."""

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from workbench.core.words import percent
from workbench.evaluation.scoring.by_task.pairs import BETTER, WORSE
from workbench.ui.evaluation import scores
from workbench.ui.text import plain, plain_lines

OTHER = "other"
"""The column of the worse answer."""


def show(row: pd.Series, systems: Sequence[str]) -> None:
    """Both answers side by side; below, what each one who took the exam finds likelier."""
    columns = st.columns(2)
    for column, title, text in (
        (columns[0], "Better answer", row["expected"]),
        (columns[1], "Worse answer", row.get(OTHER, "")),
    ):
        with column:
            st.markdown(f"**{title}**")
            st.markdown(plain_lines(str(text)))
    st.dataframe(
        pd.DataFrame([_line(row, name) for name in systems]),
        hide_index=True,
        key="pair-of-row",
        alt="Table of who finds which of the two answers likelier",
    )
    st.caption(
        "How likely is the mean chance of each word piece of an answer, given what stands before it; so "
        "a long answer is not at a disadvantage."
    )


def _line(row: pd.Series, name: str) -> dict[str, str]:
    return {
        "Who": plain(scores.SYSTEMS[name]),
        "Takes": "✓ the better one" if row[f"right_{name}"] else "✗ the worse one",
        "Better answer": _chance(row, f"{BETTER}_{name}"),
        "Worse answer": _chance(row, f"{WORSE}_{name}"),
    }


def _chance(row: pd.Series, column: str) -> str:
    """The geometric mean of its tokens' probabilities; a dash of who has none."""
    value = row.get(column)
    return "–" if value is None or pd.isna(value) else percent(math.exp(min(0.0, float(value))))
