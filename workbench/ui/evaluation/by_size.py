"""Estimates of numbers: each against yours, and how far off they are by the number's size."""

import pandas as pd
import streamlit as st

from workbench.core.metrics import MAE
from workbench.core.units import figures
from workbench.evaluation import number_spots
from workbench.evaluation.number_spots import Band
from workbench.evaluation.scoring.by_task.numbers import numbers_in
from workbench.evaluation.scoring.by_task.numbers_told import near_words
from workbench.ui import number_charts
from workbench.ui.numbers import plural
from workbench.ui.text import plain


def show(answers: pd.DataFrame) -> None:
    """What stands out, the points, and the table by size."""
    if "tuned" not in answers or answers.empty:
        st.write("This exam keeps no answers of single rows, so there are no estimates to look at.")
        return
    for sentence in number_spots.sentences(answers):
        st.markdown(plain(sentence))
    frame = _frame(answers)
    st.altair_chart(number_charts.scatter(frame), key="numbers-scatter", alt=_spoken(answers))
    near = near_words(frame["wanted"].tolist())
    low, high = number_charts.shown_range(frame)
    beyond = int(
        (~frame[["wanted", "given"]].apply(lambda own: own.between(low, high))).any(axis=1).sum()
    )
    edge = f" {plural(beyond, 'question')} beyond the chart stand at its edge." if beyond else ""
    st.caption(
        "Each point is a question. On the dashed line the estimate is your number; above it is too high, "
        f"below too low. Near enough is {plain(near)}.{plain(edge)}"
    )
    found = number_spots.bands(answers)
    st.dataframe(
        _table(found),
        hide_index=True,
        key="numbers-by-size",
        height=min(38 + 35 * len(found), 388),
        column_config={
            "number": st.column_config.TextColumn("Your number", pinned=True),
            "rows": st.column_config.NumberColumn("Questions", format="%d"),
            "off": st.column_config.TextColumn(
                "Off by on average", help="Mean absolute error of these questions."
            ),
            "bias": st.column_config.TextColumn(
                "Too high (+) or low (-)", help="Mean of the estimate less your number (bias)."
            ),
        },
        alt="Table of the errors by the size of the number",
    )


def _frame(answers: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "row": answers["row_id"],
            "wanted": numbers_in(answers["expected"]),
            "given": numbers_in(answers["tuned"]),
            "off": answers[f"{MAE}_tuned"],
            "is": answers["right_tuned"].map({True: "near enough", False: "too far off"}),
        }
    )
    return frame.dropna()


def _table(found: list[Band]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "number": [band.name for band in found],
            "rows": [band.rows for band in found],
            "off": [figures(band.off) for band in found],
            "bias": [f"{'+' if band.bias > 0 else ''}{figures(band.bias)}" for band in found],
        }
    )


def _spoken(answers: pd.DataFrame) -> str:
    return f"Estimates over your numbers. {' '.join(number_spots.sentences(answers))}"
