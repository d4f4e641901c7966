"""The account of an import: what became of each row, and of each column, of the user's file."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import pandas as pd
import streamlit as st

from workbench.core.words import join_rows, plural
from workbench.data.examples import unused
from workbench.data.examples.prepare import Prepared
from workbench.data.examples.unused import Unused
from workbench.ui.text import plain

_Line: TypeAlias = tuple[str, int, str]
_COLUMNS = ("What", "Rows", "What became of it")


def show(prepared: Prepared) -> None:
    """What is not used in one line, and the whole account behind a fold."""
    report = prepared.report
    if said := unused.sentence(report["unused"]):
        st.caption(plain(said))
    title = f"What became of your {plural(report['rows_read'], 'row')}"
    with st.expander(title, icon=":material/receipt_long:"):
        lines = [
            ("Rows in the file", report["rows_read"], ""),
            *_put_together(report),
            ("Examples", len(prepared) - _of_exam_file(prepared), "kept"),
            *_left_out(report["dropped"]),
            *_unused(report["unused"]),
        ]
        st.dataframe(
            pd.DataFrame(lines, columns=_COLUMNS),
            hide_index=True,
            height="content",
            key="data-account",
        )


def _put_together(report: Mapping[str, Any]) -> list[_Line]:
    if not (talks := report.get("put_together")):
        return []
    return [("Conversations that they are", talks, "put together")]


def _of_exam_file(prepared: Prepared) -> int:
    """Examples that came from the user's own exam, which is a file of its own."""
    return prepared.splits["test"] if prepared.plan.test else 0


def _left_out(dropped: Mapping[str, Mapping[str, Any]]) -> list[_Line]:
    return [
        (f"Left out: {reason}", about["count"], join_rows(about["rows"], 12))
        for reason, about in dropped.items()
    ]


def _unused(found: Unused) -> list[_Line]:
    columns = [(f"Column '{name}'", rows, "not used") for name, rows in found["columns"].items()]
    parts = [
        (f"'{name}' inside the file", rows, "not used") for name, rows in found["parts"].items()
    ]
    return columns + parts
