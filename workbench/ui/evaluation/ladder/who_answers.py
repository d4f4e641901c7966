"""Whose answers stand beside the trained model's: those of before training, and of whom you pick."""

import pandas as pd
import streamlit as st

from workbench.core.tasks.rungs import BASE, BASELINE, NAMES, TITLES, TUNED
from workbench.evaluation.evaluations import EvaluationInfo

_ALWAYS = (TUNED, BASE)


def only_picked(info: EvaluationInfo, answers: pd.DataFrame) -> pd.DataFrame:
    """The rows without the answers, and their scores, of those that nobody wants to see.

    A picker shows up where more than three have answered.
    """
    others = [name for name in NAMES if name in answers and name not in _ALWAYS]
    picked = set(others)
    if len(others) > 1:
        picked = set(
            st.pills(
                "Beside before and after training, show the answers of",
                others,
                selection_mode="multi",
                default=[name for name in others if name == BASELINE],
                format_func=TITLES.__getitem__,
                key=f"rows-who-{info.id}",
            )
        )
    hidden = [name for name in others if name not in picked]
    columns = [
        column
        for column in answers
        if not any(column == name or str(column).endswith(f"_{name}") for name in hidden)
    ]
    return answers[columns]
