"""Two versions compared once: what the page has compared, it keeps."""

import streamlit as st

from workbench.evaluation import evaluations
from workbench.evaluation.release import comparison
from workbench.evaluation.release.comparison import Comparison
from workbench.training import runs
from workbench.ui import context


def compared(new_id: int, old_id: int, new_rung: str = "", old_rung: str = "") -> Comparison:
    """A version against another; anew once one of them has another name or another exam."""
    known = tuple(
        (
            runs.get_run(context.store(), run_id).name,
            tuple(
                e.predictions_hash for e in evaluations.list_evaluations(context.store(), run_id)
            ),
        )
        for run_id in (new_id, old_id)
    )
    return _compared(known, new_id, old_id, new_rung, old_rung)


@st.cache_data(show_spinner=False, max_entries=8)
def _compared(known: object, new_id: int, old_id: int, new_rung: str, old_rung: str) -> Comparison:
    return comparison.compare(context.store(), new_id, old_id, new_rung, old_rung)
