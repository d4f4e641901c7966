"""A training repeated exactly: what has changed since, said first; then one click."""

import streamlit as st

from workbench.training import again
from workbench.training.run_view import RunView
from workbench.ui import context, errors, frame
from workbench.ui.text import plain


def show(run: RunView) -> None:
    """Whether it repeated another one, and the way to repeat it."""
    if said := again.outcome(run):
        st.caption(f":material/repeat: {plain(said)}")
    box = st.expander(
        "Train again exactly", icon=":material/repeat:", key="repeat", on_change="rerun"
    )
    if not box.open:
        return
    with box, errors.shown():
        st.write(
            "The same data, base model, settings and random seed, computed in the same way: to show "
            "that the model comes from them."
        )
        found = again.before(context.store(), run.id)
        if found.changes:
            st.warning(plain(found.sentence), icon=":material/difference:")
        else:
            st.caption(f":material/check: {found.sentence}")
        if st.button("Train again exactly", key="repeat-start", icon=":material/repeat:"):
            started = again.train_again(context.store(), run.id)
            context.go(frame.PAGES["Train"][0], run=started.run_id)
