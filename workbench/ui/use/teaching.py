"""What people sorted, corrected or praised in the playground, and the button that makes examples of it."""

import streamlit as st

from workbench.core.tasks import task_named
from workbench.core.words import plural
from workbench.data.described import is_only_described
from workbench.data.versions import VersionInfo
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.frame import PAGES
from workbench.ui.text import plain
from workbench.use import taught
from workbench.use.playground import Answerer


def offer(answerer: Answerer) -> None:
    """How much waits to become examples, if anything does."""
    if answerer.run_id is None:
        return
    with errors.shown():
        version = taught.dataset_of(context.store(), answerer.run_id)
        if version is None:
            return
        found = taught.waiting(context.store(), version)
        if found:
            _ask(version, len(found))
        elif is_only_described(version):
            st.caption(
                "Nobody has checked this model yet. Say of each text whether it is sorted right, "
                "or choose the right category: such texts become examples."
            )


def _ask(version: VersionInfo, count: int) -> None:
    what = f"**{plural(count, 'answer')}** that you corrected or praised"
    if task_named(version.task).has_categories:
        what = f"**{plural(count, 'text')}** with a category from you"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="sorted"):
        st.markdown(
            f":material/edit_note: {what} {'is' if count == 1 else 'are'} no example of "
            f"'{plain(version.dataset_name)}' yet.",
            width="stretch",
        )
        if allowed.button("Make examples of them", key="make-examples", type="primary"):
            made = taught.make_examples(context.store(), version)
            if isinstance(made, VersionInfo):
                st.session_state["toasts"] = [
                    f"Version {made.number} has {plural(made.rows, 'example')}: train again."
                ]
            st.rerun()
        if st.button("Go to Train", key="label-train"):
            context.go(PAGES["Train"][0])
