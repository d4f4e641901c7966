"""The chain of trainings behind a model, in a line."""

import streamlit as st

from workbench.jobs.process.chain import chain_words
from workbench.training.run_view import RunView
from workbench.ui.text import plain


def show(run: RunView) -> None:
    """Which trainings it goes on from, in their order; nothing where it began with its base."""
    if run.chain:
        line = chain_words(run.base_model, run.chain, f"{run.name} ({run.dataset_name})")
        st.caption(f":material/link: Trained further: {plain(line)}")
