"""Which of my rows taught this: the rows that were learned from and are most like a question."""

import pandas as pd
import streamlit as st

from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.rows import learned_rows
from workbench.evaluation.rows.learned_rows import LearnedRows
from workbench.evaluation.scoring.pieces import MOST_CHARS, Floats
from workbench.evaluation.verdict import TURN
from workbench.ui import context, errors, taught_by
from workbench.ui.evaluation.rows.row_groups import HOW_NEAR
from workbench.ui.text import plain


@st.cache_data(show_spinner=taught_by.LOOKING, max_entries=8)
def _likeness(ground: str, digest: str, run_id: int, _answers: pd.DataFrame) -> Floats | None:
    learned = taught_by.learned_by(run_id)
    return learned.nearest(_answers) if learned else None


def learned_by(info: EvaluationInfo) -> LearnedRows | None:
    """The rows that the exam's model learned from; read once."""
    return taught_by.learned_by(info.run_id)


def likeness(info: EvaluationInfo, answers: pd.DataFrame) -> pd.Series | None:
    """For each row of the exam, by its index, how alike the nearest row is (0 to 1); None where that
    cannot be told."""
    ground = learned_rows.ground_of(context.store(), info.run_id)
    found = _likeness(ground, info.predictions_hash, info.run_id, answers)
    return None if found is None else pd.Series(found, answers.index)


def with_nearest(info: EvaluationInfo, answers: pd.DataFrame) -> pd.DataFrame:
    """The rows with a column `row_groups.HOW_NEAR`; without where that cannot be told."""
    with errors.shown():
        found = likeness(info, answers)
        return answers if found is None else answers.assign(**{HOW_NEAR: found})
    return answers


def unlike(info: EvaluationInfo, answers: pd.DataFrame) -> pd.Series:
    """Which rows of the exam have nothing similar among those that were learned from."""
    with errors.shown():
        found, learned = likeness(info, answers), learned_by(info)
        if found is not None and learned is not None:
            return found.map(learned.is_unlike).astype(bool)
    return pd.Series(False, answers.index)


def show(info: EvaluationInfo, row: pd.Series) -> None:
    """The box with the nearest rows; closed it costs nothing."""
    box = st.expander(
        "Which of my rows taught this?",
        icon=":material/account_tree:",
        key=f"taught-{info.id}",
        on_change="rerun",
    )
    if box.open:
        with box, errors.shown():
            _show(info, row)


def _show(info: EvaluationInfo, row: pd.Series) -> None:
    learned = learned_by(info)
    if learned is None:
        st.write("The rows that it learned from say nothing that could be compared.")
        return
    found = learned.near(str(row["input"]), int(row["row_id"]) if TURN in row.index else None)
    st.markdown(plain(learned_rows.sentence(found, learned, info.task, str(row["tuned"]))))
    if len(str(row["input"])) > MOST_CHARS:
        st.caption(f"Long texts are compared by their first {MOST_CHARS:,} characters here.")
    if found:
        taught_by.table(found, f"taught-rows-{info.id}")
