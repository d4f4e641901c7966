"""The rows that a model learned from and are most like a text: read once, shown as a table."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from workbench.evaluation.rows import learned_rows
from workbench.evaluation.rows.learned_rows import LearnedRows, NearRow
from workbench.ui import calls_view, context

LOOKING = "Looking through the rows that it learned from …"


@st.cache_resource(show_spinner=LOOKING, max_entries=2)
def _learned(ground: str, run_id: int) -> LearnedRows | None:
    return learned_rows.learned_by(context.store(), run_id)


def learned_by(run_id: int) -> LearnedRows | None:
    """The rows that a run learned from; None where they say nothing that could be compared.

    Raises:
        WorkbenchError: they are not there any more.
    """
    return _learned(learned_rows.ground_of(context.store(), run_id), run_id)


def table(found: Sequence[NearRow], key: str) -> None:
    """The most similar rows, the nearest first."""
    rows = pd.DataFrame(
        {
            "row": [one.row_id for one in found],
            "likeness": [100 * one.likeness for one in found],
            "question": [one.question for one in found],
            "answer": [one.answer for one in found],
        }
    )
    st.dataframe(
        calls_view.in_table(rows),
        hide_index=True,
        key=key,
        height="content",
        column_config={
            "row": st.column_config.NumberColumn("Row", format="%d", help="Its row in your table."),
            "likeness": st.column_config.ProgressColumn(
                "How alike", format="%.0f %%", min_value=0, max_value=100
            ),
            "question": st.column_config.TextColumn("Question", width="large"),
            "answer": st.column_config.TextColumn("Your answer", width="medium"),
        },
        alt="Table of the most similar rows that were learned from",
    )
    st.caption(
        "Alike is what shares its wording (pieces of words, TF-IDF). A model learns from all rows at "
        "once, so these are the likeliest teachers and no proof."
    )
