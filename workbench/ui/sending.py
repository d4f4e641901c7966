"""The question before something leaves this computer."""

from collections.abc import Callable

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.models.online import session
from workbench.ui import context, errors
from workbench.ui.text import plain


def confirm(
    sentence: str, about_id: int, start: Callable[[], object], forget: Callable[[], object]
) -> None:
    """Exactly what leaves, and the two answers, `push-yes-ID` and `push-no-ID`.

    Args:
        start: lets a job do it.
        forget: what was planned is planned no more.
    """
    st.warning(plain(sentence), icon=":material/cloud_upload:")
    with st.container(horizontal=True):
        yes = st.button(
            f"Push to {plain(session.place())}",
            key=f"push-yes-{about_id}",
            icon=":material/cloud_upload:",
        )
        no = st.button("Send nothing", key=f"push-no-{about_id}", type="primary")
    if yes:
        with errors.shown():
            try:
                start()
            except WorkbenchError:
                forget()
                raise
            context.ensure_worker()
    if yes or no:
        forget()
        st.rerun()
