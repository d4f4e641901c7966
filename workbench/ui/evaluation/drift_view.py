"""Whether a newer file is like the exam: the sentence, and what it rests on."""

import pandas as pd
import streamlit as st

from workbench.core.metrics import metric_of
from workbench.evaluation import drift
from workbench.evaluation.drift import Drift
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.rows.learned_rows import LearnedRows, ground_of, learned_by
from workbench.evaluation.scoring.drift import CONFIDENCE, LIKENESS, MIX, UNLIKE, Change, Sign
from workbench.ui import context, errors
from workbench.ui.text import plain

_TITLES = {
    UNLIKE: "Texts with nothing similar in your data",
    LIKENESS: "Likeness to the nearest row (the middle text)",
    CONFIDENCE: "How sure the model is (the middle answer)",
    MIX: "Share of the category that moved most",
}
_MOVED, _STEADY = "changed", "as before"
_HOW = (
    "*Changed* is what is more than chance, all lines being looked at (Kolmogorov–Smirnov, Fisher and "
    "chi-squared tests, Holm), and large enough to matter. Digits are left out of account."
)


@st.cache_resource(show_spinner="Looking through the rows that it learned from …", max_entries=2)
def _learned(ground: str, run_id: int) -> LearnedRows | None:
    return learned_by(context.store(), run_id, numbers=False)


def learned_of(run_id: int) -> LearnedRows | None:
    """The rows that a run learned from, as files are compared with them; read once."""
    return _learned(ground_of(context.store(), run_id), run_id)


@st.cache_data(show_spinner="Comparing with the exam …", max_entries=8)
def _drift_of(ground: str, evaluation_id: int, _info: EvaluationInfo) -> Drift | None:
    learned = learned_of(_info.run_id)
    return drift.of_evaluation(context.store(), _info, learned) if learned else None


def show_evaluation(info: EvaluationInfo) -> None:
    """A file with answers, which was scored, against the exam."""
    with errors.shown():
        ground = f"{ground_of(context.store(), info.run_id)} {info.predictions_hash}"
        found = _drift_of(
            f"{ground} {drift.exam_hash(context.store(), info.run_id)}", info.id, info
        )
        if found is None:
            st.write(drift.NOTHING_LEARNED)
            return
        show(found)


def show(found: Drift) -> None:
    """What has changed and what to do; below it the numbers."""
    said = plain(drift.sentence(found))
    if found.alarm:
        st.warning(said, icon=":material/moving:")
    else:
        st.success(said, icon=":material/check_circle:")
    _signs(found)
    if found.moved:
        _categories(found)


def _signs(found: Drift) -> None:
    than = "Exam" if found.exam_rows else "Learned from"
    table = pd.DataFrame(
        {
            "what": [_title(sign) for sign in found.signs],
            "exam": [100 * sign.exam for sign in found.signs],
            "file": [100 * sign.file for sign in found.signs],
            "is": [_MOVED if sign.alarm else _STEADY for sign in found.signs],
            "p": [sign.p for sign in found.signs],
        }
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        key=f"drift-signs-{found.file}",
        height="content",
        column_config={
            "what": st.column_config.TextColumn("What", width="large"),
            "exam": number(than, format="%.1f %%"),
            "file": number("This file", format="%.1f %%"),
            "is": st.column_config.TextColumn("That is"),
            "p": number("By chance", format="%.3f", help="The p value of this line by itself."),
        },
        alt="Table of what may have changed",
    )
    st.caption(_HOW)


def _title(sign: Sign) -> str:
    return f"{_TITLES[sign.name]}: {sign.category}" if sign.category else _TITLES[sign.name]


def _categories(found: Drift) -> None:
    scale = 100 if metric_of(found.task).is_share else 1
    table = pd.DataFrame([_line(change, scale) for change in found.moved])
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        key=f"drift-categories-{found.file}",
        height=min(38 + 35 * len(table), 388),
        column_config={
            "category": st.column_config.TextColumn("Category", width="medium", pinned=True),
            "exam": number("Right in the exam", format="%.1f %%"),
            "file": number("In this file", format="%.1f %%"),
            "difference": number("Points", format="%+.1f"),
            "is": st.column_config.TextColumn("That is"),
            "rows": number("Rows", format="%d"),
        },
        alt="Table of the categories, the largest loss first",
    )


def _line(change: Change, scale: float) -> dict[str, object]:
    return {
        "category": change.category,
        "exam": scale * change.exam,
        "file": scale * change.file,
        "difference": scale * change.difference,
        "is": _MOVED if change.certain else _STEADY,
        "rows": change.rows,
    }
