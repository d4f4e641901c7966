"""Use, by other programs: the address, a name that follows the release, keys, code, and the log."""

import streamlit as st

from workbench.ui import context, errors, frame
from workbench.ui.use.api import address, examples, keys, log
from workbench.use import playground

store = context.store()
project_id = context.project_id()


def for_programs() -> None:
    frame.header(
        "Use",
        "Let other programs ask your model",
        "Excel, a web site's program or a script on this computer can ask your model as they would ask "
        "OpenAI's. They need an address, a name and a key.",
    )
    frame.use_tabs("Programs")
    trained = [one for one in playground.answerers(store, project_id) if one.run_id is not None]
    if not trained:
        nothing_trained()
    else:
        with errors.shown():
            asked = address.show(trained)
            st.divider()
            keys.show(project_id)
            st.divider()
            examples.show(asked)
    st.divider()
    with errors.shown():
        log.show(project_id)


def nothing_trained() -> None:
    """Teach what belongs here, and how to get there."""
    st.info(
        "Here other programs learn how to ask your trained model. There is no trained model in this "
        "project so far.",
        icon=":material/api:",
    )
    if st.button("Go to Train", key="go-train", type="primary"):
        context.go(frame.PAGES["Train"][0])


for_programs()
