"""How other programs on this machine get answers: address, key, model id, and code to copy."""

import streamlit as st

from workbench.ui import context, frame
from workbench.ui.accounts import allowed
from workbench.ui.text import code
from workbench.use import server_key, snippets
from workbench.use.playground import Answerer
from workbench.use.snippets import NO_KEY, Target


def use_from_programs(answerer: Answerer, url: str | None) -> None:
    """An expander for the colleague who writes programs."""
    with st.expander("Use it from your own programs", icon=":material/code:", key="programs"):
        if url is None:
            st.write("The address is shown here once the model is loaded.")
            return
        st.markdown(
            f"Programs on this machine reach the model at {code(url + '/v1')} under the id "
            f"{code(answerer.id)}, in the way they would ask OpenAI's server."
        )
        path, icon = frame.PAGES["Programs"]
        st.page_link(
            path,
            label="Keys with limits, a name that follows what is live, and code for Excel and others",
            icon=icon,
            query_params=context.in_project(),
        )
        key = server_key.told(context.store())
        if key:
            st.write("The server answers whoever sends its own key, which has no limits:")
            st.code(key, language=None)
        elif allowed.why_not(allowed.ADMINISTRATOR):
            key = NO_KEY
            st.write("Programs need a key of this project: its editors make one there.")
        asked = Target(
            url, answerer.id, answerer.sorts, key, bool(answerer.pair), answerer.estimates
        )
        terminal, python = st.tabs(["Terminal", "Python"])
        terminal.code(snippets.curl(asked), language="bash")
        python.code(snippets.python(asked), language="python")
