"""Pairs of answers out of what people said of them, and the button that makes a dataset of them."""

import streamlit as st

from workbench.core.words import plural
from workbench.evaluation.people import preferred
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.frame import PAGES
from workbench.ui.text import plain


def offer(project_id: int) -> None:
    """How many pairs there are, if there are any."""
    with errors.shown():
        found = preferred.gathered(context.store(), project_id)
        if len(found):
            _ask(project_id, found)


def _ask(project_id: int, found: preferred.Gathered) -> None:
    with st.container(border=True, key="preferred"):
        st.markdown(
            f":material/thumbs_up_down: **{plural(len(found), 'pair')}** of a better and a worse answer, "
            f"from what people said: {plain(found.words)}."
        )
        st.caption(
            "Teach the model which answers you prefer: their tone, their length, what they leave out. "
            "It learns no new facts from that; start it from a model that knows the answers already."
        )
        if found.too_few:
            st.caption(plain(found.too_few))
            return
        with st.container(horizontal=True):
            if allowed.button("Make a dataset of them", key="make-preferences", type="primary"):
                _make(project_id)
            if st.button("Go to Train", key="preferences-train"):
                context.go(PAGES["Train"][0])


def _make(project_id: int) -> None:
    made = preferred.make_dataset(context.store(), project_id)
    new = "" if made.created else " Nothing was added since."
    st.session_state["toasts"] = [
        f"'{preferred.DATASET}', version {made.number}, has {plural(made.rows, 'pair')}: choose it on the "
        f"Train page.{new}"
    ]
    st.rerun()
