"""The categories: how many examples each has, and the words that mark it."""

import pandas as pd
import streamlit as st

from workbench.data.versions import VersionInfo


def show(version: VersionInfo, words: dict[str, list[str]] | None) -> None:
    """A table of the categories, the largest first."""
    counts: dict[str, int] = version.report.get("labels", {})
    frame = pd.DataFrame(
        {
            "Category": list(counts),
            "Examples": list(counts.values()),
            "Words that mark it": [
                ", ".join((words or {}).get(label, ())) or "none stands out" for label in counts
            ],
        }
    )
    if words is None:
        frame = frame.drop(columns="Words that mark it")
    st.dataframe(
        frame,
        hide_index=True,
        key="explore-categories",
        column_config={
            "Examples": st.column_config.ProgressColumn(
                "Examples", min_value=0, max_value=max(counts.values()), format="%d"
            ),
            "Words that mark it": st.column_config.TextColumn(width="large"),
        },
    )
    if words is not None:
        st.caption("Words that are said there far more often than in all other categories.")
