"""What a training's page says of the sweep that tried it."""

import streamlit as st

from workbench.evaluation.sweeps import sweeps
from workbench.evaluation.sweeps.dropping import was_dropped
from workbench.evaluation.sweeps.told import state_words
from workbench.training.run_view import RunView
from workbench.ui import context, frame
from workbench.ui.text import plain


def show(run: RunView) -> None:
    """Nothing for a training that no sweep tried."""
    sweep_id = sweeps.sweep_of(context.store(), run)
    if sweep_id is None:
        return
    trials = sweeps.get_sweep(context.store(), sweep_id).trials
    trial = next(one for one in trials if one.run is not None and one.run.id == run.id)
    told = f" {state_words(trial)}." if trial.why else ""
    st.page_link(
        frame.PAGES["Train"][0],
        label=f"One of {len(trials)} tries of several settings:{plain(told) or ' see all of them'}",
        icon=":material/tune:",
        query_params=context.in_project(sweep=sweep_id),
    )
    if was_dropped(run):
        st.caption(
            ":material/delete_sweep: Another try was better, so its model was dropped to save disk "
            "space. *Train again exactly* makes it anew."
        )
