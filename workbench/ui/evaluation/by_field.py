"""Which fields a model pulls out well and which not, on a page."""

import pandas as pd
import streamlit as st

from workbench.evaluation.scoring.by_task.fields import Field, each_field
from workbench.ui.numbers import percent


def show(answers: pd.DataFrame) -> None:
    """Each field: right, missing and wrong, the weakest first."""
    if "tuned" not in answers:
        st.write("This exam keeps no answers of single rows, so there are no fields to look at.")
        return
    found = each_field(answers["expected"].tolist(), answers["tuned"].tolist())
    if not found:
        st.write("None of your answers fills a field.")
        return
    st.dataframe(
        table(found),
        hide_index=True,
        key="fields",
        height=min(38 + 35 * len(found), 420),
        column_config={
            "field": st.column_config.TextColumn("Field", pinned=True),
            "wanted": st.column_config.NumberColumn(
                "Answers", format="%d", help="Your answers that fill it."
            ),
            "right": st.column_config.ProgressColumn(
                "Right", format="%.1f %%", min_value=0, max_value=100
            ),
            "interval": st.column_config.TextColumn("95 % interval"),
            "near": st.column_config.TextColumn(
                "Near", help="Likeness of texts (chrF); 100 % is the same text."
            ),
            "kind": st.column_config.TextColumn("Kind"),
            "missing": st.column_config.NumberColumn("Missing", format="%.1f %%"),
            "wrong": st.column_config.NumberColumn("Another value", format="%.1f %%"),
            "too_much": st.column_config.NumberColumn(
                "Too much", format="%d", help="Filled by the model where your answer is empty."
            ),
        },
        alt="Table of the fields, the weakest first",
    )
    st.caption(
        "Right: texts are met exactly but for blanks (capitals count), numbers and dates have the "
        "same value however they are written, lists the same items. A missing field is easier to "
        "notice than one with another value. More examples in which the weak fields are filled help "
        "most."
    )


def table(found: list[Field]) -> pd.DataFrame:
    """A row for each field, shares in percent."""
    return pd.DataFrame(
        [
            {
                "field": own.name,
                "wanted": own.wanted,
                "right": 100 * own.right.value,
                "interval": f"{percent(own.right.low)} to {percent(own.right.high)}",
                "near": "–" if own.near is None else percent(own.near.value),
                "kind": own.kind,
                "missing": 100 * own.missing,
                "wrong": 100 * own.wrong,
                "too_much": own.too_much,
            }
            for own in found
        ]
    )
