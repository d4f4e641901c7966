"""The report on a model, to take away: for a manager, and as a model card."""

from functools import partial

import streamlit as st

from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.report.files import CARD, HTML, KINDS, PDF, to_bytes
from workbench.ui import context
from workbench.ui.downloading import logged

_LABELS = {
    PDF: ("As PDF", ":material/picture_as_pdf:"),
    HTML: ("As a web page (HTML)", ":material/html:"),
    CARD: ("Model card (README.md)", ":material/id_card:"),
}


def show(info: EvaluationInfo) -> None:
    """The buttons; a file is made when it is asked for."""
    with st.popover("Report for your manager", icon=":material/summarize:", key="report"):
        st.write(
            "Two pages: the verdict, how it was tested, where it fails, examples, what it costs and "
            "how to make it again. Every number is the one of this page."
        )
        for kind, (label, icon) in _LABELS.items():
            st.download_button(
                label,
                data=logged(
                    partial(to_bytes, context.store(), info.run_id, kind, info.id),
                    "the report",
                    "evaluations",
                    info.id,
                ),
                file_name="README.md" if kind == CARD else f"report on run {info.run_id}{kind}",
                mime=KINDS[kind],
                key=f"report{kind}-{info.id}",
                icon=icon,
                on_click="ignore",
            )
