"""Any trainings of a project beside each other, and the way to choose them."""

import streamlit as st

from workbench.core.words import shortened
from workbench.evaluation.sweeps.differing import Beside
from workbench.evaluation.sweeps.told import compared
from workbench.training.run_view import RunView
from workbench.ui import context, errors, frame
from workbench.ui.text import plain
from workbench.ui.training.sweeps import beside_view

TRAIN = frame.PAGES["Train"][0]


def show(run_ids: list[int]) -> None:
    """The page of a comparison."""
    frame.header("Train", "What made the difference?")
    with errors.alone("These trainings cannot be compared"):
        rows = compared(context.store(), run_ids)
    st.write(
        "Only what is not alike in all of them is shown. Scores have the range in which they lie with "
        "95 % certainty: where ranges overlap, the difference may be chance."
    )
    if rows and not rows[0].differs:
        st.info("They were trained alike: nothing differs.", icon=":material/drag_handle:")
    beside_view.table(rows, {"Training": lambda row: row.run.name})
    with st.container(horizontal=True):
        for row in rows:
            st.page_link(
                TRAIN,
                label=plain(row.run.name),
                icon=":material/show_chart:",
                query_params=context.in_project(run=row.run.id),
            )
    beside_view.curves(rows, _named)


def _named(row: Beside) -> str:
    """By what it differs; its number tells those apart that are called alike."""
    differs = f": {row.label}" if row.differs else ""
    return shortened(f"{shortened(row.run.name, 30)} ({row.run.id}){differs}", 80)


def choose(runs: list[RunView]) -> None:
    """Two or more trainings, and a button; nothing where there are not two."""
    if len(runs) < 2:
        return
    with st.popover("Compare trainings", icon=":material/compare_arrows:"):
        by_id = {run.id: run for run in runs}
        chosen = st.multiselect(
            "Which ones",
            list(by_id),
            format_func=lambda number: by_id[number].name,
            key="compare-runs",
            placeholder="Two or more",
        )
        if st.button("Put them beside each other", key="compare", disabled=len(chosen) < 2):
            context.go(TRAIN, compare=",".join(map(str, chosen)))


def read_ids(text: str) -> list[int]:
    """The runs in an address: "3,5,8"; what is no number is passed over."""
    return [int(part) for part in text.split(",") if part.isdigit()]
