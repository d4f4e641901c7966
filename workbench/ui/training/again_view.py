"""A training repeated exactly: what has changed since, said first; then one click."""

import streamlit as st

from workbench.training.repeated import again, seeds
from workbench.training.run_view import RunView
from workbench.ui import context, errors, frame
from workbench.ui.accounts import allowed
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
            st.caption(f":material/check: {plain(found.sentence)}")
        if allowed.button("Train again exactly", key="repeat-start", icon=":material/repeat:"):
            started = again.train_again(context.store(), run.id)
            context.go(frame.PAGES["Train"][0], run=started.run_id)


def show_seeds(run: RunView) -> None:
    """What other random seeds gave, and the way to try some."""
    found = seeds.seeds_of(context.store(), run.id)
    if found.sentence:
        st.caption(f":material/casino: {plain(found.sentence)}")
    box = st.expander(
        "Is it luck? Other random seeds", icon=":material/casino:", key="seeds", on_change="rerun"
    )
    if not box.open:
        return
    with box, errors.shown():
        st.write(
            "Each training begins with random numbers (a seed). The same training with others says "
            "how far its score is luck; the best is chosen by practice rows, not by the exam."
        )
        count = st.number_input("How many more", 1, seeds.MOST, 2, key="seeds-count", width=160)
        if allowed.button("Train with other seeds", key="seeds-start", icon=":material/casino:"):
            seeds.start_seeds(context.store(), run.id, int(count))
            context.go(frame.PAGES["Train"][0])
